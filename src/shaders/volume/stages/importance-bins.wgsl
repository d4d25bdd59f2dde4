// Turns the coarse pass into the distribution from which fine depths are drawn: bins are the mid-points between samples, weights are the
// coarse weights smoothed (common/volume/sampling/importance-step.wgsl) without the first and the last.
//
// Shapes    depths [rows, S, 1]; weights [rows, S - 1, 1]; bins [rows, S - 1, 1]; binWeights [rows, S - 3, 1]
// Dispatch  one thread per bin, 64 per workgroup (each-element). Cost: 10 FLOPs and 112 bytes a bin.

#include "common/each-element"
#include "common/volume/sampling/importance-step"
#param rows, samples: u32
#read depths, weights: array<vec4f>
#write bins, binWeights: array<vec4f>

fn element(index: u32) {
  let binCount = params.samples - 1u;
  if (index >= params.rows * binCount) { return; }
  let row = index / binCount;
  let bin = index % binCount;
  let depth = row * params.samples + bin;
  bins[index] = vec4f(0.5 * (depths[depth].x + depths[depth + 1u].x), 0, 0, 0);
  if (bin == 0u || bin + 1u >= binCount) { return; }
  let smoothed = smoothedWeight(weights[index - 1u].x, weights[index].x, weights[index + 1u].x);
  binWeights[row * (params.samples - 3u) + bin - 1u] = vec4f(smoothed, 0, 0, 0);
}
