// Features of four points from the planes as they are: four plain reads for each four channels, mixed in f32. For graphics cards, whose filters are
// not exact. The other way to the same features is planes-texture.wgsl.

#include "common/volume/plane-project"
#include "common/volume/tri-plane-sample"
#param planeHeight, planeWidth: u32

fn gatherQuad(first: u32, image: u32) {
  for (var index = first; index < first + 4u; index++) {
    let point = batchPoint(index);
    // Points move up by one column: columns are indexed by numbers that way.
#for g in 0..FEATURE_GROUPS
    gathered[${g}] = mat4x4f(gathered[${g}][1], gathered[${g}][2], gathered[${g}][3], vec4f(0));
#end
    for (var plane = 0u; plane < PLANE_COUNT; plane++) {
      let corners = bilinearCorners(projectOntoPlane(point, plane), image, params.planeWidth, params.planeHeight);
      let weight = corners.weight * (1.0 / f32(PLANE_COUNT));
      let offset = corners.offset + plane * FEATURE_GROUPS;
#for g in 0..FEATURE_GROUPS
      gathered[${g}][3] += planes[offset.x + ${g}] * weight.x + planes[offset.y + ${g}] * weight.y +
        planes[offset.z + ${g}] * weight.z + planes[offset.w + ${g}] * weight.w;
#end
    }
  }
}
