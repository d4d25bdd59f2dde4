// Entry into and exit from the box for given rays. Rays that miss get (-1, -2), as in the reference.
//
// Shapes    origins, directions [N, R, 3]; limits [N, R, 2] = (start, end)
// Dispatch  one thread per ray, 64 per workgroup (linearIndex). Cost: about 30 FLOPs and 48 bytes a ray.
// Needs     common/linear-index, ray-box, ordered-float

struct Params {
  rays: u32,
  boxSide: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> origins: array<vec4f>;
@group(0) @binding(2) var<storage, read> directions: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> limits: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = linearIndex(globalId, workgroups);
  if (ray >= params.rays) { return; }
  let box = rayBoxLimits(origins[ray].xyz, directions[ray].xyz, params.boxSide);
  limits[ray] = vec4f(box.start, box.end, 0, 0);
}
