// The first half of an up=2 layer (zero insertion and true convolution, as conv3x3-transposed.wgsl says) as an implicit matrix product with
// tiles in shared memory, for graphics cards: see common/convolution/conv3x3-shared-tile.wgsl. A workgroup computes one parity of the output's rows and columns,
// so that no tap meets an inserted zero: even rows take kernel rows 0 and 2, odd rows take 1, and columns likewise.
//
// Shapes    input [N, H, W, inChannels]; weight [3, 3, inPadded, outChannels]; styles [N, inChannels]; demodulation [N, outChannels]; output
//           [N, ringRows, 2W + 1, outChannels]: row r of the 2H + 1 is at r mod ringRows; with PARTIAL_SUMS [splits, N, ...] of such sums over a
//           part of the input channels, not demodulated, for conv3x3-reduce.wgsl.
// Layout    four channels a vector (input, weight and output f32 or f16, partial sums f32).
// Dispatch  one workgroup of 64 threads per tile of TILE_ROWS x 8 quads (2 x 2 output pixels) x 8 CHANNEL_THREADS channels, sample, split and
//           parity; quad rows firstRow to endRow of H + 1. Numbered by y * columns + x; the parity with most taps comes first.
// Memory    12096 bytes in the workgroup; a thread holds 64 sums, 40 values of a strip and 32 weights.
// Cost      18 in out FLOPs an input pixel; pixels are loaded once a parity, weights once in all.

#include "common/convolution/conv3x3-shared-tile"
#include "common/each-workgroup"
#include "common/keep-channels"
#storage OutputVector
#param ringRows: u32
#param channels: u32 // of the output
#write output: array<OutputVector>

fn storePixel(sum: vec4f, place: Place, column: u32) {
  let width = params.width * 2u + 1u;
  if (column >= width) { return; }
  let picture = place.split * params.batch + place.sample;
  let at = ((picture * params.ringRows + place.row % params.ringRows) * width + column) * place.groups + place.group;
  if (PARTIAL_SUMS) {
    output[at] = toOutputVector(sum);
    return;
  }
  let value = sum * demodulation[place.sample * place.groups + place.group];
  output[at] = toOutputVector(keepChannels(value, place.group, params.channels));
}

fn piece(index: u32, thread: u32) {
  let groups = (params.channels + 3u) / 4u;
  let channelTiles = (groups + KERNEL_VECTORS - 1u) / KERNEL_VECTORS;
  let tileColumns = (params.width + TILE_COLUMNS) / TILE_COLUMNS; // of width + 1 quads
  let tileRows = (params.endRow - params.firstRow + TILE_ROWS - 1u) / TILE_ROWS;
  let tiles = tileColumns * tileRows * channelTiles;
  let parities = tiles * params.batch * params.splits;
  if (index >= parities * 4u) { return; }
  let firstVector = index % channelTiles * KERNEL_VECTORS;
  let column = index / channelTiles % tileColumns * TILE_COLUMNS;
  let firstRow = params.firstRow + index / (channelTiles * tileColumns) % tileRows * TILE_ROWS;
  let sample = index / tiles % params.batch;
  let split = index / (tiles * params.batch) % params.splits;
  let oddRow = index / parities / 2u;
  let oddColumn = index / parities % 2u;

  let channelThread = thread % CHANNEL_THREADS;
  let row = thread / CHANNEL_THREADS;
  let taps = Taps(2u - oddRow, 2u - oddColumn, oddRow, oddColumn, 2u);
  let endGroup = min(params.inputGroups, (split + 1u) * params.groupsPerSplit);
  var low = EightSums();
  var high = EightSums();
  for (var inGroup = split * params.groupsPerSplit; inGroup < endGroup; inGroup++) {
    loadPixels(thread, sample, firstRow, column, inGroup);
    loadKernel(thread, taps, firstVector, groups, inGroup);
    workgroupBarrier();
    // The first tap of each axis meets the quad's own pixel, the second (only in even rows and columns) the one before it.
    for (var tapRow = 0u; tapRow < taps.rows; tapRow++) {
      let strip = sharedStrip(row + 1u - tapRow);
      let slot = tapRow * taps.columns;
      low = addMiddle(low, sharedBlock(slot, channelThread), strip);
      high = addMiddle(high, sharedBlock(slot, channelThread + CHANNEL_THREADS), strip);
      if (oddColumn == 0u) {
        low = addLeft(low, sharedBlock(slot + 1u, channelThread), strip);
        high = addLeft(high, sharedBlock(slot + 1u, channelThread + CHANNEL_THREADS), strip);
      }
    }
    workgroupBarrier();
  }

  let group = firstVector + channelThread;
  let outputRow = (firstRow + row) * 2u + oddRow;
  let outputColumn = column * 2u + oddColumn;
  let endRow = min(params.endRow * 2u, params.height * 2u + 1u);
  storeSums(low, Place(split, sample, outputRow, group, groups), endRow, outputColumn, 2u);
  storeSums(high, Place(split, sample, outputRow, group + CHANNEL_THREADS, groups), endRow, outputColumn, 2u);
}
