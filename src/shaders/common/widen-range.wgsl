// Widens a range in the cells of a batch (range-cells.wgsl).

#include "common/ordered-float"
#accumulate cells: array<atomic<u32>>

// Looks before it writes: most rays change nothing, and an atomic load is cheaper than a contended minimum.
fn widenRange(smallestCell: u32, smallest: f32, largest: f32) {
  let low = toOrdered(smallest);
  let high = toOrdered(largest);
  if (low < atomicLoad(&cells[smallestCell])) { atomicMin(&cells[smallestCell], low); }
  if (high > atomicLoad(&cells[smallestCell + 1u])) { atomicMax(&cells[smallestCell + 1u], high); }
}
