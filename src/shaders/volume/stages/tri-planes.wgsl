// Features of points from each plane (common/volume/tri-plane-sample.wgsl), planes kept apart.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; points [N, M, 3]; features [N, PLANE_COUNT, M, C]
// Dispatch  one thread per point and plane, 64 per workgroup (each-element)
// Cost      8 C FLOPs, 16 C bytes of (cached) reads and 4 C of writes each

#include "common/each-element"
#include "common/volume/plane-project"
#include "common/volume/tri-plane-sample"
#param samples: u32 // N
#param points: u32 // M
#param planeWidth, planeHeight: u32
#param boxSide: f32
#read points: array<vec4f>
#write features: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * PLANE_COUNT * params.points) { return; }
  let plane = (index / params.points) % PLANE_COUNT;
  let sample = index / (params.points * PLANE_COUNT);
  let point = points[sample * params.points + index % params.points].xyz * (2.0 / params.boxSide);
  let corners = bilinearCorners(projectOntoPlane(point, plane), sample, params.planeWidth, params.planeHeight);
  for (var group = 0u; group < FEATURE_GROUPS; group++) {
    features[index * FEATURE_GROUPS + group] = sampleCorners(corners, plane * FEATURE_GROUPS + group);
  }
}
