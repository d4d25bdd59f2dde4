// The way back through finish-depth.wgsl: a depth that was clamped has no gradient, others pass theirs on.
//
// Shapes    marched [N, R, 4] = (depth, weight total, 0, 0); range [4], of which the first two are the bounds; depthGradient, alphaGradient [N, R, 1];
//           output [N, R, 4], the gradient of `marched`
// Dispatch  one thread per ray, 64 per workgroup (each-element). Cost: 64 bytes of traffic a ray.

#include "common/each-element"
#param rays: u32
#read marched, range, depthGradient, alphaGradient: array<vec4f>
#write output: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let depth = marched[ray].x;
  let isWithin = depth >= range[0].x && depth <= range[0].y;
  output[ray] = vec4f(select(0.0, depthGradient[ray].x, isWithin), alphaGradient[ray].x, 0, 0);
}
