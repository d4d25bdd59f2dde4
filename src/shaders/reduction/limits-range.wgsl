// As ray-limits-range.wgsl, for limits that are in memory already.
//
// Shapes    limits [N, R, 2]; cells as in common/range-cells.wgsl
// Dispatch  one thread per ray, 64 per workgroup (linearIndex). Cost: 16 bytes of traffic a ray.
// Needs     common/linear-index, ordered-float, range-cells

struct Params {
  rays: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> limits: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> cells: array<atomic<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = linearIndex(globalId, workgroups);
  if (ray >= params.rays) { return; }
  let limit = limits[ray];
  if (limit.y > limit.x) { widenRange(SMALLEST_START, limit.x, limit.x); }
}
