// Winograd's F(2x2, 3x3), last step: the 16 sums m of a tile become its 2 x 2 pixels A^T m A, then demodulation, noise, bias, activation, gain
// and clamp.
//         A^T = [1  1  1  0]
//               [0  1 -1 -1]
//
// Shapes    products [16, tiles, outChannels] as conv3x3-winograd-input.wgsl counts tiles; demodulation [N, outChannels]; noise [1 or N, H, W];
//           bias [outChannels]; output [N, H, W, outChannels].
// Layout    four channels a vector (output f32 or f16); noise in single floats.
// Dispatch  one thread per tile and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      24 FLOPs and 80 bytes a tile and channel, beside the epilogue: bound by memory.

#include "common/convolution/output-pixel"
#include "common/each-element"
#param batch, tileRows, tileColumns: u32
#param firstRow: u32 // of tiles
#read products: array<vec4f>

// Two neighbouring pixels of a row.
struct Pair {
  left: vec4f,
  right: vec4f,
}

// One row of m A.
fn loadRow(row: u32, tile: u32, tiles: u32, group: u32, groups: u32) -> Pair {
  let at = (row * 4u * tiles + tile) * groups + group;
  let position = tiles * groups; // from one to the next
  let m1 = products[at + position];
  let m2 = products[at + 2u * position];
  return Pair(products[at] + m1 + m2, m1 - m2 - products[at + 3u * position]);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let tiles = params.batch * params.tileRows * params.tileColumns;
  if (index >= tiles * groups) { return; }
  let group = index % groups;
  let tile = index / groups;
  let column = tile % params.tileColumns * 2u;
  let row = (params.firstRow + tile / params.tileColumns % params.tileRows) * 2u;
  let sample = tile / (params.tileColumns * params.tileRows);

  let r0 = loadRow(0u, tile, tiles, group, groups);
  let r1 = loadRow(1u, tile, tiles, group, groups);
  let r2 = loadRow(2u, tile, tiles, group, groups);
  let r3 = loadRow(3u, tile, tiles, group, groups);
  storePixel(r0.left + r1.left + r2.left, sample, row, column, group, groups, params.height);
  storePixel(r0.right + r1.right + r2.right, sample, row, column + 1u, group, groups, params.height);
  storePixel(r1.left - r2.left - r3.left, sample, row + 1u, column, group, groups, params.height);
  storePixel(r1.right - r2.right - r3.right, sample, row + 1u, column + 1u, group, groups, params.height);
}
