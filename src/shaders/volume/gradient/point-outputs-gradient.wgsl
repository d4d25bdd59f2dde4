// Where gradients of points' densities and colours are given: those of the colours before the sigmoid.
//
// Shapes    rows from `firstRow` on of colourGradient [N, M, C] and givenSigma [N, M, 1]; total [1], how many; colours, logitGradient [P, C];
//           sigmaGradient [P, 1]
// Dispatch  one thread per point, 64 per workgroup (each-element). Cost: 12 C + 32 bytes a point.

#include "common/each-element"
#include "common/volume/colour-slope"
#const COLOUR_GROUPS
#param firstRow: u32
#read total: array<f32>
#read colours, colourGradient, givenSigma: array<vec4f>
#write sigmaGradient, logitGradient: array<vec4f>

fn element(point: u32) {
  if (point >= u32(total[0])) { return; }
  sigmaGradient[point] = givenSigma[params.firstRow + point];
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    let at = point * COLOUR_GROUPS + group;
    logitGradient[at] = colourGradient[(params.firstRow + point) * COLOUR_GROUPS + group] * colourSlope(colours[at]);
  }
}
