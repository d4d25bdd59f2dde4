// Coordinates of points on each plane, in [-1, 1] inside the box: what the tri-plane sampler reads at.
//
// Shapes    points [N, M, 3]; uv [N, PLANE_COUNT, M, 2]
// Dispatch  one thread per point and plane, 64 per workgroup (linearIndex). Cost: 32 bytes of traffic each.
// Needs     common/linear-index, plane-project; the constants of pipelines/volume/render-constants.ts

struct Params {
  samples: u32, // N
  points: u32, // M
  boxSide: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> uv: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.samples * PLANE_COUNT * params.points) { return; }
  let plane = (index / params.points) % PLANE_COUNT;
  let sample = index / (params.points * PLANE_COUNT);
  let point = points[sample * params.points + index % params.points].xyz * (2.0 / params.boxSide);
  uv[index] = vec4f(projectOntoPlane(point, plane), 0, 0);
}
