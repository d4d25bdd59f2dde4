// The second half of split-K: adds up what conv3x3-gemm.wgsl or conv3x3-gemm-up2.wgsl summed over parts of the input channels, then demodulation,
// noise, bias, activation, gain and clamp (of an up=2 layer only the demodulation: the rest follows its filter).
//
// Shapes    partialSums [splits, N, ringRows, W, C]; demodulation [N, C]; noise [1 or N, H, W]; bias [C]; output [N, ringRows, W, C]: row r
//           is at r mod ringRows.
// Layout    four channels a vector (output f32 or f16); noise in single floats.
// Dispatch  one thread per pixel and four channels, rows firstRow to endRow, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      4 splits + 4 bytes and splits + 1 FLOPs an element: bound by memory.

#include "common/convolution/layer-output"
#include "common/each-element"
#param batch, width, splits, firstRow, endRow, ringRows: u32
#read partialSums, demodulation: array<vec4f>

fn element(index: u32) {
  let groups = (params.channels + 3u) / 4u;
  let rows = params.endRow - params.firstRow;
  if (index >= params.batch * rows * params.width * groups) { return; }
  let group = index % groups;
  let column = index / groups % params.width;
  let row = params.firstRow + index / (groups * params.width) % rows;
  let sample = index / (groups * params.width * rows);

  let at = ((sample * params.ringRows + row % params.ringRows) * params.width + column) * groups + group;
  let picture = params.batch * params.ringRows * params.width * groups;
  var sum = vec4f(0);
  for (var split = 0u; split < params.splits; split++) { sum += partialSums[split * picture + at]; }

  storeLayer(sum * demodulation[sample * groups + group], at, sample, row, column, group, bias[group]);
}
