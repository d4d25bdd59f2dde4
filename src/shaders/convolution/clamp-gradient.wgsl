// Gradient of a picture layer's clamp, from the bits that the layer has kept (common/convolution/inside-bits.wgsl): what is outside gets none. And of it the
// sums over pixels, for the gradient of the bias: pieces of them, which sum-rows.wgsl adds up.
//
// Shapes    gradient, output [rows, W, C], rows of all samples; sums [pieces, C], where piece p has strips p * stripsPerPiece up to the next piece's first.
//           A strip is four pixels of a row.
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the sums, 64 per workgroup (each-element): neighbours read neighbouring vectors.
// Memory    none in the workgroup.
// Cost      2 FLOPs and 8 bytes an element: bound by memory.

#include "common/each-element"
#param width, strips, stripsPerPiece, pieces, groups: u32
#read gradient: array<vec4f>
#read inside: array<u32>
#write output, sums: array<vec4f>

fn element(index: u32) {
  if (index >= params.pieces * params.groups) { return; }
  let group = index % params.groups;
  let first = index / params.groups * params.stripsPerPiece;
  let end = min(first + params.stripsPerPiece, params.strips);
  let stripsPerRow = (params.width + 3u) / 4u;
  var row = first / stripsPerRow;
  var column = first % stripsPerRow * 4u;
  var sum = vec4f(0);
  for (var strip = first; strip < end; strip++) {
    let bits = inside[strip * params.groups + group];
    let at = (row * params.width + column) * params.groups + group;
    #for column in 0..4
    if (column + ${column}u < params.width) {
      let isInside = (vec4u(bits >> ${4 * column}u) & vec4u(1u, 2u, 4u, 8u)) != vec4u(0);
      let value = select(vec4f(0), gradient[at + ${column}u * params.groups], isInside);
      output[at + ${column}u * params.groups] = value;
      sum += value;
    }
    #end
    column += 4u;
    if (column >= params.width) {
      column = 0u;
      row++;
    }
  }
  sums[index] = sum;
}
