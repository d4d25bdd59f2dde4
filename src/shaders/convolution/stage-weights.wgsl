// Weights of a convolution as texels for the kernels that read them so (common/convolution/sampled-weights.wgsl), from a tensor on the device: for
// weights that are trained, and for a gradient's, which goes through the same kernels with the channels changed over and the taps in reverse.
//
// Shapes    weight: any order of [taps, inChannels, outChannels], by the strides below; texels: a row for each block of 4 GROUPS output channels and,
//           within, each four input channels; in it, for each tap and output channel of the block, a texel with the weights of the four input channels.
// Layout    weight in single floats.
// Dispatch  one thread per row and tap, that is, 4 GROUPS texels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      4 loads of 4 bytes and 16 bytes a texel: bound by memory.

#include "common/each-element"
#param inChannels, outChannels, inputGroups: u32
#param taps, blockChannels: u32 // blockChannels: 4 GROUPS
#param height: u32 // of the texels
#param firstTap, tapStep: i32 // floats: where the first tap begins, and from tap to tap
#param inStep, outStep: u32 // floats from channel to channel
#read weight: array<f32>
#texture texels: texture_storage_2d_array<rgba32float, write>

fn element(index: u32) {
  let row = index / params.taps;
  if (row >= params.height) { return; }
  let tap = index % params.taps;
  let firstOutput = row / params.inputGroups * params.blockChannels;
  let input = row % params.inputGroups * 4u;
  let isInput = vec4u(input) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.inChannels);
  let last = params.inChannels - 1u - input; // numbers beyond are read from it and left out
  let step = vec4u(0u, min(1u, last), min(2u, last), min(3u, last)) * params.inStep;
  var at = u32(params.firstTap + i32(tap) * params.tapStep) + firstOutput * params.outStep + input * params.inStep;
  for (var channel = 0u; channel < params.blockChannels; channel++) {
    var values = vec4f(0);
    if (firstOutput + channel < params.outChannels) {
      values = vec4f(weight[at + step.x], weight[at + step.y], weight[at + step.z], weight[at + step.w]);
    }
    textureStore(texels, vec2u(tap * params.blockChannels + channel, row), 0u, select(vec4f(0), values, isInput));
    at += params.outStep;
  }
}
