// One update of a parameter by Adam (Kingma and Ba 2015, algorithm 1), as torch.optim.Adam computes it:
//
//   mean   = beta1 mean   + (1 - beta1) gradient
//   square = beta2 square + (1 - beta2) gradient^2
//   weights -= rate / (1 - beta1^t) * mean / (sqrt(square) / sqrt(1 - beta2^t) + epsilon)
//
// Shapes    gradient, mean, square, weights: any one shape, of `vectors` vectors; clocks [parameters, 3] of adam-clocks.wgsl, of which the row
//           `parameter` belongs to this one; verdict [4] of gradient-verdict.wgsl: a factor on the gradient, and whether to do nothing.
// Layout    vec4f along the last axis; padding stays zero where the gradient's is.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      12 FLOPs and 28 bytes an element: bound by memory.

#include "common/each-element"
#include "common/finite"
#param vectors, parameter: u32
#param rate, epsilon: f32
#param beta1, beta2: f32
#param rest1, rest2: f32 // 1 - beta, rounded from double precision
#read gradient, clocks, verdict: array<vec4f>
#accumulate mean, square, weights: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors || verdict[0].y == 1.0) { return; }
  let slope = verdict[0].x * finiteValues(gradient[index]);
  let newMean = params.beta1 * mean[index] + params.rest1 * slope;
  let newSquare = params.beta2 * square[index] + params.rest2 * slope * slope;
  mean[index] = newMean;
  square[index] = newSquare;
  let clock = clocks[params.parameter];
  let deviation = sqrt(newSquare) / sqrt(clock.z) + params.epsilon;
  weights[index] -= params.rate / clock.y * newMean / deviation;
}
