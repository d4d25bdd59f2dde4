// Features of points from the planes (common/volume/tri-plane-sample.wgsl), the planes' added up (EG3D section 3).
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; points [N, M, 3]; features [N, M, C]
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      8 C FLOPs and 16 C bytes of (cached) reads a plane, 4 C bytes of writes

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
  if (index >= params.samples * params.points) { return; }
  let sample = index / params.points;
  let point = points[index].xyz * (2.0 / params.boxSide);
  var corners: array<BilinearCorners, PLANE_COUNT>;
  for (var plane = 0u; plane < PLANE_COUNT; plane++) {
    corners[plane] = bilinearCorners(projectOntoPlane(point, plane), sample, params.planeWidth, params.planeHeight);
  }
  for (var group = 0u; group < FEATURE_GROUPS; group++) {
    var sum = vec4f(0);
    for (var plane = 0u; plane < PLANE_COUNT; plane++) {
      sum += sampleCorners(corners[plane], plane * FEATURE_GROUPS + group);
    }
    features[index * FEATURE_GROUPS + group] = sum;
  }
}
