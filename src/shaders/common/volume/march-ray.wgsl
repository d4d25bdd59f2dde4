// The ray of a thread, in kernels that march rays: from the camera's label to where it begins and ends.
//
// Shapes    cameras [N, 25]
// Dispatch  one thread per ray from firstRay to endRay - 1, 64 per workgroup (each-element)
// Limits    the kernel says in `startCell(cell: u32) -> u32` what a range cell holds (range-cells.wgsl): for some it is an atomic

#include "common/range-cells"
#include "common/volume/camera-ray"
#include "common/volume/ray-box"
#include "common/volume/weights"
#const AUTO_LIMITS: bool = 0
#param firstRay, endRay, resolution: u32
#param boxSide, rayEnd: f32
#param rayStart: f32 // unused with AUTO_LIMITS

// With less light left than this, nothing behind can be seen.
const LEAST_LIGHT = 1e-7;

var<private> ray: u32;
var<private> isSpare: bool; // a thread beyond the last ray does the last one again, and keeps it to itself
var<private> image: u32;
var<private> view: Ray;
var<private> limits: BoxLimits;

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
    limits = replaceMissedRay(limits, startCell(SMALLEST_START), startCell(LARGEST_START));
  }
}

// In units of half a box side.
fn pointAt(depth: f32) -> vec3f {
  return (view.origin + depth * view.direction) * (2.0 / params.boxSide);
}
