// The way back through the decoder to its features, several points a thread: from the gradients of density and of colours before the sigmoid to those of
// the hidden units before softplus and of the features. The matrices are those of the forward pass, transposed in registers.
//
// Shapes    decoder packed (common/volume/decoder.wgsl); total [1], how many points; sigmaGradient [P, 1]; logitGradient [P, C];
//           hiddenRows [P, 4 * HIDDEN_GROUPS] from decode-points.wgsl; hiddenGradient of its shape; featureGradient [P, 4 * FEATURE_GROUPS]
// Dispatch  one thread per 4 * QUADS points, 64 per workgroup (each-element)
// Cost      32-64-33: 8.3 kFLOP, 64 exponentials and 900 bytes a point, and 8.7 / QUADS kB of (cached) weights

#include "common/each-element"
#include "common/volume/decoder"
#include "common/volume/weights"
#const FEATURE_GROUPS
#const HIDDEN_GROUPS
#const COLOUR_GROUPS
#const QUADS
#read total: array<f32>
#read sigmaGradient, logitGradient, hiddenRows: array<vec4f>
#write hiddenGradient, featureGradient: array<vec4f>

var<private> ofLogits: array<array<mat4x4f, COLOUR_GROUPS>, QUADS>; // columns: four points
var<private> ofFeatures: array<array<mat4x4f, FEATURE_GROUPS>, QUADS>;
var<private> firstOfBatch: u32;
var<private> pointCount: u32;

// The last thread, and spare ones beside it, do the last point several times, and write the same.
fn rowOf(index: u32) -> u32 {
  return min(firstOfBatch + index, pointCount - 1u);
}

// The slope of softplus in base 2, from what it gives: 2^h / (1 + 2^h) = 1 - 2^-y.
fn softplusSlope(row: u32, group: u32) -> vec4f {
  return 1.0 - exp2(-hiddenRows[row * HIDDEN_GROUPS + group]);
}

fn goBack() {
#for q in 0..QUADS
  let row${q} = vec4u(rowOf(4u * ${q}), rowOf(4u * ${q} + 1u), rowOf(4u * ${q} + 2u), rowOf(4u * ${q} + 3u));
  let ofSigma${q} = vec4f(
    sigmaGradient[row${q}.x].x, sigmaGradient[row${q}.y].x, sigmaGradient[row${q}.z].x, sigmaGradient[row${q}.w].x);
#for c in 0..COLOUR_GROUPS
  ofLogits[${q}][${c}] = mat4x4f(
    logitGradient[row${q}.x * COLOUR_GROUPS + ${c}], logitGradient[row${q}.y * COLOUR_GROUPS + ${c}],
    logitGradient[row${q}.z * COLOUR_GROUPS + ${c}], logitGradient[row${q}.w * COLOUR_GROUPS + ${c}]);
#end
#for g in 0..FEATURE_GROUPS
  ofFeatures[${q}][${g}] = mat4x4f();
#end
#end
  for (var group = 0u; group < HIDDEN_GROUPS; group++) {
    let first = group * HIDDEN_GROUP_MATRICES;
    let sigmaWeights = loadWeights(first + FEATURE_GROUPS)[1];
#for q in 0..QUADS
    var ofHidden${q} = mat4x4f(
      sigmaWeights * ofSigma${q}.x, sigmaWeights * ofSigma${q}.y, sigmaWeights * ofSigma${q}.z, sigmaWeights * ofSigma${q}.w);
#end
#for c in 0..COLOUR_GROUPS
    {
      let weights = transpose(loadWeights(first + FEATURE_GROUPS + 1u + ${c}));
#for q in 0..QUADS
      ofHidden${q} += weights * ofLogits[${q}][${c}];
#end
    }
#end
#for q in 0..QUADS
#for j in 0..4
    ofHidden${q}[${j}] *= softplusSlope(row${q}[${j}], group);
    hiddenGradient[row${q}[${j}] * HIDDEN_GROUPS + group] = ofHidden${q}[${j}];
#end
#end
#for g in 0..FEATURE_GROUPS
    {
      let weights = transpose(loadWeights(first + ${g}));
#for q in 0..QUADS
      ofFeatures[${q}][${g}] += weights * ofHidden${q};
#end
    }
#end
  }
#for q in 0..QUADS
#for j in 0..4
#for g in 0..FEATURE_GROUPS
  featureGradient[row${q}[${j}] * FEATURE_GROUPS + ${g}] = ofFeatures[${q}][${g}][${j}];
#end
#end
#end
}

fn element(index: u32) {
  findLane();
  pointCount = u32(total[0]);
  firstOfBatch = index * 4u * QUADS;
  for (var turn = 0u; turn < u32(isNeeded(firstOfBatch < pointCount)); turn++) { goBack(); }
}
