// Copies w to every layer and applies the truncation trick (StyleGAN2; EG3D uses it unchanged):
//   ws[n, layer] = wAverage + psi (w[n] - wAverage) for layer < cutoff, else w[n].
// psi and cutoff come from a tensor, so that a slider changes them without a new plan.
//
// Shapes    w [N, C]; wAverage [C]; truncation [2] = (psi, cutoff in layers); output [N, L, C].
// Layout    vec4f along C.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      3 FLOPs and 12 bytes an element of the output: negligible.
// Needs     common/linear-index.wgsl

struct Params {
  batch: u32,
  layers: u32,
  groups: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read> wAverage: array<vec4f>;
@group(0) @binding(3) var<storage, read> truncation: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.batch * params.layers * params.groups) { return; }
  let group = index % params.groups;
  let layer = index / params.groups % params.layers;
  let sample = index / (params.groups * params.layers);
  let psi = truncation[0].x;
  let cutoff = truncation[0].y;
  let full = w[sample * params.groups + group];
  let truncated = wAverage[group] + psi * (full - wAverage[group]);
  // psi = 1 returns w itself, free of the rounding of a sum and a difference.
  output[index] = select(full, truncated, f32(layer) < cutoff && psi != 1.0);
}
