// One number a row, repeated along the row: the gradient of the sum of each row (sum-columns.wgsl).
//
// Shapes    input [rows, 1]; output [rows, C].
// Layout    vec4f along C; the input's rows are padded to four.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      4 bytes an element: bound by memory.

#include "common/each-element"
#include "common/keep-channels"
#param rows, channels: u32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  output[index] = keepChannels(vec4f(input[index / groups].x), index % groups, params.channels);
}
