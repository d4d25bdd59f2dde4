// Density and colour of arbitrary points: tri-plane features and decoder in one. For meshes and for checking a model point by point.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; points [N, M, 3] in scene units; sigma [N, M, 1]; colours [N, M, COLOUR_GROUPS * 4]
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      32-64-33: 13 kFLOP, 1.5 kB of (cached) texel reads and 160 bytes of other traffic a point

#include "common/each-element"
#include "common/volume/decoder"
#include "common/volume/point-features"
#param samples: u32 // N
#param points: u32 // M
#param planeWidth, planeHeight: u32
#param boxSide: f32
#read points: array<vec4f>
#write sigma, colours: array<vec4f>

fn element(index: u32) {
  if (index >= params.samples * params.points) { return; }
  let point = points[index].xyz * (2.0 / params.boxSide);
  var features = pointFeatures(point, index / params.points, params.planeWidth, params.planeHeight);
  sigma[index] = vec4f(decodeSigma(&features), 0, 0, 0);
  let decoded = decodeColours(&features);
  for (var group = 0u; group < COLOUR_GROUPS; group++) { colours[index * COLOUR_GROUPS + group] = decoded[group]; }
}
