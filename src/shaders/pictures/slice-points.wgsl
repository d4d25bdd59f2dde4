// The points of a plane through the box, a pixel each (common/pictures/slice-point.wgsl). They are made here so that moving the plane uploads one
// number.
//
// Shapes    position [1], -1 to 1 within the box; points [1, R * R, 3] in scene units, row by row
// Layout    vec4f along the last axis
// Dispatch  one thread per point, 64 per workgroup (linearIndex)
// Memory    none in the workgroup
// Cost      10 FLOPs and 16 bytes written a point
// Needs     common/linear-index, slice-point

struct Params {
  axis: u32,
  resolution: u32, // R
  boxSide: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> position: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> points: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let pixel = linearIndex(globalId, workgroups);
  if (pixel >= params.resolution * params.resolution) { return; }
  let point = slicePoint(params.axis, pixel, params.resolution, position[0].x);
  points[pixel] = vec4f(point * (0.5 * params.boxSide), 0);
}
