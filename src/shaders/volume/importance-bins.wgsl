// Turns the coarse pass into the distribution from which fine depths are drawn: bins are the mid-points between samples, weights are the
// coarse weights smoothed (common/volume/importance-step.wgsl) without the first and the last.
//
// Shapes    depths [rows, S, 1]; weights [rows, S - 1, 1]; bins [rows, S - 1, 1]; binWeights [rows, S - 3, 1]
// Dispatch  one thread per bin, 64 per workgroup (linearIndex). Cost: 10 FLOPs and 112 bytes a bin.
// Needs     common/linear-index, importance-step

struct Params {
  rows: u32,
  samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> depths: array<vec4f>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> bins: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> binWeights: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
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
