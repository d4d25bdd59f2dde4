// Entry into and exit from the box for given rays. Rays that miss get (-1, -2), as in the reference.
//
// Shapes    origins, directions [N, R, 3]; limits [N, R, 2] = (start, end)
// Dispatch  one thread per ray, 64 per workgroup (each-element). Cost: about 30 FLOPs and 48 bytes a ray.

#include "common/each-element"
#include "common/volume/ray-box"
#param rays: u32
#param boxSide: f32
#read origins, directions: array<vec4f>
#write limits: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let box = rayBoxLimits(origins[ray].xyz, directions[ray].xyz, params.boxSide);
  limits[ray] = vec4f(box.start, box.end, 0, 0);
}
