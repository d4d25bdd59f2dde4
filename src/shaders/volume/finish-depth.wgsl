// Last step of volume rendering: clamps the depth image to the range of all samples of the whole batch (an empty ray gets the largest
// depth), separates depth from weight total, and turns the ranges in the cells into numbers.
//
// Shapes    depth [N, R, 1]: in (depth, weight total, 0, 0), out (depth, 0, 0, 0); alpha [N, R, 1]; range [4] = (smallest sample depth,
//           largest sample depth, smallest and largest depth of the picture where the ray is mostly absorbed; the sample range if nowhere)
// Dispatch  one thread per ray, 64 per workgroup (linearIndex). Cost: 48 bytes of traffic a ray.
// Needs     common/linear-index, ordered-float, range-cells

struct Params {
  rays: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> cells: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> depth: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> alpha: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> range: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let ray = linearIndex(globalId, workgroups);
  if (ray >= params.rays) { return; }
  let smallest = fromOrdered(atomicLoad(&cells[SMALLEST_SAMPLE_DEPTH]));
  let largest = fromOrdered(atomicLoad(&cells[LARGEST_SAMPLE_DEPTH]));
  let marched = depth[ray];
  depth[ray] = vec4f(clamp(marched.x, smallest, largest), 0, 0, 0);
  alpha[ray] = vec4f(marched.y, 0, 0, 0);
  if (ray == 0u) {
    let nearest = atomicLoad(&cells[SMALLEST_SURFACE_DEPTH]);
    let farthest = atomicLoad(&cells[LARGEST_SURFACE_DEPTH]);
    let surface = vec2f(fromOrdered(nearest), fromOrdered(farthest));
    range[0] = vec4f(smallest, largest, select(vec2f(smallest, largest), surface, nearest <= farthest));
  }
}
