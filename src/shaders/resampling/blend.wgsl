// Linear blend of two tensors: output = first + amount (second - first).
//
// Shapes    first, second, output: the same.
// Layout    vec4f along the last axis.
// Dispatch  one thread per vec4f, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      3 FLOPs and 12 bytes an element: bound by memory.
// Needs     common/linear-index.wgsl

struct Params {
  count: u32, // vectors
  amount: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> first: array<vec4f>;
@group(0) @binding(2) var<storage, read> second: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.count) { return; }
  output[index] = first[index] + params.amount * (second[index] - first[index]);
}
