// Depths of the samples of the first pass.
//
// Needs     a storage binding `jitter: array<f32>`; common/march, stratified-depth, jitter, sampling-mode, random

override DISPARITY: bool = false;

fn coarseDepth(index: u32) -> f32 {
  let position = f32(index) + jitterOf(ray, index, params.jitterStride, params.seed);
  return stratifiedDepth(limits.start, limits.end, position, params.coarseSamples, DISPARITY);
}
