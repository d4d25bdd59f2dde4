// Last step of the gradient of planes: each texel adds up what the points of the four cells around it give, point by point in the order of the list.
//
// The gradient of a point's features is the same for all planes where the decoder takes their mean (planeStep 0), or there is one for each plane.
//
// Shapes    points as in count-points.wgsl; starts and list from the steps before; gradient: rows of C from `firstRow` on, `planeStep` rows
//           from plane to plane; planesGradient [N, H, W, PLANE_COUNT * C], to whose texels from `firstTexel` on it is added
// Dispatch  one thread per texel and plane, 64 per workgroup (each-element); threads of neighbouring texels of one plane stand side by side
// Cost      a point: 4 PLANE_COUNT times (a load of 20 bytes, 4 C bytes of (cached) reads, 2 C FLOPs); a texel near no point writes nothing

#include "common/each-element"
#include "common/volume/plane-cells"
#const FEATURE_GROUPS
#param firstPoint, firstRow, planeStep, firstTexel: u32
#param share: f32 // of a plane in a point's features
#read points, gradient: array<vec4f>
#read starts, list: array<u32>
#accumulate planesGradient: array<vec4f>

fn element(index: u32) {
  let texels = params.planeWidth * params.planeHeight;
  if (index >= PLANE_COUNT * texels) { return; }
  let plane = index / texels;
  let texel = vec2u(index % params.planeWidth, index % texels / params.planeWidth);
  var sum: array<vec4f, FEATURE_GROUPS>;
  var isTouched = false;
  for (var corner = 0u; corner < 4u; corner++) {
    let fromLow = vec2u(corner & 1u, corner >> 1u); // of the texel in this cell
    let cell = cellIndex(plane, texel + 1u - fromLow);
    let end = starts[cell + 1u];
    for (var at = starts[cell]; at < end; at++) {
      let index = list[at];
      let fraction = cellPlace(points[params.firstPoint + index].xyz, plane).fraction;
      let weight = select(1.0 - fraction, fraction, fromLow == vec2u(1));
      let row = (params.firstRow + plane * params.planeStep + index) * FEATURE_GROUPS;
      for (var group = 0u; group < FEATURE_GROUPS; group++) {
        sum[group] += gradient[row + group] * (weight.x * weight.y * params.share);
      }
      isTouched = true;
    }
  }
  if (!isTouched) { return; }
  let to = ((params.firstTexel + index % texels) * PLANE_COUNT + plane) * FEATURE_GROUPS;
  for (var group = 0u; group < FEATURE_GROUPS; group++) { planesGradient[to + group] += sum[group]; }
}
