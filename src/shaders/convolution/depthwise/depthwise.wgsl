// Depthwise convolution (correlation) of any kernel size, with stride and zero padding or cropping: every channel has a small kernel of its own, and
// no channel sees another (MobileNets, Howard et al. 2017, section 3.1).
//
// Shapes    input [N, H, W, C]; weight [kernelHeight, kernelWidth, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along channels. Padded channels come out as zeros, as those of input and weight are zero.
// Dispatch  one thread per output pixel and four channels, 64 per workgroup (each-element); threads that are neighbours read neighbouring channels.
// Memory    none in the workgroup.
// Cost      2 taps FLOPs a number of the output; 2 loads of 16 bytes for 8 FLOPs: bound by memory.

#include "common/each-element"
#param batch, height, width, groups, outHeight, outWidth, kernelHeight, kernelWidth, stride: u32
#param padLeft, padTop: i32 // negative crops
#read input, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.batch * params.outHeight * params.outWidth * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.outWidth;
  let row = index / (groups * params.outWidth) % params.outHeight;
  let sample = index / (groups * params.outWidth * params.outHeight);

  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(row * params.stride + tapRow) - params.padTop;
    if (y < 0 || y >= i32(params.height)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(column * params.stride + tapColumn) - params.padLeft;
      if (x < 0 || x >= i32(params.width)) { continue; }
      let pixel = (sample * params.height + u32(y)) * params.width + u32(x);
      let tap = tapRow * params.kernelWidth + tapColumn;
      sum += weight[tap * groups + group] * input[pixel * groups + group];
    }
  }
  output[index] = sum;
}
