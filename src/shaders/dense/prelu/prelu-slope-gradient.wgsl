// Gradient of prelu.wgsl with respect to the slopes, before it is summed over rows: gradient * input where the reference is 0 or less, 0 elsewhere.
//
// Shapes    gradient, input, reference, output: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis; padding stays zero.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      1 FLOP and 16 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#read gradient, input, reference: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  output[index] = select(gradient[index] * input[index], vec4f(0), reference[index] > vec4f(0));
}
