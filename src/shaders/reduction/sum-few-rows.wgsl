// Sum over the rows of a tensor, as sum-rows.wgsl, for so few that one thread adds them up: the samples of a batch, say.
//
// Shapes    input [rows, C]; output [C]. C may stand for several axes.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      one addition and 4 bytes an element: bound by memory. Rows are added in their order: the same bits each time.

#include "common/each-element"
#param rows, groups: u32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.groups) { return; }
  var sum = input[index];
  for (var row = 1u; row < params.rows; row++) { sum += input[row * params.groups + index]; }
  output[index] = sum;
}
