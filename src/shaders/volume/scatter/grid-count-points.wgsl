// First step of the gradient of a dense grid (pipelines/volume/gradient/scatter-to-grid.ts): how many points fall into each cell.
//
// Shapes    points [N, M, 3]; total [1], how many of a sample's M points are in use; counts [8 rounds, N or 1, D / 2 + 1, H / 2 + 1, W / 2 + 1], whole
//           numbers, all 0 before
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      a load of 16 bytes and an atomic addition a point

#include "common/each-element"
#include "common/volume/grid-cells"
#param samples: u32 // N
#param points: u32 // M
#read points: array<vec4f>
#read total: array<f32>
#accumulate counts: array<atomic<u32>>

fn element(index: u32) {
  if (index >= params.samples * params.points || index % params.points >= u32(total[0])) { return; }
  let cell = cellOf(points[index].xyz, min(index / params.points, params.gridSamples - 1u));
  if (cell != NO_CELL) { atomicAdd(&counts[cell], 1u); }
}
