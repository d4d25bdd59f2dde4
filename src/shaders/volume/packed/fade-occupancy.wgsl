// All numbers of the occupancy grid a little smaller: where nobody finds anything for a while, nothing is. Those that were not 0 stay above 0, so that it is
// known where something may be found again; 0 is for what pictures have shown to be empty.
//
// Shapes    occupancy [G^3]
// Dispatch  one thread per vec4f, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      8 bytes a cell

#include "common/each-element"
#param vectors: u32
#param share: f32
#accumulate occupancy: array<vec4f>

const LEAST = 1e-6;

fn element(index: u32) {
  if (index >= params.vectors) { return; }
  let now = occupancy[index];
  occupancy[index] = select(vec4f(0), max(now * params.share, vec4f(LEAST)), now > vec4f(0));
}
