// Second step of the 'auto' ray limits, for limits in memory: rays that miss the box get limits from those that hit (common/volume/ray-box.wgsl).
//
// Shapes    limits, output [N, R, 2]; cells as `ray-limits-range.wgsl` leaves them
// Dispatch  one thread per ray, 64 per workgroup (linearIndex). Cost: 32 bytes of traffic a ray.
// Needs     common/linear-index, ray-box, ordered-float, range-cells

struct Params {
  rays: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> cells: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read> limits: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = linearIndex(globalId, workgroups);
  if (ray >= params.rays) { return; }
  let box = BoxLimits(limits[ray].x, limits[ray].y);
  let replaced = replaceMissedRay(box, atomicLoad(&cells[SMALLEST_START]), atomicLoad(&cells[LARGEST_START]));
  output[ray] = vec4f(replaced.start, replaced.end, 0, 0);
}
