// Modulated 3x3 convolution (correlation, zero padding 1) with the whole epilogue of a StyleGAN2 layer: the readable reference of
// conv3x3-tiled.wgsl, which must give the same.
//   output = epilogue(demodulation * sum over taps and channels of weight * style * input + noise + bias)
//
// Shapes    input [N, H, W, inChannels]; weight [3, 3, inPadded, outChannels]; styles [N, inChannels]; demodulation [N, outChannels];
//           noise [1 or N, H, W]; bias [outChannels]; output [N, H, W, outChannels].
// Layout    vec4f along channels; noise in single floats.
// Dispatch  one thread per pixel and four output channels, rows firstRow to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      18 in out FLOPs a pixel; 45 loads of 16 bytes for 288 FLOPs.

#include "common/convolution/conv3x3-operands"
#include "common/convolution/output-pixel"
#include "common/each-element"

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let rows = params.endRow - params.firstRow;
  if (index >= params.batch * rows * params.width * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.width;
  let row = params.firstRow + index / (groups * params.width) % rows;
  let sample = index / (groups * params.width * rows);

  var sum = vec4f(0);
  for (var tapRow = 0u; tapRow < 3u; tapRow++) {
    for (var tapColumn = 0u; tapColumn < 3u; tapColumn++) {
      let y = row + tapRow - 1u; // wraps below zero to a large number
      let x = column + tapColumn - 1u;
      if (y >= params.height || x >= params.width) { continue; }
      let pixel = ((sample * params.height + y) * params.width + x) * params.inputGroups;
      let tap = (tapRow * 3u + tapColumn) * params.inputGroups * 4u;
      for (var inGroup = 0u; inGroup < params.inputGroups; inGroup++) {
        let value = fromInputVector(input[pixel + inGroup]) * styles[sample * params.inputGroups + inGroup];
        let at = (tap + inGroup * 4u) * groups + group;
        sum += loadMatrix(at, groups) * value;
      }
    }
  }

  storePixel(sum, sample, row, column, group, groups, params.endRow);
}
