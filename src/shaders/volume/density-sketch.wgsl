// A grid of densities as a volume that rays march through: each voxel has its density and the largest one around it, the hull. Where the hull is low,
// nothing is near; between two voxels neither goes beyond what the filter makes of it.
//
// Shapes    density [G, G, G] as z, y, x, before softplus; sketch: G x G x G voxels of (density, hull, 0, 0), halves
// Dispatch  one thread per voxel, 64 per workgroup (each-element)
// Cost      27 (cached) reads and 8 bytes written a voxel

#include "common/each-element"
#param side: u32
#read density: array<f32>
#texture sketch: texture_storage_3d<rgba16float, write>

const LARGEST = 65504.0; // that a half can hold

fn element(index: u32) {
  let side = params.side;
  if (index >= side * side * side) { return; }
  let voxel = vec3u(index % side, (index / side) % side, index / side / side);
  let low = max(voxel, vec3u(1)) - 1u;
  let high = min(voxel + 1u, vec3u(side - 1u));
  var hull = density[index];
  for (var z = low.z; z <= high.z; z++) {
    for (var y = low.y; y <= high.y; y++) {
      for (var x = low.x; x <= high.x; x++) { hull = max(hull, density[(z * side + y) * side + x]); }
    }
  }
  textureStore(sketch, voxel, vec4f(clamp(vec2f(density[index], hull), vec2f(-LARGEST), vec2f(LARGEST)), 0, 0));
}
