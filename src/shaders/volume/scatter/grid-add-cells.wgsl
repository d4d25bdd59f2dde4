// Last step of the gradient of a dense grid: each cell adds what its points give to the eight values at its corners, point by point in the order of the
// list.
//
// Neighbouring cells share corners. So cells come in eight rounds, one dispatch each: no two cells of a round touch the same value, and each value gets
// its eight addends in the order of the rounds.
//
// Shapes    points [N, M, 3]; gradient [N, M, C]; starts, filled, list and filledCells as in the steps before; gridGradient [N or 1, D, H, W, C]
// Dispatch  `threads` threads, 64 per workgroup (each-element); each takes a group of four channels of a cell that has points, and goes on to another one
//           as long as there are any
// Cost      a point: 36 bytes of reads a group, 16 C FLOPs; a cell that has points: 64 C bytes of reads and writes

#include "common/each-element"
#include "common/volume/grid-cells"
#param groups: u32 // vec4f of a value
#param round: u32 // 0 to 7
#param threads: u32
#read points, gradient: array<vec4f>
#read starts, filled, list, filledCells: array<u32>
#accumulate gridGradient: array<vec4f>

fn addCell(index: u32, group: u32) {
  let cells = cellsOfRound();
  let inRound = index % (params.gridSamples * cells.x * cells.y * cells.z);
  let half = vec3u(inRound % cells.x, inRound / cells.x % cells.y, inRound / (cells.x * cells.y) % cells.z);
  let gridSample = inRound / (cells.x * cells.y * cells.z);
  let low = vec3i(2u * half + ((vec3u(params.round) >> vec3u(0, 1, 2)) & vec3u(1))) - 1;
  let end = starts[index + 1u];
  var near = mat4x4f(); // a column for each corner of the lower slice
  var far = mat4x4f();
  for (var at = starts[index]; at < end; at++) {
    let point = list[at];
    let high = gridPlace(points[point].xyz).fraction;
    let rest = 1.0 - high;
    let inSlice = vec4f(rest.x, high.x, rest.x, high.x) * vec4f(rest.yy, high.yy);
    let given = gradient[point * params.groups + group];
    let ofFour = mat4x4f(given * inSlice.x, given * inSlice.y, given * inSlice.z, given * inSlice.w);
    near += ofFour * rest.z;
    far += ofFour * high.z;
  }
#for corner in 0..8
  {
    let to = low + cornerOffset(${corner}u);
#if corner < 4
    if (isInGrid(to)) { gridGradient[gridRow(gridSample, to) * params.groups + group] += near[${corner}]; }
#else
    if (isInGrid(to)) { gridGradient[gridRow(gridSample, to) * params.groups + group] += far[${corner - 4}]; }
#end
  }
#end
}

fn element(index: u32) {
  let cells = cellsOfRound();
  let ofRound = params.gridSamples * cells.x * cells.y * cells.z;
  let first = filled[params.round * ofRound];
  let count = (filled[(params.round + 1u) * ofRound] - first) * params.groups;
  for (var turn = select(index, count, index >= params.threads); turn < count; turn += params.threads) {
    addCell(filledCells[first + turn / params.groups], turn % params.groups);
  }
}
