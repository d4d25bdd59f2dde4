// Writes the samples of all rays into rows, ray by ray (common/volume/occupied-steps.wgsl), as far as whole rays fit. Tells how many rows and rays do.
//
// Shapes    origins, directions [R, 4]; occupancy [G^3]; starts [R + 1] from prefix-sums.wgsl, whole numbers; points, rayDirections, casts [M, 3], zeros
//           before; casts are (depth, length, radius of the cone at depth 1); total, used [1]: rows and rays
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      about 20 FLOPs and a load of 4 bytes a step; 48 bytes of writes a sample

#include "common/each-element"
#include "common/volume/occupied-steps"
#param rays, capacity: u32
#read starts: array<u32>
#accumulate points, rayDirections, casts: array<vec4f>
#write total, used: array<vec4f>

fn element(index: u32) {
  if (index >= params.rays) { return; }
  var row = starts[index];
  let end = starts[index + 1u];
  if (end > params.capacity) { return; }
  if (index + 1u == params.rays || starts[min(index + 2u, params.rays)] > params.capacity) {
    total[0] = vec4f(f32(end), 0, 0, 0);
    used[0] = vec4f(f32(index + 1u), 0, 0, 0);
  }
  if (row == end) { return; }
  let ray = steppedRay(index);
  var taken = 0u;
  for (var depth = ray.first; depth < ray.end && row < end; depth = ray.first + f32(taken) * params.step) {
    let point = ray.origin + depth * ray.direction;
    if (isOccupied(point)) {
      points[row] = vec4f(point, 0);
      rayDirections[row] = vec4f(ray.direction, 0);
      casts[row] = vec4f(depth, params.step, ray.radius, 0);
      row++;
    }
    taken++;
  }
}
