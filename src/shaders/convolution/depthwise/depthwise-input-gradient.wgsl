// Gradient of depthwise.wgsl with respect to its input: each input pixel gathers from the output pixels that have read it.
//
// Shapes    gradient [N, outHeight, outWidth, C], with respect to the convolution's output; weight [kernelHeight, kernelWidth, C]; output [N, H, W, C].
// Layout    vec4f along C.
// Dispatch  one thread per input pixel and four channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps / stride^2 FLOPs an element: bound by memory.

#include "common/each-element"
#param batch, height, width, outHeight, outWidth, kernelHeight, kernelWidth, stride, groups: u32
#param padLeft, padTop: i32 // of the convolution; negative crops
#read gradient, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let groups = params.groups;
  if (index >= params.batch * params.height * params.width * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.width;
  let row = index / (groups * params.width) % params.height;
  let sample = index / (groups * params.width * params.height);
  let stride = i32(params.stride);
  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(row) + params.padTop - i32(tapRow); // of the output, times the stride
    if (y < 0 || y % stride != 0 || y / stride >= i32(params.outHeight)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(column) + params.padLeft - i32(tapColumn);
      if (x < 0 || x % stride != 0 || x / stride >= i32(params.outWidth)) { continue; }
      let pixel = ((sample * params.outHeight + u32(y / stride)) * params.outWidth + u32(x / stride)) * groups + group;
      sum += weight[(tapRow * params.kernelWidth + tapColumn) * groups + group] * gradient[pixel];
    }
  }
  output[index] = sum;
}
