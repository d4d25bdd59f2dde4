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
// Needs     common/convolution/conv3x3-shared-tile.wgsl, common/convolution/eight-sums.wgsl, common/activation.wgsl, common/layer-epilogue.wgsl

struct Params {
  batch: u32,
  height: u32,
  width: u32,
  inputGroups: u32,
  channels: u32, // of the output
  firstRow: u32,
  endRow: u32,
  splits: u32,
  groupsPerSplit: u32, // of input channels
  noiseStride: u32, // floats from row to row
  noiseBatchStride: u32, // floats from sample to sample; 0 when all share one
  noiseStrength: f32,
  alpha: f32,
  gain: f32,
  clamp: f32,
}

override USE_NOISE: bool = false;
override PARTIAL_SUMS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<InputVector>;
@group(0) @binding(2) var<storage, read> weight: array<WeightVector>;
@group(0) @binding(3) var<storage, read> styles: array<vec4f>;
@group(0) @binding(4) var<storage, read> demodulation: array<vec4f>;
@group(0) @binding(5) var<storage, read> noise: array<f32>;
@group(0) @binding(6) var<storage, read> bias: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> output: array<OutputVector>;

// What the pixels of a strip share.
struct Place {
  split: u32,
  sample: u32,
  row: u32,
  group: u32,
  groups: u32,
}

fn storePixel(sum: vec4f, place: Place, column: u32) {
  if (column >= params.width) { return; }
  let picture = place.split * params.batch + place.sample;
  let at = ((picture * params.height + place.row) * params.width + column) * place.groups + place.group;
  if (PARTIAL_SUMS) {
    output[at] = toOutputVector(sum);
    return;
  }
  var value = sum * demodulation[place.sample * place.groups + place.group];
  if (USE_NOISE) {
    let noisePlace = place.sample * params.noiseBatchStride + place.row * params.noiseStride + column;
    value += noise[noisePlace] * params.noiseStrength;
  }
  let result = layerEpilogue(value, bias[place.group], params.alpha, params.gain, params.clamp);
  output[at] = toOutputVector(keepChannels(result, place.group, params.channels));
}

fn storeSums(sums: EightSums, place: Place, column: u32) {
  if (place.row >= params.endRow || place.group >= place.groups) { return; }
  storePixel(sums.p0, place, column);
  storePixel(sums.p1, place, column + 1u);
  storePixel(sums.p2, place, column + 2u);
  storePixel(sums.p3, place, column + 3u);
  storePixel(sums.p4, place, column + 4u);
  storePixel(sums.p5, place, column + 5u);
  storePixel(sums.p6, place, column + 6u);
  storePixel(sums.p7, place, column + 7u);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroupId: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = workgroupId.y * workgroups.x + workgroupId.x;
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
  storeSums(low, Place(split, sample, firstRow + row, group, groups), column);
  storeSums(high, Place(split, sample, firstRow + row, group + CHANNEL_THREADS, groups), column);
}
