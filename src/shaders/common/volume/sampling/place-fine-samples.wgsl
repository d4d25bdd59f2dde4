// Depths of the samples of the second pass, from the weights of the first: importance sampling of one ray, in private memory.

#include "common/volume/sampling/coarse-depth"
#include "common/volume/sampling/importance-step"
#include "common/volume/sampling/importance-uniform"
#const COARSE_CAPACITY
#const FINE_CAPACITY
#param coarseSamples, fineSamples, seed, uniformStride: u32

var<private> weight: array<f32, COARSE_CAPACITY>; // of the coarse intervals
var<private> fineDepth: array<f32, FINE_CAPACITY>;

fn placeFineSamples() {
  let fineCount = params.fineSamples;
  let lastKnot = params.coarseSamples - 3u;
  var total = 0.0;
  for (var i = 1u; i <= lastKnot; i++) {
    total += smoothedWeight(weight[i - 1u], weight[i], weight[i + 1u]) + PDF_PADDING;
  }
  // u in ascending order (an insertion sort, which does nothing to the even modes), so that one sweep inverts the distribution.
  for (var k = 0u; k < fineCount; k++) {
    let u = uniformOf(ray, k, fineCount, params.uniformStride, params.seed);
    var place = k;
    while (place > 0u && fineDepth[place - 1u] > u) {
      fineDepth[place] = fineDepth[place - 1u];
      place--;
    }
    fineDepth[place] = u;
  }
  var knot = 0u;
  var cdfBelow = 0.0;
  var cdfAbove = (smoothedWeight(weight[0], weight[1], weight[2]) + PDF_PADDING) / total;
  for (var k = 0u; k < fineCount; k++) {
    let u = fineDepth[k];
    while (knot < lastKnot && cdfAbove <= u) {
      knot++;
      cdfBelow = cdfAbove;
      if (knot < lastKnot) {
        cdfAbove += (smoothedWeight(weight[knot], weight[knot + 1u], weight[knot + 2u]) + PDF_PADDING) / total;
      }
    }
    let depthAtKnot = coarseDepth(knot);
    let depthAfter = coarseDepth(knot + 1u);
    let binBelow = 0.5 * (depthAtKnot + depthAfter);
    var binAbove = binBelow;
    if (knot < lastKnot) { binAbove = 0.5 * (depthAfter + coarseDepth(knot + 2u)); }
    fineDepth[k] = invertWithinBin(u, cdfBelow, cdfAbove, binBelow, binAbove);
  }
}
