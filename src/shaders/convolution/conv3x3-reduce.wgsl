// The second half of split-K: adds up what conv3x3-gemm.wgsl or conv3x3-gemm-up2.wgsl summed over parts of the input channels, then demodulation,
// noise, bias, activation, gain and clamp (of an up=2 layer only the demodulation: the rest follows its filter).
//
// Shapes    partialSums [splits, N, ringRows, W, C]; demodulation [N, C]; noise [1 or N, H, W]; bias [C]; output [N, ringRows, W, C]: row r
//           is at r mod ringRows.
// Layout    four channels a vector (output f32 or f16); noise in single floats.
// Dispatch  one thread per pixel and four channels, rows firstRow to endRow, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      4 splits + 4 bytes and splits + 1 FLOPs an element: bound by memory.
// Needs     common/linear-index.wgsl, common/activation.wgsl, common/layer-epilogue.wgsl

struct Params {
  batch: u32,
  width: u32,
  channels: u32,
  splits: u32,
  firstRow: u32,
  endRow: u32,
  ringRows: u32,
  noiseStride: u32, // floats from row to row
  noiseBatchStride: u32, // floats from sample to sample; 0 when all share one
  noiseStrength: f32,
  alpha: f32,
  gain: f32,
  clamp: f32,
}

override USE_NOISE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partialSums: array<vec4f>;
@group(0) @binding(2) var<storage, read> demodulation: array<vec4f>;
@group(0) @binding(3) var<storage, read> noise: array<f32>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> output: array<OutputVector>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  let groups = (params.channels + 3u) / 4u;
  let rows = params.endRow - params.firstRow;
  if (index >= params.batch * rows * params.width * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.width;
  let row = params.firstRow + index / (groups * params.width) % rows;
  let sample = index / (groups * params.width * rows);

  let at = ((sample * params.ringRows + row % params.ringRows) * params.width + column) * groups + group;
  let picture = params.batch * params.ringRows * params.width * groups;
  var sum = vec4f(0);
  for (var split = 0u; split < params.splits; split++) { sum += partialSums[split * picture + at]; }

  sum *= demodulation[sample * groups + group];
  if (USE_NOISE) {
    sum += noise[sample * params.noiseBatchStride + row * params.noiseStride + column] * params.noiseStrength;
  }
  let result = layerEpilogue(sum, bias[group], params.alpha, params.gain, params.clamp);
  output[at] = toOutputVector(keepChannels(result, group, params.channels));
}
