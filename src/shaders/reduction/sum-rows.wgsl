// Sum over the rows of a tensor: over all pixels of all samples for the gradient of a bias, over the samples for a mean of a batch. Many rows are
// summed in pieces, and further dispatches sum the pieces. A thread sums a piece by itself: software adapters pay more for the barriers of a
// workgroup than for its loads, and a card has enough threads in the pieces.
//
// Shapes    input [rows, C]; output [pieces, C], where piece p has rows p * rowsPerPiece up to the next piece's first. C may stand for several axes.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element): neighbours read neighbouring vectors.
// Memory    none in the workgroup.
// Cost      one addition and 4 bytes an element: bound by memory. The order of additions depends on the shape only: the same bits each time.

#include "common/each-element"
#param rows, rowsPerPiece, pieces, groups: u32
#read input: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.pieces * params.groups) { return; }
  let first = index / params.groups * params.rowsPerPiece;
  let end = min(first + params.rowsPerPiece, params.rows);
  var at = first * params.groups + index % params.groups;
  var sum = vec4f(0);
  for (var row = first; row < end; row++) {
    sum += input[at];
    at += params.groups;
  }
  output[index] = sum;
}
