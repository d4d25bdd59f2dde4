// The gradient of squared-weights.wgsl: dw[o, i, tap] = 2 w[o, i, tap] dQ[i, o].
//
// Shapes    weight, weightGradient [outChannels, inChannels, taps] in the file's order; squaresGradient [inPadded, outChannels].
// Layout    weight, weightGradient vec4f over all weights; squaresGradient in single floats.
// Dispatch  one thread per four weights (eachElement).
// Memory    none in the workgroup.
// Cost      2 FLOPs and 12 bytes a weight: bound by memory.

#include "common/each-element"
#param inChannels, outChannels, taps: u32
#param squaresStride: u32 // floats from row to row
#read weight: array<vec4f>
#read squaresGradient: array<f32>
#write weightGradient: array<vec4f>

fn element(index: u32) {
  let count = params.outChannels * params.inChannels * params.taps;
  if (index * 4u >= count) { return; }
  var gradients = vec4f(0); // of the weights
  for (var lane = 0u; lane < 4u; lane++) {
    let place = index * 4u + lane;
    if (place >= count) { continue; }
    let input = place / params.taps % params.inChannels;
    let output = place / (params.taps * params.inChannels);
    gradients[lane] = 2.0 * weight[index][lane] * squaresGradient[input * params.squaresStride + output];
  }
  weightGradient[index] = gradients;
}
