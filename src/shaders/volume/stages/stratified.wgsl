// Stratified sample depths along rays (common/volume/sampling/stratified-depth.wgsl).
//
// Shapes    limits [N, R, 2] = (start, end), or one row for all rays (limitsStep 0); jitter [N, R, S]; depths [N, R, S, 1]
// Dispatch  one thread per sample, 64 per workgroup (each-element). Cost: 10 FLOPs and 16 bytes a sample.

#include "common/each-element"
#include "common/volume/sampling/jitter"
#include "common/volume/sampling/stratified-depth"
#const DISPARITY: bool = 0
#param rays, samples, jitterStride, seed: u32
#param limitsStep: u32 // rows of limits from one ray to the next: 1 or 0
#read limits: array<vec4f>
#write depths: array<vec4f>

fn element(index: u32) {
  if (index >= params.rays * params.samples) { return; }
  let ray = index / params.samples;
  let sample = index % params.samples;
  let limit = limits[ray * params.limitsStep];
  let position = f32(sample) + jitterOf(ray, sample, params.jitterStride, params.seed);
  depths[index] = vec4f(stratifiedDepth(limit.x, limit.y, position, params.samples, DISPARITY), 0, 0, 0);
}
