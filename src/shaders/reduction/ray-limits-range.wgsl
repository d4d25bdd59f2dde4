// First step of the 'auto' ray limits: the smallest and the largest start over all rays of the batch that hit the box. Works from camera
// labels, so that the renderer needs no rays in memory.
//
// Shapes    cameras [N, 25]; cells as in common/range-cells.wgsl
// Dispatch  one thread per ray, N * resolution^2, 64 per workgroup (each-element)
// Cost      about 60 FLOPs a ray, no traffic but the labels

#include "common/each-element"
#include "common/range-cells"
#include "common/widen-range"
#include "common/volume/camera-ray"
#include "common/volume/ray-box"
#param rays, resolution: u32
#param boxSide: f32

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let view = cameraRay(ray / raysPerImage, ray % raysPerImage, params.resolution);
  let limits = rayBoxLimits(view.origin, view.direction, params.boxSide);
  if (limits.end > limits.start) { widenRange(SMALLEST_START, limits.start, limits.start); }
}
