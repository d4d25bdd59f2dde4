// Densities of whole layers of a grid, from what project-plane.wgsl has made of its three sides:
//   sigma(x, y, z) = W2 softplus(xy(x, y) + xz(x, z) + yz(y, z) + b1) + b2, the density row of the decoder alone.
//
// Nearly all of the time goes to softplus.
//
// Shapes    xy [HIDDEN_GROUPS, N, N, 4] as rows y and columns x; xz and yz [HIDDEN_GROUPS, layers, N, 4] as rows z and columns x or y;
//           sigma [layers, N, N] as z, y, x, before the density's own softplus
// Dispatch  one thread per four voxels along x, 64 per workgroup (linearIndex)
// Memory    none in the workgroup
// Cost      64 units, a voxel: 512 FLOPs, 64 exponentials and logarithms, 0.7 kB of (cached) reads and 4 bytes written; the sides come on
//           top, 4.1 kFLOP for each of 3 N^2 places
// Needs     common/linear-index, decoder, softplus-base2; the constants of pipelines/volume/render-constants.ts

struct Params {
  resolution: u32, // N
  layers: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> decoder: array<mat4x4f, DECODER_MATRICES>;
@group(0) @binding(2) var<storage, read> xy: array<vec4f>;
@group(0) @binding(3) var<storage, read> xz: array<vec4f>;
@group(0) @binding(4) var<storage, read> yz: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> sigma: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
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
