// Gradient of depthwise.wgsl with respect to its weights: for each tap and channel the sum over pixels of the input pixel times the gradient of the output
// pixel that it went into.
//
// Shapes    input [N, H, W, C]; gradient [N, outHeight, outWidth, C], with respect to the convolution's output; output [kernelHeight, kernelWidth, C].
// Layout    vec4f along C.
// Dispatch  one workgroup of 64 threads per tap and four channels, numbered by y * columns + x.
// Memory    64 partial sums of a vec4f (1 KiB).
// Cost      2 taps FLOPs and 8 taps bytes an element of the gradient: bound by memory. Always added in the same order.

#include "common/convolution/depthwise-geometry"
#include "common/each-workgroup"
#include "common/vector-sum-of-threads"
#read input, gradient: array<vec4f>
#write output: array<vec4f>

fn piece(index: u32, thread: u32) {
  let groups = params.groups;
  if (index >= params.kernelHeight * params.kernelWidth * groups) { return; }
  let group = index % groups;
  let tap = index / groups;
  let top = i32(tap / params.kernelWidth) - params.padTop;
  let left = i32(tap % params.kernelWidth) - params.padLeft;
  var partial = vec4f(0);
  for (var pixel = thread; pixel < params.batch * params.outHeight * params.outWidth; pixel += 64u) {
    let y = i32(pixel / params.outWidth % params.outHeight * params.stride) + top;
    let x = i32(pixel % params.outWidth * params.stride) + left;
    if (y < 0 || y >= i32(params.height) || x < 0 || x >= i32(params.width)) { continue; }
    let sample = pixel / (params.outWidth * params.outHeight);
    let at = (sample * params.height + u32(y)) * params.width + u32(x);
    partial += input[at * groups + group] * gradient[pixel * groups + group];
  }
  let sum = vectorSumOfThreads(partial, thread);
  if (thread == 0u) { output[index] = sum; }
}
