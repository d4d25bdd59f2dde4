// Depthwise convolution (correlation): every channel has a kernel of its own. Any kernel size, stride and zero padding or cropping.
//
// Shapes    input [N, H, W, C]; weight [kernelHeight, kernelWidth, C]; output [N, outHeight, outWidth, C].
// Layout    vec4f along C.
// Dispatch  one thread per output pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps FLOPs and, from the cache, 8 taps bytes an element: bound by memory.

#include "common/each-element"
#param batch, height, width, outHeight, outWidth, kernelHeight, kernelWidth, stride, groups: u32
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
      let pixel = ((sample * params.height + u32(y)) * params.width + u32(x)) * groups + group;
      sum += weight[(tapRow * params.kernelWidth + tapColumn) * groups + group] * input[pixel];
    }
  }
  output[index] = sum;
}
