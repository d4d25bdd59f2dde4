// What each ray adds to the mean squared error of colours: |rendered - wanted|^2 / (3 used), 0 for rays that have not been rendered.
//
// Shapes    rendered [R, 4] and used [1] as packed-quadrature.wgsl has them; wanted [R, 3]; output [R, 1]
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      48 bytes a ray

#include "common/each-element"
#param rays: u32
#read rendered, wanted, used: array<vec4f>
#write output: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let error = rendered[ray].xyz - wanted[ray].xyz;
  output[ray] = vec4f(select(0.0, dot(error, error) / (3.0 * used[0].x), f32(ray) < used[0].x), 0, 0, 0);
}
