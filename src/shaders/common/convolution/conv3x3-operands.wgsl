// Operands and parameters of the modulated 3x3 convolution without upsampling: the same for every implementation of it, so that
// one can take the place of another. Shapes and layout: conv3x3-plain.wgsl.

struct Params {
  batch: u32,
  height: u32,
  width: u32,
  inputGroups: u32,
  channels: u32, // of the output
  firstRow: u32,
  endRow: u32,
  noiseStride: u32, // floats from row to row
  noiseBatchStride: u32, // floats from sample to sample; 0 when all share one
  noiseStrength: f32,
  alpha: f32,
  gain: f32,
  clamp: f32,
}

override USE_NOISE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<InputVector>;
@group(0) @binding(2) var<storage, read> weight: array<WeightVector>;
@group(0) @binding(3) var<storage, read> styles: array<vec4f>;
@group(0) @binding(4) var<storage, read> demodulation: array<vec4f>;
@group(0) @binding(5) var<storage, read> noise: array<f32>;
@group(0) @binding(6) var<storage, read> bias: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> output: array<OutputVector>;
