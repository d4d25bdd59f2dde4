// Third step of the gradient of planes: writes each point into the stretch of each cell that it falls into, in whatever order threads come. What is
// left of the counts is 0, as the first step wants it next time.
//
// Shapes    as count-points.wgsl; starts [PLANE_COUNT, H + 1, W + 1] from prefix-sums.wgsl; list [PLANE_COUNT * M], numbers of points
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      a load of 16 bytes and PLANE_COUNT atomic subtractions, reads and writes of 4 bytes a point

#include "common/each-element"
#include "common/volume/plane-cells"
#param firstPoint: u32
#read points: array<vec4f>
#read total: array<f32>
#read starts: array<u32>
#accumulate counts: array<atomic<u32>>
#write list: array<u32>

fn element(index: u32) {
  if (index >= u32(total[0])) { return; }
  let point = points[params.firstPoint + index].xyz;
  for (var plane = 0u; plane < PLANE_COUNT; plane++) {
    let cell = cellOf(point, plane);
    if (cell != NO_CELL) { list[starts[cell] + atomicSub(&counts[cell], 1u) - 1u] = index; }
  }
}
