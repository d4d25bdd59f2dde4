// Density and colour of arbitrary points: tri-plane features and decoder in one. For meshes and for checking a model point by point.
//
// Shapes    planes [N, H, W, PLANE_COUNT * C]; points [N, M, 3] in scene units; sigma [N, M, 1]; colours [N, M, COLOUR_GROUPS * 4]
// Dispatch  one thread per point, 64 per workgroup (linearIndex)
// Cost      32-64-33: 13 kFLOP, 1.5 kB of (cached) texel reads and 160 bytes of other traffic a point
// Needs     common/linear-index, plane-project, tri-plane-sample, decoder, softplus-base2; the constants of pipelines/volume/render-constants.ts

struct Params {
  samples: u32, // N
  points: u32, // M
  planeWidth: u32,
  planeHeight: u32,
  boxSide: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> planes: array<vec4f>;
@group(0) @binding(2) var<storage, read> decoder: array<mat4x4f, DECODER_MATRICES>;
@group(0) @binding(3) var<storage, read> points: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> sigma: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> colours: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.samples * params.points) { return; }
  let point = points[index].xyz * (2.0 / params.boxSide);
  var features = pointFeatures(point, index / params.points, params.planeWidth, params.planeHeight);
  sigma[index] = vec4f(decodeSigma(&features), 0, 0, 0);
  let decoded = decodeColours(&features);
  for (var group = 0u; group < COLOUR_GROUPS; group++) { colours[index * COLOUR_GROUPS + group] = decoded[group]; }
}
