// Points along rays: origin + depth * direction.
//
// Shapes    origins, directions [N, R, 3]; depths [N, R, S, 1]; points [N, R * S, 3]
// Dispatch  one thread per point, 64 per workgroup (linearIndex). Cost: 6 FLOPs and 64 bytes a point.
// Needs     common/linear-index

struct Params {
  points: u32,
  samples: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> origins: array<vec4f>;
@group(0) @binding(2) var<storage, read> directions: array<vec4f>;
@group(0) @binding(3) var<storage, read> depths: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> points: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.points) { return; }
  let ray = index / params.samples;
  points[index] = origins[ray] + depths[index].x * directions[ray];
}
