// Points along rays: origin + depth * direction.
//
// Shapes    origins, directions [N, R, 3]; depths [N, R, S, 1]; points [N, R * S, 3]
// Dispatch  one thread per point, 64 per workgroup (each-element). Cost: 6 FLOPs and 64 bytes a point.

#include "common/each-element"
#param points, samples: u32
#read origins, directions, depths: array<vec4f>
#write points: array<vec4f>

fn element(index: u32) {
  if (index >= params.points) { return; }
  let ray = index / params.samples;
  points[index] = origins[ray] + depths[index].x * directions[ray];
}
