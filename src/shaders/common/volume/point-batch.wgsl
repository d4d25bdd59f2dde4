// The decoder on several points of a ray at once. Weights cost more to load than to use, so each matrix of them is used for QUADS * 4 points: points
// are columns of matrices, and four points by four hidden units are one product of matrices a group of features. On a graphics card one quad
// is what fits into registers; a software adapter takes two.
//
// All is in private variables with numbers as indices: in registers where there are enough.
//
// What is to be left out at times is a loop of no turns and not an `if`: a software adapter runs both branches of an `if` with masks, but
// leaves a loop as soon as no thread is in it.
//
// Cost      32-64-33, a point: 8.4 kFLOP (density alone: 4.2 k), 64 exponentials and logarithms, 8.7 / QUADS kB of (cached) weights (4.5) and the
//           features' reads
// Places    the kernel says in `batchPoint(index: u32) -> vec3f` where a point is, in units of half a box side, from near to far
// Shows     of the decoder's COLOUR_GROUPS the first SHOWN_GROUPS are computed

#include "common/volume/decoder"
#include "common/volume/plane-project"
#include "common/volume/softplus-base2"
#include "common/volume/weights"
#const READS_TEXTURE: bool
#if READS_TEXTURE
#include "common/volume/planes-texture"
#else
#include "common/volume/planes-buffer"
#end
#const FEATURE_GROUPS
#const HIDDEN_GROUPS
#const PLANE_COUNT
#const QUADS
#const SHOWN_GROUPS
#param planeHeight, planeWidth: u32

const BATCH_POINTS = 4u * QUADS;

alias QuadFeatures = array<mat4x4f, FEATURE_GROUPS>; // rows: four channels, columns: four points
alias QuadColours = array<mat4x4f, SHOWN_GROUPS>;

var<private> features: array<QuadFeatures, QUADS>;
var<private> sigma: array<vec4f, QUADS>;
var<private> logits: array<QuadColours, QUADS>; // colours before the sigmoid
var<private> gathered: QuadFeatures; // the last four points
var<private> batchIsOutside: bool;

// Whether all planes are zero between the first and the last point: on each plane both lie beyond the same side.
fn isBatchOutside() -> bool {
  let reach = 1.0 + 1.0 / vec2f(f32(params.planeWidth), f32(params.planeHeight));
  let first = batchPoint(0u);
  let last = batchPoint(BATCH_POINTS - 1u);
  var outside = true;
#for p in 0..PLANE_COUNT
  outside = outside && any((min(projectOntoPlane(first, ${p}), projectOntoPlane(last, ${p})) >= reach) |
    (max(projectOntoPlane(first, ${p}), projectOntoPlane(last, ${p})) <= -reach));
#end
  return outside;
}

fn gatherBatch(image: u32) {
  batchIsOutside = !isNeeded(!isBatchOutside());
  gatherQuads(image);
}

fn gatherQuads(image: u32) {
  for (var quad = 0u; quad < QUADS && !batchIsOutside; quad++) {
    gatherQuad(4u * quad, image);
    // The new quad becomes the last one: quads are indexed by numbers that way.
#for q in 0..QUADS
    features[${q}] = features[min(${q} + 1u, QUADS - 1u)];
#end
    features[QUADS - 1u] = gathered;
  }
}

fn softplusQuad(h: mat4x4f) -> mat4x4f {
  return mat4x4f(softplusBase2(h[0]), softplusBase2(h[1]), softplusBase2(h[2]), softplusBase2(h[3]));
}

fn columns(vector: vec4f) -> mat4x4f {
  return mat4x4f(vector, vector, vector, vector);
}

// The colours of four points.
fn quadColours(quad: u32, group: u32) -> mat4x4f {
  let logit = logits[quad][group];
  return mat4x4f(
    colourFromLogit(logit[0]), colourFromLogit(logit[1]), colourFromLogit(logit[2]), colourFromLogit(logit[3]));
}

// Where the threads of a subgroup share their weights, all must come to these functions.
#for withColours in 0..2
// 0: fills `sigma`. 1: fills `sigma` and `logits`.
fn decode${withColours}() {
  let outputs = decoder[OUTPUT_BIAS][0];
  let sigmaBias = select(outputs.x, outputs.y, batchIsOutside);
#for q in 0..QUADS
  sigma[${q}] = vec4f(sigmaBias);
#end
#if withColours
#for c in 0..SHOWN_GROUPS
  {
    let biases = decoder[OUTPUT_BIAS + 1u + ${c}];
    let start = columns(select(biases[0], biases[1], batchIsOutside));
#for q in 0..QUADS
    logits[${q}][${c}] = start;
#end
  }
#end
#end
  for (var group = 0u; group < HIDDEN_GROUPS && !batchIsOutside; group++) {
    let first = group * HIDDEN_GROUP_MATRICES;
#for g in 0..FEATURE_GROUPS
    let weights${g} = loadWeights(first + ${g});
#end
    let biasAndSigma = loadWeights(first + FEATURE_GROUPS);
    let bias = columns(biasAndSigma[0]);
#for q in 0..QUADS
    let hidden${q} = softplusQuad(
#for g in 0..FEATURE_GROUPS
      weights${g} * features[${q}][${g}] +
#end
      bias);
    sigma[${q}] += biasAndSigma[1] * hidden${q};
#end
#if withColours
#for c in 0..SHOWN_GROUPS
    {
      let weights = loadWeights(first + FEATURE_GROUPS + 1u + ${c});
#for q in 0..QUADS
      logits[${q}][${c}] += weights * hidden${q};
#end
    }
#end
#end
  }
}
#end
