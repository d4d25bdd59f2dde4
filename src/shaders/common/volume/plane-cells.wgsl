// Planes seen as cells: a cell is the square between the centres of four neighbouring texels, and a point acts on the four corners of the cell that it
// falls into. A plane of W x H texels has (W + 1) x (H + 1) cells; those at the border have corners outside the plane, which count for nothing.
// Points beyond act on nothing and have no cell.
//
// The arithmetic is that of tri-plane-sample.wgsl.

#include "common/volume/plane-project"
#const PLANE_COUNT
#param planeWidth, planeHeight: u32
#param boxSide: f32

const NO_CELL = 0xffffffffu;

// Corners of a point's cell, and how far it is from the lower one, 0 to 1 on both axes.
struct CellPlace {
  low: vec2i, // texel; -1 at the border
  fraction: vec2f,
}

// `point` in scene units.
fn cellPlace(point: vec3f, plane: u32) -> CellPlace {
  let size = vec2f(f32(params.planeWidth), f32(params.planeHeight));
  let uv = projectOntoPlane(point * (2.0 / params.boxSide), plane);
  let texel = clamp((uv + 1.0) * 0.5 * size - 0.5, vec2f(-2), size + 1.0);
  let low = floor(texel);
  return CellPlace(vec2i(low), texel - low);
}

// Cells are counted plane by plane and row by row.
fn cellOf(point: vec3f, plane: u32) -> u32 {
  let last = vec2i(i32(params.planeWidth), i32(params.planeHeight));
  let cell = cellPlace(point, plane).low + 1;
  if (any(cell < vec2i(0)) || any(cell > last)) { return NO_CELL; }
  return cellIndex(plane, vec2u(cell));
}

fn cellIndex(plane: u32, cell: vec2u) -> u32 {
  return (plane * (params.planeHeight + 1u) + cell.y) * (params.planeWidth + 1u) + cell.x;
}
