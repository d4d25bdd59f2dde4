// average += share * (factor * towards - average), in place: a moving average (of weights, or of w over a batch, whose rows are summed before).
//
// Shapes    towards, average: any one shape, of `vectors` vectors.
// Layout    vec4f along the last axis; the average's padding stays zero where that of `towards` is.
// Dispatch  one thread per vec4f, 64 per workgroup (common/each-element.wgsl).
// Memory    none in the workgroup.
// Cost      4 FLOPs and 12 bytes an element: bound by memory.

#include "common/each-element"
#param vectors: u32
#param share, factor: f32
#read towards: array<vec4f>
#accumulate average: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  average[index] += params.share * (params.factor * towards[index] - average[index]);
}
