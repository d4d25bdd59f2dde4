// Coordinates of points on each plane, in [-1, 1] inside the box: what the tri-plane sampler reads at.
//
// Shapes    points [N, M, 3]; uv [N, PLANE_COUNT, M, 2]
// Dispatch  one thread per point and plane, 64 per workgroup (each-element). Cost: 32 bytes of traffic each.

#include "common/each-element"
#include "common/volume/plane-project"
#const PLANE_COUNT
#param samples: u32 // N
#param points: u32 // M
#param boxSide: f32
#read points: array<vec4f>
#write uv: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * PLANE_COUNT * params.points) { return; }
  let plane = (index / params.points) % PLANE_COUNT;
  let sample = index / (params.points * PLANE_COUNT);
  let point = points[sample * params.points + index % params.points].xyz * (2.0 / params.boxSide);
  uv[index] = vec4f(projectOntoPlane(point, plane), 0, 0);
}
