// Powers of half-integer exponent, number by number: output = (input + offset)^(halves / 2), for square roots (halves 1), their inverses (-1), and
// what their gradients are made of (-3, -5 and so on).
//
// Shapes    input, output [rows, C], with input + offset above 0.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      |halves| multiplications, a root, and 8 bytes an element: bound by memory.

#include "common/each-element"
#include "common/keep-channels"
#param rows, channels: u32
#param offset: f32
#param halves: i32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  let base = input[index] + params.offset;
  let root = select(inverseSqrt(base), sqrt(base), params.halves > 0);
  var power = vec4f(1);
  for (var factor = 0; factor < abs(params.halves); factor++) { power *= root; }
  output[index] = keepChannels(power, index % groups, params.channels);
}
