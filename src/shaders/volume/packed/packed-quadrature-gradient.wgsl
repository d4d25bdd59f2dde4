// The way back through packed-quadrature.wgsl. With v_i what a change of the weight w_i does to the loss, and tau_i = density_i length_i,
//
//   d loss / d tau_i = T_(i+1) v_i - sum of w_j v_j over j > i
//
// so a first walk along the ray finds the sum over all samples, and a second one takes from it what is passed.
//
// Shapes    raw, casts, starts, used as there; gradient [R, 4], of what was rendered; output [M, 4], zeros before
// Dispatch  one thread per ray, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      about 80 FLOPs, 8 exponentials and 80 bytes a sample

#include "common/each-element"
#include "common/volume/field-activations"
#param rays: u32
#read raw, casts, used, gradient: array<vec4f>
#read starts: array<u32>
#accumulate output: array<vec4f>

fn element(ray: u32) {
  if (ray >= params.rays || f32(ray) >= used[0].x) { return; }
  let first = starts[ray];
  let end = starts[ray + 1u];
  let given = gradient[ray];
  let ofAllWeights = given.w - given.x - given.y - given.z; // each weight takes from the white behind
  var light = 1.0;
  var behind = 0.0;
  for (var row = first; row < end; row++) {
    let left = light * exp(-fieldDensity(raw[row]) * casts[row].y);
    behind += (light - left) * (dot(given.xyz, fieldColour(raw[row])) + ofAllWeights);
    light = left;
  }
  light = 1.0;
  for (var row = first; row < end; row++) {
    let length = casts[row].y;
    let density = fieldDensity(raw[row]);
    let colour = fieldColour(raw[row]);
    let left = light * exp(-density * length);
    let weight = light - left;
    let ofWeight = dot(given.xyz, colour) + ofAllWeights;
    behind -= weight * ofWeight;
    let ofDensity = length * (left * ofWeight - behind);
    output[row] = vec4f(weight * given.xyz * colour * (1.0 - colour), select(0.0, ofDensity * density, raw[row].w < LARGEST_DENSITY_LOGIT));
    light = left;
  }
}
