// Densities of whole layers of a grid, from what project-plane.wgsl has made of its three sides:
//   sigma(x, y, z) = W2 softplus(xy(x, y) + xz(x, z) + yz(y, z) + b1) + b2, the density row of the decoder alone.
//
// Nearly all of the time goes to softplus.
//
// Shapes    xy [HIDDEN_GROUPS, N, N, 4] as rows y and columns x; xz and yz [HIDDEN_GROUPS, layers, N, 4] as rows z and columns x or y;
//           sigma [layers, N, N] as z, y, x, before the density's own softplus
// Dispatch  one thread per four voxels along x, 64 per workgroup (each-element)
// Memory    none in the workgroup
// Cost      64 units, a voxel: 512 FLOPs, 64 exponentials and logarithms, 0.7 kB of (cached) reads and 4 bytes written; the sides come on
//           top, 4.1 kFLOP for each of 3 N^2 places

#include "common/each-element"
#include "common/volume/decoder"
#include "common/volume/softplus-base2"
#param resolution: u32 // N
#param layers: u32
#read xy, xz, yz: array<vec4f>
#write sigma: array<vec4f>

fn element(index: u32) {
  let side = params.resolution;
  let quadsPerRow = (side + 3u) / 4u;
  if (index >= params.layers * side * quadsPerRow) { return; }
  let y = (index / quadsPerRow) % side;
  let z = index / (quadsPerRow * side);
  let voxels = 4u * (index % quadsPerRow) + vec4u(0, 1, 2, 3);
  let x = min(voxels, vec4u(side - 1u)); // the row's padding repeats its last voxel, and is cleared afterwards
  var sum = vec4f(0);
  for (var group = 0u; group < HIDDEN_GROUPS; group++) {
    let biasAndWeights = decoder[group * HIDDEN_GROUP_MATRICES + FEATURE_GROUPS];
    let weights = biasAndWeights[1];
    let ofRow = biasAndWeights[0] + yz[(group * params.layers + z) * side + y];
    let atXy = (group * side + y) * side + x;
    let atXz = (group * params.layers + z) * side + x;
    sum += vec4f(
      dot(weights, softplusBase2(ofRow + xy[atXy.x] + xz[atXz.x])),
      dot(weights, softplusBase2(ofRow + xy[atXy.y] + xz[atXz.y])),
      dot(weights, softplusBase2(ofRow + xy[atXy.z] + xz[atXz.z])),
      dot(weights, softplusBase2(ofRow + xy[atXy.w] + xz[atXz.w])),
    );
  }
  sigma[index] = select(vec4f(0), decoder[OUTPUT_BIAS][0].x + sum, voxels < vec4u(side));
}
