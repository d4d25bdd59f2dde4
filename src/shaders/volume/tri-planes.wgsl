// Features of points from each plane (common/volume/tri-plane-sample.wgsl), planes kept apart.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; points [N, M, 3]; features [N, PLANE_COUNT, M, C]
// Dispatch  one thread per point and plane, 64 per workgroup (linearIndex)
// Cost      8 C FLOPs, 16 C bytes of (cached) reads and 4 C of writes each
// Needs     common/linear-index, plane-project, tri-plane-sample; the constants of pipelines/volume/render-constants.ts

struct Params {
  samples: u32, // N
  points: u32, // M
  planeWidth: u32,
  planeHeight: u32,
  boxSide: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> planes: array<vec4f>;
@group(0) @binding(2) var<storage, read> points: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> features: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.samples * PLANE_COUNT * params.points) { return; }
  let plane = (index / params.points) % PLANE_COUNT;
  let sample = index / (params.points * PLANE_COUNT);
  let point = points[sample * params.points + index % params.points].xyz * (2.0 / params.boxSide);
  let corners = bilinearCorners(projectOntoPlane(point, plane), sample, params.planeWidth, params.planeHeight);
  for (var group = 0u; group < FEATURE_GROUPS; group++) {
    features[index * FEATURE_GROUPS + group] = sampleCorners(corners, plane * FEATURE_GROUPS + group);
  }
}
