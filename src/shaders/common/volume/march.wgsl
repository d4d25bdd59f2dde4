// What all fused volume renderers have in common: their parameters and bindings, the ray of a thread (march-ray.wgsl), and what they write of it.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C] as a buffer or a texture; cameras [N, 25];
//           feature [N, R, 4 * SHOWN_GROUPS], 2 * colour - 1; depthAlpha [N, R, 4] = (depth, weight total, 0, 0), to be clamped by finish-depth.wgsl
// Layout    rays row by row, R = resolution^2; all tensors vec4f along the last axis
// Dispatch  one thread per ray from firstRay to endRay - 1, 64 per workgroup (each-element)

#include "common/widen-range"
#include "common/volume/decoder"
#include "common/volume/march-ray"
#const SHOWN_GROUPS
#const WHITE_BACKGROUND: bool = 0
#write feature, depthAlpha: array<vec4f>

const NO_DEPTH = 3e38; // an empty ray: finish-depth.wgsl turns it into the largest depth

var<private> colourSum: array<vec4f, SHOWN_GROUPS>;

fn startCell(cell: u32) -> u32 {
  return atomicLoad(&cells[cell]);
}

// `depthSum`: the sum of depths times weights. Samples lie between the depths `nearest` and `farthest`.
fn endRay(weightTotal: f32, depthSum: f32, nearest: f32, farthest: f32) {
  if (isSpare) { return; }
  let background = select(0.0, 1.0 - weightTotal, WHITE_BACKGROUND);
  for (var group = 0u; group < SHOWN_GROUPS; group++) {
    feature[ray * SHOWN_GROUPS + group] = (colourSum[group] + background) * 2.0 - 1.0;
  }
  var depth = NO_DEPTH;
  if (weightTotal != 0.0) { depth = depthSum / weightTotal; }
  depthAlpha[ray] = vec4f(depth, weightTotal, 0, 0);
  widenRange(SMALLEST_SAMPLE_DEPTH, nearest, farthest);
  if (weightTotal > 0.5) { widenRange(SMALLEST_SURFACE_DEPTH, depth, depth); }
}
