// Features, hidden units and colours of points: what the way back through the decoder reads. The decoder as in point-batch.wgsl, several points a thread.
//
// Shapes    points [..., 3] in scene units, those from `firstPoint` on; total [1], how many; planes of `image`; features [P, C];
//           hidden [P, 4 * HIDDEN_GROUPS] after softplus, in base 2; colours [P, 4 * SHOWN_GROUPS]
// Dispatch  one thread per 4 * QUADS points, 64 per workgroup (each-element)
// Cost      32-64-33: 8.2 kFLOP, 64 exponentials and logarithms, 1.5 kB of (cached) texel reads and 512 bytes written a point

#include "common/each-element"
#include "common/volume/point-batch"
#const SHOWN_GROUPS
#param firstPoint, image: u32
#param boxSide: f32
#read points: array<vec4f>
#read total: array<f32>
#write featureRows, hiddenRows, colourRows: array<vec4f>

var<private> firstOfBatch: u32;
var<private> pointCount: u32;

// The last thread, and spare ones beside it, do the last point several times, and write the same.
fn rowOf(index: u32) -> u32 {
  return min(firstOfBatch + index, pointCount - 1u);
}

fn batchPoint(index: u32) -> vec3f {
  return points[params.firstPoint + rowOf(index)].xyz * (2.0 / params.boxSide);
}

fn decodeBatch() {
  gatherQuads(params.image);
#for q in 0..QUADS
  let row${q} = vec4u(rowOf(4u * ${q}), rowOf(4u * ${q} + 1u), rowOf(4u * ${q} + 2u), rowOf(4u * ${q} + 3u));
#for c in 0..SHOWN_GROUPS
  logits[${q}][${c}] = columns(decoder[OUTPUT_BIAS + 1u + ${c}][0]);
#end
#for j in 0..4
#for g in 0..FEATURE_GROUPS
  featureRows[row${q}[${j}] * FEATURE_GROUPS + ${g}] = features[${q}][${g}][${j}];
#end
#end
#end
  for (var group = 0u; group < HIDDEN_GROUPS; group++) {
    let first = group * HIDDEN_GROUP_MATRICES;
#for g in 0..FEATURE_GROUPS
    let weights${g} = loadWeights(first + ${g});
#end
    let bias = columns(loadWeights(first + FEATURE_GROUPS)[0]);
#for q in 0..QUADS
    let hidden${q} = softplusQuad(
#for g in 0..FEATURE_GROUPS
      weights${g} * features[${q}][${g}] +
#end
      bias);
#for j in 0..4
    hiddenRows[row${q}[${j}] * HIDDEN_GROUPS + group] = hidden${q}[${j}];
#end
#end
#for c in 0..SHOWN_GROUPS
    {
      let weights = loadWeights(first + FEATURE_GROUPS + 1u + ${c});
#for q in 0..QUADS
      logits[${q}][${c}] += weights * hidden${q};
#end
    }
#end
  }
#for q in 0..QUADS
  for (var group = 0u; group < SHOWN_GROUPS; group++) {
    let colours = quadColours(${q}, group);
#for j in 0..4
    colourRows[row${q}[${j}] * SHOWN_GROUPS + group] = colours[${j}];
#end
  }
#end
}

fn element(index: u32) {
  findLane();
  pointCount = u32(total[0]);
  firstOfBatch = index * BATCH_POINTS;
  for (var turn = 0u; turn < u32(isNeeded(firstOfBatch < pointCount)); turn++) { decodeBatch(); }
}
