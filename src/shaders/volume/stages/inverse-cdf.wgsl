// Draws from piecewise constant distributions by inverting their cumulative distribution (NeRF section 5.2). Weight k belongs to the bin
// between bins k and k + 1; bins beyond the last weight are never reached.
//
// Shapes    bins [rows, B, 1]; weights [rows, K, 1], K < B; uniforms [rows, F]; drawn [rows, F, 1]
// Dispatch  one thread per drawn value, 64 per workgroup (each-element); each sums its row's weights again: the readable version
// Cost      4 K FLOPs and 32 K bytes (cached) a value

#include "common/each-element"
#include "common/volume/sampling/importance-step"
#include "common/volume/sampling/importance-uniform"
#param rows, binCount, weightCount, fineSamples, uniformStride, seed: u32
#read bins, weights: array<vec4f>
#write drawn: array<vec4f>

fn probability(row: u32, index: u32, total: f32) -> f32 {
  return (weights[row * params.weightCount + index].x + PDF_PADDING) / total;
}

fn element(index: u32) {
  if (index >= params.rows * params.fineSamples) { return; }
  let row = index / params.fineSamples;
  let u = uniformOf(row, index % params.fineSamples, params.fineSamples, params.uniformStride, params.seed);

  var total = 0.0;
  for (var k = 0u; k < params.weightCount; k++) { total += weights[row * params.weightCount + k].x + PDF_PADDING; }
  // The last knot whose cumulative probability does not exceed u.
  var knot = 0u;
  var cdfBelow = 0.0;
  var cdfAbove = probability(row, 0u, total);
  while (knot < params.weightCount && cdfAbove <= u) {
    knot++;
    cdfBelow = cdfAbove;
    if (knot < params.weightCount) { cdfAbove += probability(row, knot, total); }
  }
  let first = row * params.binCount + knot;
  let binBelow = bins[first].x;
  var binAbove = binBelow;
  if (knot < params.weightCount) { binAbove = bins[first + 1u].x; }
  drawn[index] = vec4f(invertWithinBin(u, cdfBelow, cdfAbove, binBelow, binAbove), 0, 0, 0);
}
