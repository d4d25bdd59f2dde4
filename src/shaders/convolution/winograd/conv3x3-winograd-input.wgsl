// Winograd's F(2x2, 3x3), first step (Lavin and Gray 2016, section 4.1): every 4 x 4 patch of pixels d, two pixels apart and scaled by the
// styles, becomes 16 numbers B^T d B, in which the convolution is 16 separate matrix products: 16 multiplications for 4 outputs in place of 36.
//         B^T = [1  0 -1  0]
//               [0  1  1  0]
//               [0 -1  1  0]
//               [0  1  0 -1]
//
// Shapes    input [N, H, W, inChannels]; styles [N, inChannels]; transformed [16, tiles, inChannels] with tiles = N x tileRows x tileColumns:
//           those of a band of rows of 2 x 2 output pixels, from firstRow on.
// Layout    four channels a vector (input f32 or f16).
// Dispatch  one thread per tile and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      48 FLOPs and 128 bytes a tile and channel (of the 16 reads, 12 are shared with neighbours and cached): bound by memory.

#include "common/each-element"
#storage InputVector
#param batch, height, width, inputGroups, tileRows, tileColumns: u32
#param firstRow: u32 // of tiles
#read input: array<InputVector>
#read styles: array<vec4f>
#write transformed: array<vec4f>

// Four input channels of one row of a patch.
struct PatchRow {
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
}

fn loadPixel(sample: u32, row: u32, column: u32, inGroup: u32) -> vec4f {
  if (row >= params.height || column >= params.width) { return vec4f(0); } // those before the first have wrapped to large numbers
  return fromInputVector(input[((sample * params.height + row) * params.width + column) * params.inputGroups + inGroup]);
}

// One row of d B.
fn loadRow(sample: u32, row: u32, column: u32, inGroup: u32, style: vec4f) -> PatchRow {
  let d0 = loadPixel(sample, row, column, inGroup) * style;
  let d1 = loadPixel(sample, row, column + 1u, inGroup) * style;
  let d2 = loadPixel(sample, row, column + 2u, inGroup) * style;
  let d3 = loadPixel(sample, row, column + 3u, inGroup) * style;
  return PatchRow(d0 - d2, d1 + d2, d2 - d1, d1 - d3);
}

fn storeRow(row: u32, values: PatchRow, tile: u32, tiles: u32, inGroup: u32) {
  let at = (row * 4u * tiles + tile) * params.inputGroups + inGroup;
  let position = tiles * params.inputGroups; // from one to the next
  transformed[at] = values.p0;
  transformed[at + position] = values.p1;
  transformed[at + 2u * position] = values.p2;
  transformed[at + 3u * position] = values.p3;
}

fn difference(a: PatchRow, b: PatchRow) -> PatchRow {
  return PatchRow(a.p0 - b.p0, a.p1 - b.p1, a.p2 - b.p2, a.p3 - b.p3);
}

fn sum(a: PatchRow, b: PatchRow) -> PatchRow {
  return PatchRow(a.p0 + b.p0, a.p1 + b.p1, a.p2 + b.p2, a.p3 + b.p3);
}

fn element(index: u32) {
  let tiles = params.batch * params.tileRows * params.tileColumns;
  if (index >= tiles * params.inputGroups) { return; }
  let inGroup = index % params.inputGroups;
  let tile = index / params.inputGroups;
  let column = tile % params.tileColumns * 2u - 1u; // of the patch's first pixel
  let row = (params.firstRow + tile / params.tileColumns % params.tileRows) * 2u - 1u;
  let sample = tile / (params.tileColumns * params.tileRows);

  let style = styles[sample * params.inputGroups + inGroup];
  let r0 = loadRow(sample, row, column, inGroup, style);
  let r1 = loadRow(sample, row + 1u, column, inGroup, style);
  let r2 = loadRow(sample, row + 2u, column, inGroup, style);
  let r3 = loadRow(sample, row + 3u, column, inGroup, style);
  storeRow(0u, difference(r0, r2), tile, tiles, inGroup);
  storeRow(1u, sum(r1, r2), tile, tiles, inGroup);
  storeRow(2u, difference(r2, r1), tile, tiles, inGroup);
  storeRow(3u, difference(r1, r3), tile, tiles, inGroup);
}
