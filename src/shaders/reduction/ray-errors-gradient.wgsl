// The way back through ray-errors.wgsl: 2 (rendered - wanted) / (3 used) times the gradient of each ray.
//
// Shapes    rendered [R, 4], wanted [R, 3], used [1]; gradient [R, 1]; output [R, 4]
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      64 bytes a ray

#include "common/each-element"
#param rays: u32
#read rendered, wanted, used, gradient: array<vec4f>
#write output: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  let slope = (rendered[ray].xyz - wanted[ray].xyz) * (2.0 / 3.0) * gradient[ray].x / used[0].x;
  output[ray] = vec4f(select(vec3f(0), slope, f32(ray) < used[0].x), 0);
}
