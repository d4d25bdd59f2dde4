// What the decoder takes: the mean of a point's features over the planes (EG3D sums them; the published models take the mean).

#include "common/volume/decoder"
#include "common/volume/plane-project"
#include "common/volume/tri-plane-sample"

// `point` in units of half a box side.
fn pointFeatures(point: vec3f, sample: u32, width: u32, height: u32) -> PointFeatures {
  var features: PointFeatures;
  for (var plane = 0u; plane < PLANE_COUNT; plane++) {
    let corners = bilinearCorners(projectOntoPlane(point, plane), sample, width, height);
    for (var group = 0u; group < FEATURE_GROUPS; group++) {
      features[group] += sampleCorners(corners, plane * FEATURE_GROUPS + group) * (1.0 / f32(PLANE_COUNT));
    }
  }
  return features;
}
