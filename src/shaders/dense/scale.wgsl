// A tensor times a number.
//
// Shapes    input, output: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      1 FLOP and 8 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#param factor: f32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  output[index] = params.factor * input[index];
}
