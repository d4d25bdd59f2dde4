// Parametric ReLU (He et al. 2015, "Delving deep into rectifiers", equation 1), seen as a linear map whose factors a reference decides on: where the
// reference is above 0 a number stays, elsewhere it is multiplied by its channel's slope. With the input as its own reference this is PReLU, with a
// gradient as input and PReLU's input as reference it is PReLU's gradient.
//
// Shapes    input, reference, output [rows, C]; slope [C].
// Layout    vec4f along C; padding stays zero.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      1 FLOP and 12 bytes an element: bound by memory.

#include "common/each-element"
#param vectors, groups: u32
#read input, reference, slope: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let value = input[index];
  output[index] = select(value * slope[index % params.groups], value, reference[index] > vec4f(0));
}
