// The way back through tri-planes.wgsl to the points: how features change where a point moves, which is the slope of the bilinear surface over its cell.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; points, output [N, M, 3]; gradient [N, PLANE_COUNT, M, C]
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      PLANE_COUNT times 20 C FLOPs and 20 C bytes of (cached) reads a point

#include "common/each-element"
#include "common/volume/plane-cells"
#const FEATURE_GROUPS
#param samples: u32 // N
#param points: u32 // M
#read planes, points, gradient: array<vec4f>
#write output: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * params.points) { return; }
  let sample = index / params.points;
  let size = vec2i(i32(params.planeWidth), i32(params.planeHeight));
  var ofPoint = vec3f(0);
  for (var plane = 0u; plane < PLANE_COUNT; plane++) {
    let place = cellPlace(points[index].xyz, plane);
    let row = ((sample * PLANE_COUNT + plane) * params.points + index % params.points) * FEATURE_GROUPS;
    var ofUv = vec2f(0);
    for (var corner = 0u; corner < 4u; corner++) {
      let fromLow = vec2i(vec2u(corner & 1u, corner >> 1u));
      let texel = place.low + fromLow;
      if (any(texel < vec2i(0)) || any(texel >= size)) { continue; }
      let at = (((i32(sample) * size.y + texel.y) * size.x + texel.x) * i32(PLANE_COUNT) + i32(plane)) * i32(FEATURE_GROUPS);
      var along = 0.0;
      for (var group = 0u; group < FEATURE_GROUPS; group++) { along += dot(planes[at + i32(group)], gradient[row + group]); }
      let weight = select(1.0 - place.fraction, place.fraction, fromLow == vec2i(1));
      ofUv += along * vec2f(vec2i(2) * fromLow - 1) * weight.yx;
    }
    let ofCoordinates = ofUv * vec2f(size) / params.boxSide;
    let axes = PLANE_AXES[plane];
    ofPoint[axes.x] += ofCoordinates.x;
    ofPoint[axes.y] += ofCoordinates.y;
  }
  output[index] = vec4f(ofPoint, 0);
}
