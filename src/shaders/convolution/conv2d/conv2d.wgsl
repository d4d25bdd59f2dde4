// Plain two-dimensional convolution (correlation) of any kernel size, with stride and zero padding or cropping: the readable reference,
// used by the discriminator's layers.
//
// Shapes    input [N, H, W, inChannels]; weight [kernelHeight, kernelWidth, inPadded, outChannels]; output [N, outHeight, outWidth, outChannels].
// Layout    vec4f along channels.
// Dispatch  one thread per output pixel and four output channels, rows firstRow to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 taps in out FLOPs an output pixel; 5 loads of 16 bytes for 32 FLOPs.

#include "common/each-element"
#param batch, height, width, inputGroups, outHeight, outWidth, kernelHeight, kernelWidth, stride, firstRow: u32
#param endRow: u32
#param groups: u32 // of the output
#param padLeft: i32 // negative crops
#param padTop: i32
#read input, weight: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let rows = params.endRow - params.firstRow;
  let groups = params.groups;
  if (index >= params.batch * rows * params.outWidth * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.outWidth;
  let row = params.firstRow + index / (groups * params.outWidth) % rows;
  let sample = index / (groups * params.outWidth * rows);

  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < params.kernelHeight; tapRow++) {
    let y = i32(row * params.stride + tapRow) - params.padTop;
    if (y < 0 || y >= i32(params.height)) { continue; }
    for (var tapColumn = 0u; tapColumn < params.kernelWidth; tapColumn++) {
      let x = i32(column * params.stride + tapColumn) - params.padLeft;
      if (x < 0 || x >= i32(params.width)) { continue; }
      let pixel = ((sample * params.height + u32(y)) * params.width + u32(x)) * params.inputGroups;
      let tap = (tapRow * params.kernelWidth + tapColumn) * params.inputGroups * 4u;
      for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
        let at = (tap + inGroup * 4u) * groups + group;
        sum += mat4x4f(weight[at], weight[at + groups], weight[at + 2u * groups], weight[at + 3u * groups]) * input[pixel + inGroup];
      }
    }
  }
  output[((sample * params.outHeight + row) * params.outWidth + column) * groups + group] = sum;
}
