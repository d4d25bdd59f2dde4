// Last step of the gradient of planes: each cell adds what its points give to the four texels at its corners, point by point in the order of the list.
//
// Neighbouring cells share texels. So cells come in four rounds, one dispatch each, of every other column and every other row: no two cells of a round
// touch the same texel, and each texel gets its four addends in the order of the rounds.
//
// The gradient of a point's features is the same for all planes where the decoder takes their mean (planeStep 0), or there is one for each plane. In the
// first case planes that take the same two coordinates in turned order, as two of EG3D's do, have the same gradient, turned: TARGETS names for each plane
// that points are sorted into the one or two planes that it gives.
//
// Shapes    points, starts, filled, list and filledCells as in the steps before; gradient: rows of C from `firstRow` on, `planeStep` rows from plane
//           to plane; planesGradient [N, H, W, planes * C], to whose texels from `firstTexel` on it is added
// Dispatch  `threads` threads, 64 per workgroup (each-element); each takes a group of four channels of a cell, and goes on to another one as long as there
//           are any. Neighbouring threads have neighbouring channels: they all have as much to do
// Cost      a point and plane: 5 C + 20 bytes of reads and 8 C FLOPs; a cell that has points: 32 C bytes of reads and writes

#include "common/each-element"
#include "common/volume/plane-cells"
#const FEATURE_GROUPS
#const TARGETS: pairs // the second is turned; the same as the first for none
#param firstPoint, firstRow, planeStep, firstTexel: u32
#param planes: u32 // of a texel
#param round: u32 // 0 to 3
#param threads: u32
#param share: f32 // of a plane in a point's features
#read points, gradient: array<vec4f>
#read starts, filled, list, filledCells: array<u32>
#accumulate planesGradient: array<vec4f>

fn addTo(texel: vec2u, plane: u32, group: u32, sum: vec4f) {
  let row = (params.firstTexel + texel.y * params.planeWidth + texel.x) * params.planes + plane;
  planesGradient[row * FEATURE_GROUPS + group] += sum;
}

fn addCell(index: u32, group: u32) {
  let cells = cellsOfRound();
  let inRound = index - params.round * PLANE_COUNT * cells.y * cells.x;
  let plane = inRound / (cells.x * cells.y);
  let parity = vec2u(params.round & 1u, params.round >> 1u);
  let cell = 2u * vec2u(inRound % cells.x, inRound / cells.x % cells.y) + parity;
  let targets = TARGETS[plane];
  let end = starts[index + 1u];
  var sums = mat4x4f(); // a column for each corner
  for (var at = starts[index]; at < end; at++) {
    let point = list[at];
    let high = cellPlace(points[params.firstPoint + point].xyz, plane).fraction;
    let low = 1.0 - high;
    let weights = vec4f(low.x, high.x, low.x, high.x) * vec4f(low.yy, high.yy) * params.share;
    let given = gradient[(params.firstRow + targets.x * params.planeStep + point) * FEATURE_GROUPS + group];
    sums += mat4x4f(given * weights.x, given * weights.y, given * weights.z, given * weights.w);
  }
#for c in 0..4
  {
    let texel = cell + vec2u(${c % 2}, ${c / 2}) - 1u; // wraps around below 0, and is then no texel
    if (texel.x < params.planeWidth && texel.y < params.planeHeight) {
      addTo(texel, targets.x, group, sums[${c}]);
      if (targets.y != targets.x) { addTo(texel.yx, targets.y, group, sums[${c}]); }
    }
  }
#end
}

fn element(index: u32) {
  let cells = cellsOfRound();
  let ofRound = PLANE_COUNT * cells.x * cells.y;
  let first = filled[params.round * ofRound];
  let count = (filled[(params.round + 1u) * ofRound] - first) * FEATURE_GROUPS;
  for (var turn = select(index, count, index >= params.threads); turn < count; turn += params.threads) {
    addCell(filledCells[first + turn / FEATURE_GROUPS], turn % FEATURE_GROUPS);
  }
}
