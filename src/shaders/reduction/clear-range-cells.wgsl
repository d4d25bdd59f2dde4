// Empties the cells of common/range-cells.wgsl: minima to the top, maxima to the bottom of the order.
//
// Shapes    cells [RANGE_CELLS]
// Dispatch  one workgroup of 8 threads. Cost: nothing to speak of.

#param count: u32
#write cells: array<u32>

@compute @workgroup_size(8)
fn main(@builtin(global_invocation_id) globalId: vec3u) {
  if (globalId.x >= params.count) { return; }
  cells[globalId.x] = select(0u, 0xffffffffu, globalId.x % 2u == 0u);
}
