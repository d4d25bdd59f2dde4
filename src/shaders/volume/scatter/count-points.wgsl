// First step of the gradient of planes (pipelines/volume/gradient/scatter-to-planes.ts): how many points fall into each cell of each plane.
//
// Shapes    points [M, 3] from `firstPoint` on, in scene units; total [1], how many of them there are; counts [PLANE_COUNT, H + 1, W + 1], whole
//           numbers, all 0 before
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      a load of 16 bytes and PLANE_COUNT atomic additions a point

#include "common/each-element"
#include "common/volume/plane-cells"
#param firstPoint: u32
#read points: array<vec4f>
#read total: array<f32>
#accumulate counts: array<atomic<u32>>

fn element(index: u32) {
  if (index >= u32(total[0])) { return; }
  let point = points[params.firstPoint + index].xyz;
  for (var plane = 0u; plane < PLANE_COUNT; plane++) {
    let cell = cellOf(point, plane);
    if (cell != NO_CELL) { atomicAdd(&counts[cell], 1u); }
  }
}
