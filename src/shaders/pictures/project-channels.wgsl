// Feature channels of one plane as a picture: three weighted sums of the channels, for example along principal components.
//
//   colours[pixel][c] = clamp(sum over k of basis[c][k] * planes[texel][PLANE * C + k] + offsets[c], -1, 1)
//
// The picture is turned and mirrored as a slice at right angles to `axis` is (common/pictures/slice-point.wgsl), so that a plane and a slice of the
// density show the same place at the same pixel.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C], of which the first of the batch is shown; basis [3, C]; offsets [3]; colours [1, R, R, 3]
// Layout    vec4f along the channels
// Dispatch  one thread per pixel, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      6 C FLOPs, 4 C bytes read (and 12 C cached) and 16 written a pixel

#include "common/each-element"
#include "common/pictures/slice-point"
#include "common/volume/plane-project"
#const FEATURE_GROUPS
#const PLANE_COUNT
#param plane, axis, planeWidth, planeHeight: u32
#param resolution: u32 // R
#read planes, basis, offsets: array<vec4f>
#write colours: array<vec4f>

fn element(pixel: u32) {
  if (pixel >= params.resolution * params.resolution) { return; }
  let uv = projectOntoPlane(slicePoint(params.axis, pixel, params.resolution, 0), params.plane);
  // A pixel's centre is inside a texel, so that rounding down finds it.
  let texel = vec2u((uv + 1.0) * 0.5 * vec2f(f32(params.planeWidth), f32(params.planeHeight)));
  let first = ((texel.y * params.planeWidth + texel.x) * PLANE_COUNT + params.plane) * FEATURE_GROUPS;
  var colour = offsets[0].xyz;
  for (var group = 0u; group < FEATURE_GROUPS; group++) {
    let feature = planes[first + group];
    colour += vec3f(
      dot(basis[group], feature),
      dot(basis[FEATURE_GROUPS + group], feature),
      dot(basis[2u * FEATURE_GROUPS + group], feature),
    );
  }
  colours[pixel] = vec4f(clamp(colour, vec3f(-1), vec3f(1)), 0);
}
