// Advances the clocks of Adam's bias corrections (Kingma and Ba 2015, section 3), for those parameters that have a gradient.
//
// After t updates a moving average that began at 0 holds 1 - beta^t of its weight. Written as c(t + 1) = beta c(t) + (1 - beta), that needs no power,
// of which f32 would keep few digits where beta is near 1.
//
// Shapes    clocks [parameters, 3]: updates so far, 1 - beta1^t, 1 - beta2^t; advances [parameters]: 1 for those with a gradient, else 0;
//           verdict [4] of gradient-verdict.wgsl: an update that is left out does not count.
// Dispatch  one thread a parameter tensor, 64 per workgroup (common/each-element.wgsl). Cost: nothing to speak of.

#include "common/each-element"
#param parameters: u32
#param beta1, beta2: f32
#param rest1, rest2: f32 // 1 - beta, rounded from double precision
#read advances: array<f32>
#read verdict: array<vec4f>
#accumulate clocks: array<vec4f>

fn element(parameter: u32) {
  if (parameter >= params.parameters || advances[parameter] == 0.0 || verdict[0].y == 1.0) { return; }
  let clock = clocks[parameter];
  clocks[parameter] = vec4f(
    clock.x + 1.0,
    params.beta1 * clock.y + params.rest1,
    params.beta2 * clock.z + params.rest2,
    0,
  );
}
