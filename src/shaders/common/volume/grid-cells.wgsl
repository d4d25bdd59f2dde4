// A grid of values seen as cells: a cell is the cube between eight neighbouring values, and a point acts on the eight corners of the cell that it falls
// into. A grid of W x H x D values has (W + 1) x (H + 1) x (D + 1) cells; those at the border have corners outside, which count for nothing. Points beyond
// act on nothing and have no cell.
//
// Cells are counted round by round, in each grid by grid: a round has every other column, row and slice, so that no two of its cells have a corner in
// common. Of some rounds the last cells are not there, and stay empty.

#include "common/volume/grid-corner"
#param gridSamples: u32 // grids: one for each sample, or one that all share

const NO_CELL = 0xffffffffu;

fn cellsOfRound() -> vec3u {
  return vec3u(gridExtents()) / 2u + 1u;
}

fn cellOf(point: vec3f, gridSample: u32) -> u32 {
  let cell = gridPlace(point).low + 1;
  if (any(cell < vec3i(0)) || any(cell > gridExtents())) { return NO_CELL; }
  let place = vec3u(cell);
  let cells = cellsOfRound();
  let odd = place & vec3u(1);
  let round = odd.x + 2u * odd.y + 4u * odd.z;
  let half = place / 2u;
  return (((round * params.gridSamples + gridSample) * cells.z + half.z) * cells.y + half.y) * cells.x + half.x;
}
