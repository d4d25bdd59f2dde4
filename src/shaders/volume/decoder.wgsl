// The decoder on features in memory (common/volume/decoder.wgsl): mean over the planes, then the two layers.
//
// Shapes    features [N, P, M, C]; decoder as packed by pipelines/volume/decoder.ts; sigma [N, M, 1]; colours [N, M, COLOUR_GROUPS * 4]
// Dispatch  one thread per point, 64 per workgroup (linearIndex)
// Cost      32-64-33: 12.6 kFLOP (the first layer runs for sigma and again for the colours) and 0.5 kB of traffic a point
// Needs     common/linear-index, decoder, softplus-base2; the constants of pipelines/volume/render-constants.ts

struct Params {
  samples: u32, // N
  planes: u32, // P
  points: u32, // M
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> features: array<vec4f>;
@group(0) @binding(2) var<storage, read> decoder: array<mat4x4f, DECODER_MATRICES>;
@group(0) @binding(3) var<storage, read_write> sigma: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> colours: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) globalId: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let index = linearIndex(globalId, workgroups);
  if (index >= params.samples * params.points) { return; }
  let sample = index / params.points;
  let point = index % params.points;
  var mean: PointFeatures;
  for (var plane = 0u; plane < params.planes; plane++) {
    let row = (sample * params.planes + plane) * params.points + point;
    for (var group = 0u; group < FEATURE_GROUPS; group++) {
      mean[group] += features[row * FEATURE_GROUPS + group] * (1.0 / f32(params.planes));
    }
  }
  sigma[index] = vec4f(decodeSigma(&mean), 0, 0, 0);
  let decoded = decodeColours(&mean);
  for (var group = 0u; group < COLOUR_GROUPS; group++) { colours[index * COLOUR_GROUPS + group] = decoded[group]; }
}
