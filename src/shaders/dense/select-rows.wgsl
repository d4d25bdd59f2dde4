// Picks rows out of every sample of a batch:
//   output[n * P + p] = input[n * R + picked[p]].
// A convolutional student maps the w of each of its layers on its own, as if each were a sample.
//
// Shapes    input [N, R, C]; picked [P], row numbers 0..R-1; output [N * P, C].
// Layout    vec4f along C; picked as f32, exact up to 2^24.
// Dispatch  one thread per vec4f of the output, 64 per workgroup (linearIndex).
// Memory    none in the workgroup.
// Cost      32 bytes a vec4f, no FLOPs: negligible.
// Needs     common/linear-index.wgsl

struct Params {
  batch: u32,
  rows: u32,
  pickedRows: u32,
  groups: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;
@group(0) @binding(2) var<storage, read> picked: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.batch * params.pickedRows * params.groups) { return; }
  let group = index % params.groups;
  let place = index / params.groups % params.pickedRows;
  let sample = index / (params.groups * params.pickedRows);
  let row = u32(picked[place]);
  output[index] = input[(sample * params.rows + row) * params.groups + group];
}
