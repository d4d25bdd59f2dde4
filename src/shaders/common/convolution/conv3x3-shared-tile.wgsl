// A 3x3 convolution as a matrix product (pixels x input channels and taps) times (input channels and taps x output channels), of which a
// workgroup computes a tile: TILE_ROWS rows of eight pixels by 2 CHANNEL_THREADS vectors of output channels. For four input channels at a
// time, 64 threads bring the pixels with their border, scaled by the styles, and the weights into shared memory; each of them then computes
// one row of eight pixels by two vectors. The border makes one load of the pixels serve all nine taps.
//
// Memory    12096 bytes in the workgroup (pixels of the tallest tile, weights of the widest).
// Cost      per four input channels of an 8 x 8 pixels x 64 channels tile: 676 loads of 16 bytes and two barriers for 294912 FLOPs; a thread
//           reads 102 vectors of shared memory for 4608 FLOPs.
// Banks     a quarter of an NVIDIA warp reads eight neighbouring vectors of weights and one pixel: no conflicts. That is why a thread's two
//           vectors of channels are CHANNEL_THREADS apart.

#include "common/convolution/conv3x3-operands"
#include "common/convolution/eight-sums"
#const CHANNEL_THREADS = 8 // 8, or 4 for layers of up to 32 channels
#const PARTIAL_SUMS: bool = 0
#param splits: u32
#param groupsPerSplit: u32 // of input channels

const THREADS = 64u;
const TILE_COLUMNS = 8u;
const STRIP = TILE_COLUMNS + 2u;
const TALLEST_TILE = 16u;
const WIDEST_KERNEL = 16u; // vectors

const TILE_ROWS = THREADS / CHANNEL_THREADS;
const KERNEL_VECTORS = 2u * CHANNEL_THREADS;

// Arrays of rows, so that the index into a row stays the same from step to step: WGSL checks every index, and a compiler does that but once.
var<workgroup> sharedPixels: array<array<vec4f, STRIP>, TALLEST_TILE + 2u>;
var<workgroup> sharedKernel: array<array<vec4f, WIDEST_KERNEL>, 36>;

// Which taps of the 3x3 kernel a workgroup uses: rows firstRow, firstRow + step, ... and the same for columns.
struct Taps {
  rows: u32,
  columns: u32,
  firstRow: u32,
  firstColumn: u32,
  step: u32,
}

// Four input channels of ten neighbouring pixels of a row.
struct Strip {
  p0: vec4f,
  p1: vec4f,
  p2: vec4f,
  p3: vec4f,
  p4: vec4f,
  p5: vec4f,
  p6: vec4f,
  p7: vec4f,
  p8: vec4f,
  p9: vec4f,
}

// Brings one group of input channels into shared memory: pixels from one row above and one column left of (row, column), zero outside.
fn loadPixels(thread: u32, sample: u32, row: u32, column: u32, inGroup: u32) {
  let style = styles[sample * params.inputGroups + inGroup];
  for (var i = thread; i < (TILE_ROWS + 2u) * STRIP; i += THREADS) {
    let y = row + i / STRIP - 1u; // wraps below zero to a large number
    let x = column + i % STRIP - 1u;
    var value = vec4f(0);
    if (y < params.height && x < params.width) {
      let at = ((sample * params.height + y) * params.width + x) * params.inputGroups + inGroup;
      value = fromInputVector(input[at]) * style;
    }
    sharedPixels[i / STRIP][i % STRIP] = value;
  }
}

// Brings the weights of one group of input channels into shared memory, from output vector `firstVector` on: four rows for each tap.
fn loadKernel(thread: u32, taps: Taps, firstVector: u32, groups: u32, inGroup: u32) {
  for (var i = thread; i < taps.rows * taps.columns * 4u * KERNEL_VECTORS; i += THREADS) {
    let vector = firstVector + i % KERNEL_VECTORS;
    let row = i / KERNEL_VECTORS;
    let channel = row % 4u;
    let slot = row / 4u;
    let tapRow = taps.firstRow + slot / taps.columns * taps.step;
    let tapColumn = taps.firstColumn + slot % taps.columns * taps.step;
    var value = vec4f(0);
    if (vector < groups) {
      let at = (((tapRow * 3u + tapColumn) * params.inputGroups + inGroup) * 4u + channel) * groups + vector;
      value = fromWeightVector(weight[at]);
    }
    sharedKernel[row][i % KERNEL_VECTORS] = value;
  }
}

fn sharedStrip(row: u32) -> Strip {
  return Strip(
    sharedPixels[row][0], sharedPixels[row][1], sharedPixels[row][2], sharedPixels[row][3], sharedPixels[row][4],
    sharedPixels[row][5], sharedPixels[row][6], sharedPixels[row][7], sharedPixels[row][8], sharedPixels[row][9],
  );
}

fn sharedBlock(slot: u32, vector: u32) -> Block {
  let row = slot * 4u;
  return Block(
    sharedKernel[row][vector], sharedKernel[row + 1u][vector], sharedKernel[row + 2u][vector], sharedKernel[row + 3u][vector],
  );
}

// The three places that a tile's eight pixels have in a strip, for the taps of a kernel row.
fn addLeft(sums: EightSums, block: Block, s: Strip) -> EightSums {
  return addProducts(sums, block, s.p0, s.p1, s.p2, s.p3, s.p4, s.p5, s.p6, s.p7);
}

fn addMiddle(sums: EightSums, block: Block, s: Strip) -> EightSums {
  return addProducts(sums, block, s.p1, s.p2, s.p3, s.p4, s.p5, s.p6, s.p7, s.p8);
}

fn addRight(sums: EightSums, block: Block, s: Strip) -> EightSums {
  return addProducts(sums, block, s.p2, s.p3, s.p4, s.p5, s.p6, s.p7, s.p8, s.p9);
}

// What the pixels of a strip share.
struct Place {
  split: u32,
  sample: u32,
  row: u32, // of the output
  group: u32,
  groups: u32,
}

// Hands the eight sums of a strip to the kernel's `storePixel(sum: vec4f, place: Place, column: u32)`, `step` columns apart.
fn storeSums(sums: EightSums, place: Place, endRow: u32, column: u32, step: u32) {
  if (place.row >= endRow || place.group >= place.groups) { return; }
  storePixel(sums.p0, place, column);
  storePixel(sums.p1, place, column + step);
  storePixel(sums.p2, place, column + 2u * step);
  storePixel(sums.p3, place, column + 3u * step);
  storePixel(sums.p4, place, column + 4u * step);
  storePixel(sums.p5, place, column + 5u * step);
  storePixel(sums.p6, place, column + 6u * step);
  storePixel(sums.p7, place, column + 7u * step);
}
