// Weights of a convolution as texels for the kernels that read them so (common/convolution/sampled-weights.wgsl), from a tensor on the device: for
// weights that are trained, and for a gradient's, which goes through the same kernels with the channels changed over and the taps in reverse.
//
// Shapes    weight: any order of [taps, inChannels, outChannels], by the strides below; texels: a row for each block of 4 GROUPS output channels and,
//           within, each four input channels; in it, for each tap and output channel of the block, a texel with the weights of the four input channels.
// Layout    weight in single floats.
// Dispatch  one thread per texel, 64 per workgroup (each-element).
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
  let width = params.taps * params.blockChannels;
  let row = index / width;
  if (row >= params.height) { return; }
  let column = index % width;
  let tap = column / params.blockChannels;
  let output = row / params.inputGroups * params.blockChannels + column % params.blockChannels;
  let input = row % params.inputGroups * 4u;
  let first = u32(params.firstTap + i32(tap) * params.tapStep) + output * params.outStep;
  var values = vec4f(0);
  for (var lane = 0u; lane < 4u; lane++) {
    if (output >= params.outChannels || input + lane >= params.inChannels) { continue; }
    values[lane] = weight[first + (input + lane) * params.inStep];
  }
  textureStore(texels, vec2u(column, row), 0u, values);
}
