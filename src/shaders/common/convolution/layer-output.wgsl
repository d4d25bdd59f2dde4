// How a 3x3 layer of StyleGAN2 ends: noise, bias, activation, gain, clamp, and the place in the output; the same for every implementation.
//
// Shapes    noise [1 or N, H, W], one plane for all channels; output [N, H, W, channels]
// Layout    four channels a vector (f32 or f16); noise in single floats
// Noise     a strength of 0 leaves it out, whatever is bound then: so one compiled kernel serves layers with noise and without

#include "common/layer-epilogue"
#storage OutputVector
#param noiseStride: u32 // floats from row to row
#param noiseBatchStride: u32 // floats from sample to sample; 0 when all share one
#param noiseStrength: f32
#read noise: array<f32>
#write output: array<OutputVector>

fn noiseAt(sample: u32, row: u32, column: u32) -> f32 {
  if (params.noiseStrength == 0.0) { return 0.0; }
  return noise[sample * params.noiseBatchStride + row * params.noiseStride + column] * params.noiseStrength;
}

// `at`: the vector of the output that `value`, the demodulated sum of a pixel and four channels, ends in.
fn storeLayer(value: vec4f, at: u32, sample: u32, row: u32, column: u32, group: u32, channelBias: vec4f) {
  output[at] = toOutputVector(layerEpilogue(value + noiseAt(sample, row, column), channelBias, group));
}
