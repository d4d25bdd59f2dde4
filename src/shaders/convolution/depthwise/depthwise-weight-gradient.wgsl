// Gradient of depthwise.wgsl with respect to its weights: for each tap and channel the sum over all pixels of all samples of the input pixel times
// the gradient of the output pixel that it went into.
//
// Shapes    input [N, H, W, C]; gradient [N, outHeight, outWidth, C], with respect to the convolution's output; output [kernelHeight, kernelWidth, C].
// Layout    vec4f along channels. Padded channels come out as zeros, as those of input and gradient are zero.
// Dispatch  one workgroup of 64 threads per tap and four channels; workgroups fill a grid of x * y.
// Memory    64 sums of a vec4f (1 KiB).
// Cost      2 taps FLOPs a number of the gradient; 2 loads of 16 bytes for 8 FLOPs: bound by memory. The order of additions depends on the shapes
//           only: the same bits each time.

#include "common/vector-sum-of-threads"
#param batch, height, width, groups, outHeight, outWidth, kernelHeight, kernelWidth, stride: u32
#param padLeft, padTop: i32 // negative crops
#read input, gradient: array<vec4f>
#write output: array<vec4f>

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let groups = params.groups;
  let index = workgroup.y * workgroups.x + workgroup.x;
  if (index >= params.kernelHeight * params.kernelWidth * groups) { return; }
  let group = index % groups;
  let tap = index / groups;
  let tapRow = i32(tap / params.kernelWidth) - params.padTop;
  let tapColumn = i32(tap % params.kernelWidth) - params.padLeft;

  var sum = vec4f(0);
  for (var pixel = thread; pixel < params.batch * params.outHeight * params.outWidth; pixel += 64u) {
    let x = i32(pixel % params.outWidth * params.stride) + tapColumn;
    let y = i32(pixel / params.outWidth % params.outHeight * params.stride) + tapRow;
    if (x < 0 || x >= i32(params.width) || y < 0 || y >= i32(params.height)) { continue; }
    let sample = pixel / (params.outWidth * params.outHeight);
    let place = (sample * params.height + u32(y)) * params.width + u32(x);
    sum += input[place * groups + group] * gradient[pixel * groups + group];
  }
  let total = vectorSumOfThreads(sum, thread);
  if (thread == 0u) { output[index] = total; }
}
