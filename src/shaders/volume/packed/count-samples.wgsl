// How many samples each ray has (common/volume/occupied-steps.wgsl).
//
// Shapes    origins, directions [R, 4]; occupancy [G^3]; counts [R], whole numbers
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      about 20 FLOPs and a load of 4 bytes a step

#include "common/each-element"
#include "common/volume/occupied-steps"
#param rays: u32
#write counts: array<u32>

fn element(index: u32) {
  if (index >= params.rays) { return; }
  let ray = steppedRay(index);
  var count = 0u;
  var taken = 0u;
  for (var depth = ray.first; depth < ray.end; depth = ray.first + f32(taken) * params.step) {
    if (isOccupied(ray.origin + depth * ray.direction)) { count++; }
    taken++;
  }
  counts[index] = count;
}
