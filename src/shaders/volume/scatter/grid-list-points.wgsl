// Third step of the gradient of a dense grid: writes each point into the stretch of the cell that it falls into, in whatever order threads come
// (order-points.wgsl puts them in order afterwards). What is left of the counts is 0.
//
// Shapes    as grid-count-points.wgsl; starts [cells + 1] from prefix-sums.wgsl; list [N * M], numbers of points
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      a load of 16 bytes, an atomic subtraction, a read and a write of 4 bytes a point

#include "common/each-element"
#include "common/volume/grid-cells"
#param samples: u32 // N
#param points: u32 // M
#read points: array<vec4f>
#read total: array<f32>
#read starts: array<u32>
#accumulate counts: array<atomic<u32>>
#write list: array<u32>

fn element(index: u32) {
  if (index >= params.samples * params.points || index % params.points >= u32(total[0])) { return; }
  let cell = cellOf(points[index].xyz, min(index / params.points, params.gridSamples - 1u));
  if (cell != NO_CELL) { list[starts[cell] + atomicSub(&counts[cell], 1u) - 1u] = index; }
}
