// The gradient of squared-weights.wgsl: dw[o, i, tap] = 2 w[o, i, tap] dQ[i, o].
//
// Shapes    weight, weightGradient [outChannels, inChannels, taps] in the file's order; squaresGradient [inPadded, outChannels].
// Layout    all in single floats.
// Dispatch  one thread per pair of channels (each-element).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 8 bytes a weight: bound by memory.

#include "common/each-element"
#param inChannels, outChannels, taps: u32
#param squaresStride: u32 // floats from row to row
#read weight, squaresGradient: array<f32>
#write weightGradient: array<f32>

fn element(index: u32) {
  let pairs = params.outChannels * params.inChannels;
  if (index >= pairs) { return; }
  let factor = 2.0 * squaresGradient[index % params.inChannels * params.squaresStride + index / params.inChannels];
  let first = index * params.taps;
  for (var at = first; at < first + params.taps; at++) { weightGradient[at] = factor * weight[at]; }
  if (index == pairs - 1u) {
    for (var at = pairs * params.taps; at % 4u != 0u; at++) { weightGradient[at] = 0.0; }
  }
}
