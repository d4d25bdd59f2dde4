// What follows the sum in every layer of StyleGAN2: bias, activation, gain, clamp, for four output channels at a time.
//
// Shapes    bias [channels]

#include "common/activation"
#include "common/keep-channels"
#param channels: u32 // of the output
#param alpha: f32 // slope of leaky ReLU
#param gain: f32
#param clamp: f32 // largest magnitude that leaves the layer
#read bias: array<vec4f>

// `channelBias` is bias[group]: the kernel reads it once for all of its pixels.
fn layerEpilogue(sum: vec4f, channelBias: vec4f, group: u32) -> vec4f {
  let activated = activate(sum + channelBias, params.alpha) * params.gain;
  return keepChannels(clamp(activated, vec4f(-params.clamp), vec4f(params.clamp)), group, params.channels);
}
