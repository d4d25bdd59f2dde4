// Product of two tensors of one shape, number by number.
//
// Shapes    a, b, output: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      1 FLOP and 12 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#read a, b: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  output[index] = a[index] * b[index];
}
