// The points of a plane through the box, a pixel each (common/pictures/slice-point.wgsl). They are made here so that moving the plane uploads one
// number.
//
// Shapes    position [1], -1 to 1 within the box; points [1, R * R, 3] in scene units, row by row
// Layout    vec4f along the last axis
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      10 FLOPs and 16 bytes written a point

#include "common/each-element"
#include "common/pictures/slice-point"
#param axis: u32
#param resolution: u32 // R
#param boxSide: f32
#read position: array<vec4f>
#write points: array<vec4f>

fn element(pixel: u32) {
  if (pixel >= params.resolution * params.resolution) { return; }
  let point = slicePoint(params.axis, pixel, params.resolution, position[0].x);
  points[pixel] = vec4f(point * (0.5 * params.boxSide), 0);
}
