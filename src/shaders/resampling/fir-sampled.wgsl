// The second half of an up=2 layer from texels (fir-epilogue.wgsl does the same from a tensor): the low-pass filter [1, 3, 3, 1] x [1, 3, 3, 1] / 64
// with gain 4 and zero padding 1, then noise, bias, activation, gain and clamp.
//
// Shapes    unfiltered: from conv3x3-sampled-up2.wgsl; noise [1 or N, H, W]; bias [C]; output [N, H, W, C], H and W even.
// Layout    vec4 along C; noise in single floats.
// Dispatch  one thread per SIDE x SIDE output pixels and four channels, pairs of rows firstPair to endPair, 64 per workgroup (linearIndex).
//           The ring must hold rows 2 firstPair - 1 to 2 endPair + 1.
// Memory    none in the workgroup.
// Cost      about 30 FLOPs an element; (SIDE + 3)^2 texels for SIDE^2 vectors.
// Needs     unroll.ts with SIDE (even); common/linear-index.wgsl, common/activation.wgsl, common/layer-epilogue.wgsl

struct Params {
  sample: u32,
  height: u32, // of the output
  width: u32,
  channels: u32,
  ringRows: u32,
  firstPair: u32, // of output rows
  endPair: u32,
  noiseStride: u32, // floats from row to row
  noiseBatchStride: u32, // floats from sample to sample; 0 when all share one
  noiseStrength: f32, // 0: no noise, and nothing of it is read
  alpha: f32,
  gain: f32,
  clamp: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var unfiltered: texture_2d_array<f32>;
@group(0) @binding(2) var nearest: sampler;
@group(0) @binding(3) var<storage, read> noise: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> output: array<OutputVector>;

// One row of the picture to be filtered, filtered horizontally at SIDE places.
struct Row {
  #for column in 0..SIDE
  v${column}: vec4f,
  #end
}

// Rows and columns outside count as zero; what the sampler finds there does not matter.
fn filterRow(row: i32, column: i32, group: u32) -> Row {
  let lastRow = i32(params.height);
  let lastColumn = i32(params.width);
  let y = (f32(u32(clamp(row, 0, lastRow)) % params.ringRows) + 0.5) / f32(params.ringRows);
  let scale = 0.0625 * f32(row >= 0 && row <= lastRow);
  #for tap in 0..SIDE + 3
  let x${tap} = (f32(column) + ${tap}.0 - 0.5) / f32(lastColumn + 1);
  let inside${tap} = scale * f32(column + ${tap} >= 1 && column + ${tap} <= lastColumn + 1);
  let s${tap} = textureSampleLevel(unfiltered, nearest, vec2f(x${tap}, y), group, 0.0) * inside${tap};
  #end
  return Row(
    #for column in 0..SIDE
    s${column} + 3.0 * (s${column + 1} + s${column + 2}) + s${column + 3},
    #end
  );
}

fn store(sum: vec4f, row: u32, column: u32, group: u32, groups: u32, channelBias: vec4f) {
  if (row >= 2u * params.endPair || column >= params.width) { return; }
  var value = sum;
  if (params.noiseStrength != 0.0) {
    value += noise[params.sample * params.noiseBatchStride + row * params.noiseStride + column] * params.noiseStrength;
  }
  let result = layerEpilogue(value, channelBias, params.alpha, params.gain, params.clamp);
  output[((params.sample * params.height + row) * params.width + column) * groups + group] =
    toOutputVector(keepChannels(result, group, params.channels));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  let groups = (params.channels + 3u) / 4u;
  let columns = (params.width + ${SIDE - 1}u) / ${SIDE}u;
  let rows = (2u * (params.endPair - params.firstPair) + ${SIDE - 1}u) / ${SIDE}u;
  if (index >= rows * columns * groups) { return; }
  let group = index % groups;
  let column = index / groups % columns * ${SIDE}u;
  let row = 2u * params.firstPair + index / (groups * columns) * ${SIDE}u;
  let channelBias = bias[group];

  #for tap in 0..SIDE + 3
  let r${tap} = filterRow(i32(row) + ${tap} - 1, i32(column), group);
  #end
  #for row in 0..SIDE
    #for column in 0..SIDE
  store(r${row}.v${column} + 3.0 * (r${row + 1}.v${column} + r${row + 2}.v${column}) + r${row + 3}.v${column},
    row + ${row}u, column + ${column}u, group, groups, channelBias);
    #end
  #end
}
