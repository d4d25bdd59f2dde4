// The picture of a StyleGAN2 block: a 1x1 convolution modulated by styles and not demodulated, bias, clamp, plus the picture so far
// (common/convolution/skip-picture.wgsl).
//
// Shapes    input [N, H, W, inChannels]; weight [inPadded, outChannels]; styles [N, inChannels]; bias [outChannels];
//           output [N, H, W, outChannels].
// Layout    vec4f along channels.
// Dispatch  one thread per four pixels of a row and four output channels, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      2 in out FLOPs a pixel; 9 loads of 16 bytes for 128 FLOPs: bound by memory.
//
// Doubling by that filter is, along each axis: output 2i = (skip[i - 1] + 3 skip[i]) / 4 and output 2i + 1 = (3 skip[i] + skip[i + 1]) / 4,
// with zeros outside: four taps in two dimensions.

#include "common/convolution/inside-bits"
#include "common/convolution/matrix"
#include "common/convolution/skip-picture"
#include "common/each-element"
#include "common/keep-channels"
#storage InputVector
#param batch, inputGroups: u32
#param channels: u32 // of the output
#param clamp: f32
#read input: array<InputVector>
#read styles, bias: array<vec4f>
#write output: array<vec4f>

fn skipAt(sample: u32, row: u32, column: u32, group: u32) -> vec4f {
  if (SKIP == 1u) {
    return fromSkipVector(skip[((sample * params.height + row) * params.width + column) * params.skipGroups + group]);
  }
  if (SKIP == 2u) {
    let y = row / 2u;
    let x = column / 2u;
    let otherY = select(y - 1u, y + 1u, row % 2u == 1u);
    let otherX = select(x - 1u, x + 1u, column % 2u == 1u);
    let near = 3.0 * skipTexel(sample, y, x, group) + skipTexel(sample, y, otherX, group);
    let far = 3.0 * skipTexel(sample, otherY, x, group) + skipTexel(sample, otherY, otherX, group);
    return (3.0 * near + far) * 0.0625;
  }
  return vec4f(0);
}

fn storePixel(sum: vec4f, sample: u32, row: u32, column: u32, group: u32, groups: u32) {
  if (column >= params.width) { return; }
  let layer = clamp(sum + bias[group], vec4f(-params.clamp), vec4f(params.clamp));
  output[((sample * params.height + row) * params.width + column) * groups + group] =
    keepChannels(layer + skipAt(sample, row, column, group), group, params.channels);
}

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let tiles = (params.width + 3u) / 4u;
  if (index >= params.batch * params.height * tiles * groups) { return; }
  let group = index % groups;
  let column = index / groups % tiles * 4u;
  let row = index / (groups * tiles) % params.height;
  let sample = index / (groups * tiles * params.height);

  let step = params.inputGroups;
  let rowStart = (sample * params.height + row) * params.width;
  let lastColumn = params.width - 1u;
  let at0 = (rowStart + column) * step;
  let at1 = (rowStart + min(column + 1u, lastColumn)) * step;
  let at2 = (rowStart + min(column + 2u, lastColumn)) * step;
  let at3 = (rowStart + min(column + 3u, lastColumn)) * step;
  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  for (var inGroup = 0u; inGroup < step; inGroup++) {
    let style = styles[sample * step + inGroup];
    let at = inGroup * 4u * groups + group;
    let matrix = loadMatrix(at, groups);
    sum0 += matrix * (fromInputVector(input[at0 + inGroup]) * style);
    sum1 += matrix * (fromInputVector(input[at1 + inGroup]) * style);
    sum2 += matrix * (fromInputVector(input[at2 + inGroup]) * style);
    sum3 += matrix * (fromInputVector(input[at3 + inGroup]) * style);
  }
  storePixel(sum0, sample, row, column, group, groups);
  storePixel(sum1, sample, row, column + 1u, group, groups);
  storePixel(sum2, sample, row, column + 2u, group, groups);
  storePixel(sum3, sample, row, column + 3u, group, groups);
#if KEEPS_INSIDE
  var bits = 0u;
  #for column in 0..4
  bits |= insideBits(sum${column} + bias[group], params.clamp, ${column}u);
  #end
  inside[index] = bits;
#end
}
