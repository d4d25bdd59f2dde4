// What all fused volume renderers have in common: their parameters and bindings, the ray of a thread, and what they write of it.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C] as a buffer or a texture; cameras [N, 25];
//           feature [N, R, 4 * SHOWN_GROUPS], 2 * colour - 1; depthAlpha [N, R, 4] = (depth, weight total, 0, 0), to be clamped by finish-depth.wgsl
// Layout    rays row by row, R = resolution^2; all tensors vec4f along the last axis
// Dispatch  one thread per ray from firstRay to endRay - 1, 64 per workgroup (each-element)

#include "common/range-cells"
#include "common/widen-range"
#include "common/volume/camera-ray"
#include "common/volume/decoder"
#include "common/volume/ray-box"
#include "common/volume/weights"
#const SHOWN_GROUPS
#const AUTO_LIMITS: bool = 0
#const WHITE_BACKGROUND: bool = 0
#param firstRay, endRay, resolution: u32
#param boxSide, rayEnd: f32
#param rayStart: f32 // unused with AUTO_LIMITS
#write feature, depthAlpha: array<vec4f>

const NO_DEPTH = 3e38; // an empty ray: finish-depth.wgsl turns it into the largest depth

// With less light left than this, nothing behind can be seen.
const LEAST_LIGHT = 1e-7;

var<private> ray: u32;
var<private> isSpare: bool; // a thread beyond the last ray does the last one again, and keeps it to itself
var<private> image: u32;
var<private> view: Ray;
var<private> limits: BoxLimits;
var<private> colourSum: array<vec4f, SHOWN_GROUPS>;

// Sets the variables above.
fn beginRay(index: u32) {
  findLane();
  let wanted = params.firstRay + index;
  isSpare = wanted >= params.endRay;
  ray = min(wanted, params.endRay - 1u);
  let raysPerImage = params.resolution * params.resolution;
  image = ray / raysPerImage;
  view = cameraRay(image, ray % raysPerImage, params.resolution);
  limits = BoxLimits(params.rayStart, params.rayEnd);
  if (AUTO_LIMITS) {
    limits = rayBoxLimits(view.origin, view.direction, params.boxSide);
    limits = replaceMissedRay(limits, atomicLoad(&cells[SMALLEST_START]), atomicLoad(&cells[LARGEST_START]));
  }
}

// In units of half a box side.
fn pointAt(depth: f32) -> vec3f {
  return (view.origin + depth * view.direction) * (2.0 / params.boxSide);
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
