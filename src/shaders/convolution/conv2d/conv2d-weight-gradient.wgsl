// Gradient of conv2d.wgsl with respect to its weights, for any kernel size, stride and padding: for each tap the sum over pixels of the outer
// product of the input pixel, four channels, and the gradient of the output pixel that it went into. The readable reference of
// conv2d-weight-gradient-tiled.wgsl. Sums are over parts of the pixels (a sample, or some of its rows), so that there is work for many threads.
//
// Shapes    input [N, H, W, inChannels]; gradient [N, outHeight, outWidth, outChannels], with respect to the convolution's output; output [N * splits,
//           kernelHeight, kernelWidth, inPadded, outChannels]: of each sample the sums over `rowsPerSplit` rows of the gradient.
// Layout    vec4f along channels. Rows and columns of padded channels come out as zeros, as the padding of input and gradient is zero.
// Dispatch  one thread per part, tap, four input and four output channels, parts firstPart to endPart, 64 per workgroup (each-element).
// Memory    none in the workgroup; 16 sums.
// Cost      2 taps in out FLOPs an output pixel; 2 loads of 16 bytes for 32 FLOPs.

#include "common/each-element"
#param height, width, outHeight, outWidth, kernelHeight, kernelWidth, stride, splits, rowsPerSplit, firstPart, endPart: u32
#param inputGroups: u32
#param groups: u32 // of the gradient
#param padLeft, padTop: i32 // negative crops
#read input, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let taps = params.kernelHeight * params.kernelWidth;
  let groups = params.groups;
  let inputGroups = params.inputGroups;
  if (index >= (params.endPart - params.firstPart) * taps * inputGroups * groups) { return; }
  let group = index % groups;
  let inGroup = index / groups % inputGroups;
  let tap = index / (groups * inputGroups) % taps;
  let part = params.firstPart + index / (groups * inputGroups * taps);
  let sample = part / params.splits;
  let firstRow = part % params.splits * params.rowsPerSplit;
  let tapRow = i32(tap / params.kernelWidth) - params.padTop;
  let tapColumn = i32(tap % params.kernelWidth) - params.padLeft;

  var sums = mat4x4f();
  for (var row = firstRow; row < min(firstRow + params.rowsPerSplit, params.outHeight); row++) {
    let y = i32(row * params.stride) + tapRow;
    if (y < 0 || y >= i32(params.height)) { continue; }
    for (var column = 0u; column < params.outWidth; column++) {
      let x = i32(column * params.stride) + tapColumn;
      if (x < 0 || x >= i32(params.width)) { continue; }
      let pixel = input[((sample * params.height + u32(y)) * params.width + u32(x)) * inputGroups + inGroup];
      let slope = gradient[((sample * params.outHeight + row) * params.outWidth + column) * groups + group];
#for channel in 0..4
      sums[${channel}] += pixel[${channel}] * slope;
#end
    }
  }
  let first = ((part * taps + tap) * inputGroups + inGroup) * 4u * groups + group;
#for channel in 0..4
  output[first + ${channel}u * groups] = sums[${channel}];
#end
}
