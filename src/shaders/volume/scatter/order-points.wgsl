// Fourth step of the gradient of planes: puts the points of each cell in ascending order, so that what is added up in the order of the list has the
// same bits each time, whatever order threads came in. And lists the cells that have any: they are few.
//
// Shapes    starts, filled [cells + 1] as prefix-sums.wgsl makes them; list [PLANE_COUNT * M]; filledCells [cells or less]
// Dispatch  one thread per cell, 64 per workgroup (each-element)
// Cost      Shell's sort in place: few comparisons for the handful of points that most cells have, about k^1.3 for k of them

#include "common/each-element"
#param cells: u32
#read starts: array<u32>
#read filled: array<u32>
#accumulate list: array<u32>
#write filledCells: array<u32>

fn element(cell: u32) {
  if (cell >= params.cells) { return; }
  let first = starts[cell];
  let count = starts[cell + 1u] - first;
  if (count > 0u) { filledCells[filled[cell]] = cell; }
  for (var gap = count / 2u; gap > 0u; gap /= 2u) {
    for (var i = gap; i < count; i++) {
      let moved = list[first + i];
      var place = i;
      while (place >= gap && list[first + place - gap] > moved) {
        list[first + place] = list[first + place - gap];
        place -= gap;
      }
      list[first + place] = moved;
    }
  }
}
