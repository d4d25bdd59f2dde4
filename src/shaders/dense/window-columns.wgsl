// Some columns of a tensor, or a tensor as some columns of a wider one: output[row, column] = input[row, column + start], zero outside the input.
// Both are linear, and the gradient of each is the other, with -start.
//
// Shapes    input [rows, C]; output [rows, D].
// Layout    input in single floats, since a start need not be a multiple of four; output vec4f along D.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      8 bytes an element: bound by memory.

#include "common/each-element"
#param rows, columns: u32 // of the output
#param inputColumns: u32
#param inputStride: u32 // floats from row to row
#param start: i32
#read input: array<f32>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = (params.columns + 3u) / 4u;
  if (index >= params.rows * groups) { return; }
  let row = index / groups;
  var values = vec4f(0);
  let first = i32(index % groups * 4u);
  let start = i32(row * params.inputStride);
  #for lane in 0..4
  let at${lane} = first + ${lane} + params.start;
  if (first + ${lane} < i32(params.columns) && at${lane} >= 0 && at${lane} < i32(params.inputColumns)) {
    values[${lane}] = input[start + at${lane}];
  }
  #end
  output[index] = values;
}
