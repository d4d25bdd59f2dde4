// How a ray is cut: into steps of one length, from its entry into the box on, of which those whose middle is in an occupied cell become samples. The
// first middle lies `jitter` of a step behind the entry.
//
// Shapes    origins [R, 4] = (x, y, z, jitter from 0 to 1); directions [R, 4] = (unit x, y, z, radius of the cone at depth 1); occupancy [G^3], cells
//           whose number is above `threshold` are occupied

#include "common/volume/occupancy-cell"
#include "common/volume/ray-box"
#param step, threshold: f32
#read origins, directions: array<vec4f>
#read occupancy: array<f32>

struct SteppedRay {
  origin: vec3f,
  direction: vec3f,
  radius: f32,
  first: f32, // depth of the first middle
  end: f32,
}

fn steppedRay(ray: u32) -> SteppedRay {
  let origin = origins[ray];
  let direction = directions[ray];
  let limits = rayBoxLimits(origin.xyz, direction.xyz, params.boxSide);
  return SteppedRay(origin.xyz, direction.xyz, direction.w, max(limits.start, 0.0) + origin.w * params.step, limits.end);
}

fn isOccupied(point: vec3f) -> bool {
  return occupancy[occupancyCell(point)] > params.threshold;
}
