// What a plane of noise gets of the gradient of a layer: it was added to all channels, and may have been for all samples.
// output[n, y, x] = factor * sum over channels, and over samples where they share one plane, of gradient[n, y, x, c].
//
// Shapes    gradient [N, H, W, C]; output [1 or N, H, W].
// Layout    gradient vec4f along C; output vec4f along W, so that a thread sums up four pixels.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (each-element).
// Memory    none in the workgroup.
// Cost      one addition and 4 bytes a number of the gradient: bound by memory. Always added in the same order.

#include "common/each-element"
#param width, groups: u32
#param factor: f32 // the strength of the noise
#param rows: u32 // of all planes of noise
#param batch: u32 // samples that share a plane
#param batchRows: u32 // rows from one of these samples to the next
#read gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  let columns = (params.width + 3u) / 4u;
  if (index >= params.rows * columns) { return; }
  let row = index / columns;
  var sums = vec4f(0);
  for (var sample = 0u; sample < params.batch; sample++) {
    for (var lane = 0u; lane < 4u; lane++) {
      let column = index % columns * 4u + lane;
      if (column >= params.width) { continue; }
      let first = ((sample * params.batchRows + row) * params.width + column) * params.groups;
      var sum = vec4f(0);
      for (var group = 0u; group < params.groups; group++) { sum += gradient[first + group]; }
      sums[lane] += dot(sum, vec4f(1));
    }
  }
  output[index] = params.factor * sums;
}
