// Stores the sum of a pixel and four channels of a 3x3 layer that keeps the size: demodulation, then what layer-output.wgsl says.
//
// Shapes    demodulation [N, outChannels]; output [N, H, W, outChannels]

#include "common/convolution/layer-output"
#param height, width: u32 // of the output
#read demodulation: array<vec4f>

// Nothing happens for pixels from `endRow` on and beyond the last column.
fn storePixel(sum: vec4f, sample: u32, row: u32, column: u32, group: u32, groups: u32, endRow: u32) {
  if (row >= endRow || column >= params.width) { return; }
  let at = ((sample * params.height + row) * params.width + column) * groups + group;
  storeLayer(sum * demodulation[sample * groups + group], at, sample, row, column, group, bias[group]);
}
