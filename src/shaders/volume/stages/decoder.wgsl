// The decoder on features in memory (common/volume/decoder.wgsl): mean over the planes, then the two layers.
//
// Shapes    features [N, P, M, C]; decoder as packed by pipelines/volume/decoder.ts; sigma [N, M, 1]; colours [N, M, COLOUR_GROUPS * 4]
// Dispatch  one thread per point, 64 per workgroup (each-element)
// Cost      32-64-33: 12.6 kFLOP (the first layer runs for sigma and again for the colours) and 0.5 kB of traffic a point

#include "common/each-element"
#include "common/volume/decoder"
#param samples: u32 // N
#param planes: u32 // P
#param points: u32 // M
#read features: array<vec4f>
#write sigma, colours: array<vec4f>

fn element(index: u32) {
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
