// Ray generation (EG3D's ray sampler): one ray through the centre of each pixel of each camera.
//
// Shapes    cameras [N, 25]; origins, directions [N, R, 3], R = resolution^2, row by row; directions of unit length
// Dispatch  one thread per ray, 64 per workgroup (linearIndex). Cost: about 30 FLOPs and 32 bytes a ray.
// Needs     common/linear-index, camera-ray

struct Params {
  rays: u32, // of the whole batch
  resolution: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cameras: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> origins: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> directions: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = linearIndex(globalId, workgroups);
  if (ray >= params.rays) { return; }
  let raysPerImage = params.resolution * params.resolution;
  let view = cameraRay(ray / raysPerImage, ray % raysPerImage, params.resolution);
  origins[ray] = vec4f(view.origin, 0);
  directions[ray] = vec4f(view.direction, 0);
}
