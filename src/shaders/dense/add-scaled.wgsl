// sum += scale * input, in place: a step of gradient descent, with the weights as the sum and minus the learning rate as the scale.
//
// Shapes    input, sum: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis; the sum's padding stays zero where the input's is.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 12 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#param scale: f32
#read input: array<vec4f>
#accumulate sum: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  sum[index] += params.scale * input[index];
}
