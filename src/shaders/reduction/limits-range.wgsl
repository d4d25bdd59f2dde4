// As ray-limits-range.wgsl, for limits that are in memory already.
//
// Shapes    limits [N, R, 2]; cells as in common/range-cells.wgsl
// Dispatch  one thread per ray, 64 per workgroup (each-element). Cost: 16 bytes of traffic a ray.

#include "common/each-element"
#include "common/range-cells"
#include "common/widen-range"
#param rays: u32
#read limits: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let limit = limits[ray];
  if (limit.y > limit.x) { widenRange(SMALLEST_START, limit.x, limit.x); }
}
