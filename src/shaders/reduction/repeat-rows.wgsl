// One row, repeated: the gradient of the sum over rows (sum-rows.wgsl).
//
// Shapes    input [C]; output [rows, C]. C may stand for several axes.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      4 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32 // of the output
#param groups: u32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  output[index] = input[index % params.groups];
}
