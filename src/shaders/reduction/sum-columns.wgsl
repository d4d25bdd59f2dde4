// Sum of each row of a tensor.
//
// Shapes    input [rows, C]; output [rows, 1].
// Layout    vec4f along C; the output's rows are padded to four.
// Dispatch  one workgroup of 64 threads per row; workgroups fill a grid of x * y.
// Memory    64 partial sums (256 bytes).
// Cost      one addition and 4 bytes an element: bound by memory. The order of additions depends on the shape only: the same bits each time.

#include "common/each-workgroup"
#include "common/sum-of-threads"
#param rows, groups: u32
#read input: array<vec4f>
#write output: array<vec4f>

fn piece(row: u32, thread: u32) {
  if (row >= params.rows) { return; }
  var sums = vec4f(0);
  for (var group = thread; group < params.groups; group += 64u) { sums += input[row * params.groups + group]; }
  let sum = sumOfThreads((sums.x + sums.y) + (sums.z + sums.w), thread);
  if (thread == 0u) { output[row] = vec4f(sum, 0, 0, 0); }
}
