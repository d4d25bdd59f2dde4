// Gradient of smooth-absolute.wgsl: gradient * (|x| < beta ? x / beta : sign(x)), which is 0 at 0.
//
// Shapes    gradient, input, output: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      about 4 FLOPs and 12 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#param beta: f32
#read gradient, input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let x = input[index];
  let rounded = x / max(params.beta, 1e-30);
  output[index] = gradient[index] * select(sign(x), rounded, abs(x) < vec4f(params.beta));
}
