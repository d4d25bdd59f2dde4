// First step of the 'auto' ray limits: the smallest and the largest start over all rays of the batch that hit the box. Works from camera
// labels, so that the renderer needs no rays in memory.
//
// Shapes    cameras [N, 25]; cells as in common/range-cells.wgsl
// Dispatch  one thread per ray, N * resolution^2, 64 per workgroup (linearIndex)
// Cost      about 60 FLOPs a ray, no traffic but the labels
// Needs     common/linear-index, camera-ray, ray-box, ordered-float, range-cells

struct Params {
  rays: u32,
  resolution: u32,
  boxSide: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cameras: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> cells: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = linearIndex(globalId, workgroups);
  if (ray >= params.rays) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let view = cameraRay(ray / raysPerImage, ray % raysPerImage, params.resolution);
  let limits = rayBoxLimits(view.origin, view.direction, params.boxSide);
  if (limits.end > limits.start) { widenRange(SMALLEST_START, limits.start, limits.start); }
}
