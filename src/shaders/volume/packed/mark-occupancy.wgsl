// Notes in the occupancy grid what samples have found: the largest density in each cell. Positive floats are ordered as their bits are, so that the maximum
// can be taken by an atomic of whole numbers, and is the same whatever order threads come in.
//
// Shapes    raw [M, 4], a field's outputs; points [M, 3]; total [1], rows in use; occupancy [G^3]
// Dispatch  one thread per row, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      an exponential, 32 bytes of reads and an atomic a row

#include "common/each-element"
#include "common/volume/field-activations"
#include "common/volume/occupancy-cell"
#read raw, points, total: array<vec4f>
#accumulate occupancy: array<atomic<u32>>

fn element(row: u32) {
  if (f32(row) >= total[0].x) { return; }
  atomicMax(&occupancy[occupancyCell(points[row].xyz)], bitcast<u32>(fieldDensity(raw[row])));
}
