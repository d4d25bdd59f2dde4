// The way back through the decoder to its weights, in the order in which they are packed (common/volume/decoder.wgsl): sums over points of products of what
// went into a layer and the gradient of what came out. Points are cut into SLICES stretches, each with sums of its own, which the caller adds up at the
// end: the order of additions is fixed.
//
// Shapes    total [1], how many points; features [P, 4 * FEATURE_GROUPS]; hidden, hiddenGradient [P, 4 * HIDDEN_GROUPS]; sigmaGradient [P, 1];
//           logitGradient [P, 4 * COLOUR_GROUPS]; sums [SLICES, packed decoder], to which it is added. What the decoder makes of no features
//           at all, which is packed, too, has no gradient: the way back goes through its layers
// Dispatch  one thread per slice and group of four hidden units, then one a slice for the output's biases; 64 per workgroup (each-element). With
//           SHARES_WEIGHTS, for groups that come in fours: the four threads of a quad have the same slice and share what they read of its points
// Memory    16 * (FEATURE_GROUPS + COLOUR_GROUPS + 1) private floats
// Cost      32-64-33: 8.3 kFLOP a point, and for each hidden group 16 (FEATURE_GROUPS + COLOUR_GROUPS + 2) bytes of (cached) reads, of which quads
//           share all but two vectors

#include "common/each-element"
#include "common/volume/quad"
#const FEATURE_GROUPS
#const HIDDEN_GROUPS
#const COLOUR_GROUPS
#const SHARES_WEIGHTS: bool
#const SLICES
#read total: array<f32>
#read features, hidden, hiddenGradient, sigmaGradient, logitGradient: array<vec4f>
#accumulate sums: array<mat4x4f>

const HIDDEN_GROUP_MATRICES = FEATURE_GROUPS + 1u + COLOUR_GROUPS;
const OUTPUT_BIAS = HIDDEN_GROUPS * HIDDEN_GROUP_MATRICES;
const DECODER_MATRICES = OUTPUT_BIAS + 1u + COLOUR_GROUPS;

fn outer(rows: vec4f, columns: vec4f) -> mat4x4f {
  return mat4x4f(rows * columns.x, rows * columns.y, rows * columns.z, rows * columns.w);
}

fn addWeights(base: u32, group: u32, first: u32, end: u32) {
#for g in 0..FEATURE_GROUPS
  var ofFeatures${g} = mat4x4f();
#end
  var ofBias = vec4f(0);
  var ofSigma = vec4f(0);
#for c in 0..COLOUR_GROUPS
  var ofColours${c} = mat4x4f();
#end
  // Four points a turn, those beyond the last times zero: what a sum is between them need not go to memory.
  for (var four = first; four < end; four += 4u) {
  #for p in 0..4
    let isInside${p} = select(0.0, 1.0, four + ${p}u < end);
    let point${p} = min(four + ${p}u, end - 1u);
    let before${p} = hiddenGradient[point${p} * HIDDEN_GROUPS + group] * isInside${p};
    let units${p} = hidden[point${p} * HIDDEN_GROUPS + group] * isInside${p};
    ofBias += before${p};
    ofSigma += units${p} * sigmaGradient[point${p}].x;
#if SHARES_WEIGHTS
#for f in 0..FEATURE_GROUPS / 4
    let features${f}_${p} = features[point${p} * FEATURE_GROUPS + 4u * ${f} + lane];
#for j in 0..4
    ofFeatures${4 * f + j} += outer(before${p}, quadBroadcast(features${f}_${p}, ${j}u));
#end
#end
#for f in 0..COLOUR_GROUPS / 4
    let logits${f}_${p} = logitGradient[point${p} * COLOUR_GROUPS + 4u * ${f} + lane];
#for j in 0..4
    ofColours${4 * f + j} += outer(quadBroadcast(logits${f}_${p}, ${j}u), units${p});
#end
#end
#else
#for g in 0..FEATURE_GROUPS
    ofFeatures${g} += outer(before${p}, features[point${p} * FEATURE_GROUPS + ${g}]);
#end
#for c in 0..COLOUR_GROUPS
    ofColours${c} += outer(logitGradient[point${p} * COLOUR_GROUPS + ${c}], units${p});
#end
#end
  #end
  }
  let to = base + group * HIDDEN_GROUP_MATRICES;
#for g in 0..FEATURE_GROUPS
  sums[to + ${g}] += ofFeatures${g};
#end
  sums[to + FEATURE_GROUPS] += mat4x4f(ofBias, ofSigma, vec4f(0), vec4f(0));
#for c in 0..COLOUR_GROUPS
  sums[to + FEATURE_GROUPS + 1u + ${c}] += ofColours${c};
#end
}

fn addOutputBiases(base: u32, first: u32, end: u32) {
  var ofSigma = 0.0;
  var ofColours: array<vec4f, COLOUR_GROUPS>;
  for (var point = first; point < end; point++) {
    ofSigma += sigmaGradient[point].x;
    for (var group = 0u; group < COLOUR_GROUPS; group++) { ofColours[group] += logitGradient[point * COLOUR_GROUPS + group]; }
  }
  let to = base + OUTPUT_BIAS;
  sums[to] += mat4x4f(vec4f(ofSigma, 0, 0, 0), vec4f(0), vec4f(0), vec4f(0));
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    sums[to + 1u + group] += mat4x4f(ofColours[group], vec4f(0), vec4f(0), vec4f(0));
  }
}

fn element(index: u32) {
  findLane();
  // Threads of biases stand together, behind those of weights: neighbours do the same.
  let isOfWeights = index < SLICES * HIDDEN_GROUPS;
  let slice = select(index - SLICES * HIDDEN_GROUPS, index / HIDDEN_GROUPS, isOfWeights);
  if (slice >= SLICES) { return; }
  let count = u32(total[0]);
  let length = (count + SLICES - 1u) / SLICES;
  let first = min(slice * length, count);
  let end = min(first + length, count);
  let base = slice * DECODER_MATRICES;
  if (isOfWeights) { addWeights(base, index % HIDDEN_GROUPS, first, end); } else { addOutputBiases(base, first, end); }
}
