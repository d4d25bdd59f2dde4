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

// Cells are counted round by round, in each plane by plane and row by row: a round has every other column and every other row, so that no two of its
// cells have a corner in common.
fn cellOf(point: vec3f, plane: u32) -> u32 {
  let last = vec2i(i32(params.planeWidth), i32(params.planeHeight));
  let cell = cellPlace(point, plane).low + 1;
  if (any(cell < vec2i(0)) || any(cell > last)) { return NO_CELL; }
  let place = vec2u(cell);
  let cells = cellsOfRound();
  let round = (place.x & 1u) + 2u * (place.y & 1u);
  return ((round * PLANE_COUNT + plane) * cells.y + place.y / 2u) * cells.x + place.x / 2u;
}

// On each plane; of some rounds the last ones are not there, and stay empty.
fn cellsOfRound() -> vec2u {
  return vec2u(params.planeWidth, params.planeHeight) / 2u + 1u;
}
