// Depths of the samples of the first pass.

#include "common/volume/sampling/jitter"
#include "common/volume/march-ray"
#include "common/volume/sampling/stratified-depth"
#const DISPARITY: bool = 0
#param coarseSamples, seed: u32
#param jitterStride: u32 // floats from one ray's row to the next

fn coarseDepth(index: u32) -> f32 {
  let position = f32(index) + jitterOf(ray, index, params.jitterStride, params.seed);
  return stratifiedDepth(limits.start, limits.end, position, params.coarseSamples, DISPARITY);
}
