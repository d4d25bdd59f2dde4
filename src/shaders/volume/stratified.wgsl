// Stratified sample depths along rays (common/volume/stratified-depth.wgsl).
//
// Shapes    limits [N, R, 2] = (start, end), or one row for all rays (limitsStep 0); jitter [N, R, S]; depths [N, R, S, 1]
// Dispatch  one thread per sample, 64 per workgroup (linearIndex). Cost: 10 FLOPs and 16 bytes a sample.
// Needs     common/linear-index, stratified-depth, sampling-mode, jitter, random

struct Params {
  rays: u32,
  samples: u32,
  limitsStep: u32, // rows of limits from one ray to the next: 1 or 0
  jitterStride: u32,
  seed: u32,
}

override DISPARITY: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> limits: array<vec4f>;
@group(0) @binding(2) var<storage, read> jitter: array<f32>;
@group(0) @binding(3) var<storage, read_write> depths: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.rays * params.samples) { return; }
  let ray = index / params.samples;
  let sample = index % params.samples;
  let limit = limits[ray * params.limitsStep];
  let position = f32(sample) + jitterOf(ray, sample, params.jitterStride, params.seed);
  depths[index] = vec4f(stratifiedDepth(limit.x, limit.y, position, params.samples, DISPARITY), 0, 0, 0);
}
