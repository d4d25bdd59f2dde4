// Second step of the 'auto' ray limits, for limits in memory: rays that miss the box get limits from those that hit (common/volume/ray-box.wgsl).
//
// Shapes    limits, output [N, R, 2]; cells as `ray-limits-range.wgsl` leaves them
// Dispatch  one thread per ray, 64 per workgroup (each-element). Cost: 32 bytes of traffic a ray.

#include "common/each-element"
#include "common/range-cells"
#include "common/volume/ray-box"
#param rays: u32
#read cells: array<u32>
#read limits: array<vec4f>
#write output: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let box = BoxLimits(limits[ray].x, limits[ray].y);
  let replaced = replaceMissedRay(box, cells[SMALLEST_START], cells[LARGEST_START]);
  output[ray] = vec4f(replaced.start, replaced.end, 0, 0);
}
