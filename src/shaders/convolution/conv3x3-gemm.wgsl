// Modulated 3x3 convolution (correlation, zero padding 1) as an implicit matrix product with tiles in shared memory, for graphics cards: see
// common/convolution/conv3x3-shared-tile.wgsl. Result as conv3x3-plain.wgsl. For split-K, a workgroup sums over a part of the input channels only and writes
// its sums as they are; conv3x3-reduce.wgsl then adds them up.
//
// Shapes    input, weight, styles, demodulation, noise, bias as conv3x3-plain.wgsl; output [N, H, W, outChannels], or with PARTIAL_SUMS
//           [splits, N, H, W, outChannels].
// Layout    four channels a vector (input, weight and output f32 or f16, partial sums f32); noise in single floats.
// Dispatch  one workgroup of 64 threads per tile of TILE_ROWS x 8 pixels x 8 CHANNEL_THREADS channels, sample and split; rows firstRow to
//           endRow. Numbered by y * columns + x, channels fastest, so that neighbours read the same pixels.
// Memory    12096 bytes in the workgroup; a thread holds 64 sums, 40 values of a strip and 32 weights.
// Cost      18 in out FLOPs a pixel; an 8 x 8 pixels x 64 channels tile loads 11 bytes for 300 FLOPs.

#include "common/convolution/conv3x3-shared-tile"
#include "common/convolution/layer-output"
#include "common/each-workgroup"

fn storePixel(sum: vec4f, place: Place, column: u32) {
  if (column >= params.width) { return; }
  let picture = place.split * params.batch + place.sample;
  let at = ((picture * params.height + place.row) * params.width + column) * place.groups + place.group;
  if (PARTIAL_SUMS) {
    output[at] = toOutputVector(sum);
    return;
  }
  let value = sum * demodulation[place.sample * place.groups + place.group];
  storeLayer(value, at, place.sample, place.row, column, place.group, bias[place.group]);
}

fn piece(index: u32, thread: u32) {
  let groups = (params.channels + 3u) / 4u;
  let channelTiles = (groups + KERNEL_VECTORS - 1u) / KERNEL_VECTORS;
  let tileColumns = (params.width + TILE_COLUMNS - 1u) / TILE_COLUMNS;
  let tileRows = (params.endRow - params.firstRow + TILE_ROWS - 1u) / TILE_ROWS;
  let tiles = tileColumns * tileRows * channelTiles;
  if (index >= tiles * params.batch * params.splits) { return; }
  let firstVector = index % channelTiles * KERNEL_VECTORS;
  let column = index / channelTiles % tileColumns * TILE_COLUMNS;
  let firstRow = params.firstRow + index / (channelTiles * tileColumns) % tileRows * TILE_ROWS;
  let sample = index / tiles % params.batch;
  let split = index / (tiles * params.batch);

  let channelThread = thread % CHANNEL_THREADS;
  let row = thread / CHANNEL_THREADS;
  let taps = Taps(3u, 3u, 0u, 0u, 1u);
  let endGroup = min(params.inputGroups, (split + 1u) * params.groupsPerSplit);
  var low = EightSums();
  var high = EightSums();
  for (var inGroup = split * params.groupsPerSplit; inGroup < endGroup; inGroup++) {
    loadPixels(thread, sample, firstRow, column, inGroup);
    loadKernel(thread, taps, firstVector, groups, inGroup);
    workgroupBarrier();
    for (var tapRow = 0u; tapRow < 3u; tapRow++) {
      let strip = sharedStrip(row + tapRow);
      let slot = tapRow * 3u;
      low = addLeft(low, sharedBlock(slot, channelThread), strip);
      high = addLeft(high, sharedBlock(slot, channelThread + CHANNEL_THREADS), strip);
      low = addMiddle(low, sharedBlock(slot + 1u, channelThread), strip);
      high = addMiddle(high, sharedBlock(slot + 1u, channelThread + CHANNEL_THREADS), strip);
      low = addRight(low, sharedBlock(slot + 2u, channelThread), strip);
      high = addRight(high, sharedBlock(slot + 2u, channelThread + CHANNEL_THREADS), strip);
    }
    workgroupBarrier();
  }

  let group = firstVector + channelThread;
  storeSums(low, Place(split, sample, firstRow + row, group, groups), params.endRow, column, 1u);
  storeSums(high, Place(split, sample, firstRow + row, group + CHANNEL_THREADS, groups), params.endRow, column, 1u);
}
