// What activation-gradient.wgsl computes, and of it the sums over rows, for the gradient of a bias: pieces of them, as sum-rows.wgsl has them, so that
// nobody reads the result once more for that.
//
// Shapes    gradient, reference, output [rows, C]; sums [pieces, C], where piece p has rows p * rowsPerPiece up to the next piece's first.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the sums, 64 per workgroup (each-element): neighbours read neighbouring vectors.
// Memory    none in the workgroup.
// Cost      about 7 FLOPs and 12 bytes of traffic an element: bound by memory.

#include "common/activation-gradient"
#include "common/each-element"
#param rows, rowsPerPiece, pieces, groups: u32
#read gradient: array<vec4f>
#write output, sums: array<vec4f>

fn element(index: u32) {
  if (index >= params.pieces * params.groups) { return; }
  let first = index / params.groups * params.rowsPerPiece;
  let end = min(first + params.rowsPerPiece, params.rows);
  var at = first * params.groups + index % params.groups;
  var sum = vec4f(0);
  for (var row = first; row < end; row++) {
    let known = reference[at];
    let slope = params.gain * activationSlope(knownOf(known), params.alpha);
    let before = select(vec4f(0), gradient[at] * slope, isInside(known));
    output[at] = before;
    sum += before;
    at += params.groups;
  }
  sums[index] = sum;
}
