// Gradient of conv2d.wgsl with respect to its input, for any kernel size, stride and padding: each input pixel gathers from the output pixels that
// have read it. The readable reference of what conv2d-tiled.wgsl and conv3x3-transposed.wgsl give for small kernels.
//
// Shapes    gradient [N, outHeight, outWidth, outChannels], with respect to the convolution's output; weight [kernelHeight, kernelWidth, inPadded,
//           outChannels]; output [N, H, W, inChannels].
// Layout    vec4f along channels; the weight's rows are input channels, so that a thread walks along four rows of it.
// Dispatch  one thread per input pixel and four input channels, rows firstRow to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps in out FLOPs an output pixel; 5 loads of 16 bytes for 32 FLOPs.

#include "common/each-element"
#include "common/keep-channels"
#param batch, height, width, outHeight, outWidth, kernelHeight, kernelWidth, stride, firstRow, endRow: u32
#param inputChannels: u32
#param groups: u32 // of the gradient
#param padLeft, padTop: i32 // of the convolution; negative crops
#read gradient, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let inputGroups = (params.inputChannels + 3u) / 4u;
  let rows = params.endRow - params.firstRow;
  if (index >= params.batch * rows * params.width * inputGroups) { return; }
  let inGroup = index % inputGroups;
  let column = index / inputGroups % params.width;
  let row = params.firstRow + index / (inputGroups * params.width) % rows;
  let sample = index / (inputGroups * params.width * rows);
  let groups = params.groups;
  let stride = i32(params.stride);

  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(row) + params.padTop - i32(tapRow); // of the output, times the stride
    if (y < 0 || y % stride != 0 || y / stride >= i32(params.outHeight)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(column) + params.padLeft - i32(tapColumn);
      if (x < 0 || x % stride != 0 || x / stride >= i32(params.outWidth)) { continue; }
      let pixel = ((sample * params.outHeight + u32(y / stride)) * params.outWidth + u32(x / stride)) * groups;
      let firstRow = ((tapRow * params.kernelWidth + tapColumn) * inputGroups + inGroup) * 4u * groups;
      for (var group = 0u; group < groups; group++) {
        let at = firstRow + group;
        let fourRows = mat4x4f(weight[at], weight[at + groups], weight[at + 2u * groups], weight[at + 3u * groups]);
        sum += gradient[pixel + group] * fourRows; // with the vector on the left: its product with each of the rows
      }
    }
  }
  let at = ((sample * params.height + row) * params.width + column) * inputGroups + inGroup;
  output[at] = keepChannels(sum, inGroup, params.inputChannels);
}
