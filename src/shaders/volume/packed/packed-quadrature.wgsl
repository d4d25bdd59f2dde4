// Quadrature along rays of any number of samples each, which lie in rows, ray by ray (NeRF, equation 3): each sample stands for a piece of its ray, of one
// density and one colour. What is behind the box is white.
//
//   w_i = T_i (1 - exp(-density_i length_i)),  T_i = exp(-sum of density_j length_j over j < i),  colour = sum of w_i colour_i + T_end
//
// Shapes    raw [M, 4], a field's outputs; casts [M, 3] = (depth, length, radius); starts [R + 1], whole numbers; used [1], rays that have their samples;
//           rendered [R, 4] = (red, green, blue from 0 to 1, weight of all samples); rays beyond `used` are zeros
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      about 30 FLOPs, 4 exponentials and 32 bytes a sample

#include "common/each-element"
#include "common/volume/field-activations"
#param rays: u32
#read raw, casts, used: array<vec4f>
#read starts: array<u32>
#write rendered: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays) { return; }
  if (f32(ray) >= used[0].x) {
    rendered[ray] = vec4f(0);
    return;
  }
  let end = starts[ray + 1u];
  var light = 1.0;
  var colour = vec3f(0);
  for (var row = starts[ray]; row < end; row++) {
    let left = light * exp(-fieldDensity(raw[row]) * casts[row].y);
    colour += (light - left) * fieldColour(raw[row]);
    light = left;
  }
  rendered[ray] = vec4f(colour + light, 1.0 - light);
}
