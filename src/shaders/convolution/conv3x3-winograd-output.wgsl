// Winograd's F(2x2, 3x3), last step: the 16 sums m of a tile become its 2 x 2 pixels A^T m A, then demodulation, noise, bias, activation, gain
// and clamp.
//         A^T = [1  1  1  0]
//               [0  1 -1 -1]
//
// Shapes    products [16, tiles, outChannels] as conv3x3-winograd-input.wgsl counts tiles; demodulation [N, outChannels]; noise [1 or N, H, W];
//           bias [outChannels]; output [N, H, W, outChannels].
// Layout    four channels a vector (output f32 or f16); noise in single floats.
// Dispatch  one thread per tile and four channels, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      24 FLOPs and 80 bytes a tile and channel, beside the epilogue: bound by memory.
// Needs     common/linear-index.wgsl, common/activation.wgsl, common/layer-epilogue.wgsl

struct Params {
  batch: u32,
  height: u32,
  width: u32,
  channels: u32,
  firstRow: u32, // of tiles
  tileRows: u32,
  tileColumns: u32,
  noiseStride: u32, // floats from row to row
  noiseBatchStride: u32, // floats from sample to sample; 0 when all share one
  noiseStrength: f32,
  alpha: f32,
  gain: f32,
  clamp: f32,
}

override USE_NOISE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> products: array<vec4f>;
@group(0) @binding(2) var<storage, read> demodulation: array<vec4f>;
@group(0) @binding(3) var<storage, read> noise: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> output: array<OutputVector>;

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

fn store(sum: vec4f, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  if (row >= params.height || column >= params.width) { return; }
  var value = sum * demodulation[sample * groups + group];
  if (USE_NOISE) {
    value += noise[sample * params.noiseBatchStride + row * params.noiseStride + column] * params.noiseStrength;
  }
  let result = layerEpilogue(value, bias[group], params.alpha, params.gain, params.clamp);
  output[((sample * params.height + row) * params.width + column) * groups + group] =
    toOutputVector(keepChannels(result, group, params.channels));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
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
  store(r0.left + r1.left + r2.left, sample, row, column, group, groups);
  store(r0.right + r1.right + r2.right, sample, row, column + 1u, group, groups);
  store(r1.left - r2.left - r3.left, sample, row + 1u, column, group, groups);
  store(r1.right - r2.right - r3.right, sample, row + 1u, column + 1u, group, groups);
}
