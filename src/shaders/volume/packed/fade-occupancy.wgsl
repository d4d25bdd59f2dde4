// All numbers of the occupancy grid a little smaller: where nobody finds anything for a while, nothing is.
//
// Shapes    occupancy [G^3]
// Dispatch  one thread per vec4f, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      8 bytes a cell

#include "common/each-element"
#param vectors: u32
#param share: f32
#accumulate occupancy: array<vec4f>

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  occupancy[index] *= params.share;
}
