// The decoder (EG3D section 4.2): features -> fully connected, softplus -> fully connected -> density and colour features.
// Output 0 is the density before softplus ("sigma", unbounded), the others become colours in (-0.001, 1.001).
//
// Layout    weights as `packDecoder` of pipelines/decoder.ts makes them: for each group of four hidden units, in vec4f,
//           bias | 4 * FEATURE_GROUPS columns of the first layer | sigma's weights | 4 * COLOUR_GROUPS columns of the second layer;
//           after all groups the output bias: (sigma's, 0, 0, 0) | COLOUR_GROUPS colours'. Read in this order, front to back.
// Cost      32-64-33: 8.4 kFLOP a point (density alone: 4.2 k) and 64 exponentials and logarithms
// Needs     a storage binding `decoder: array<vec4f, DECODER_VECTORS>`; common/activation.wgsl; the constants of pipelines/render-constants.ts

const FIRST_LAYER_VECTORS = 1u + 4u * FEATURE_GROUPS;
const HIDDEN_GROUP_VECTORS = FIRST_LAYER_VECTORS + 1u + 4u * COLOUR_GROUPS;
const OUTPUT_BIAS = HIDDEN_GROUPS * HIDDEN_GROUP_VECTORS;
const DECODER_VECTORS = OUTPUT_BIAS + 1u + COLOUR_GROUPS;

alias PointFeatures = array<vec4f, FEATURE_GROUPS>;
alias PointColours = array<vec4f, COLOUR_GROUPS>;

fn hiddenUnits(features: ptr<function, PointFeatures>, first: u32) -> vec4f {
  var sum = decoder[first];
  for (var group = 0u; group < FEATURE_GROUPS; group++) {
    let column = first + 1u + group * 4u;
    let feature = (*features)[group];
    sum += decoder[column] * feature.x + decoder[column + 1u] * feature.y +
      decoder[column + 2u] * feature.z + decoder[column + 3u] * feature.w;
  }
  return softplus(sum);
}

fn decodeSigma(features: ptr<function, PointFeatures>) -> f32 {
  var sigma = decoder[OUTPUT_BIAS].x;
  for (var group = 0u; group < HIDDEN_GROUPS; group++) {
    let first = group * HIDDEN_GROUP_VECTORS;
    sigma += dot(decoder[first + FIRST_LAYER_VECTORS], hiddenUnits(features, first));
  }
  return sigma;
}

fn decodeColours(features: ptr<function, PointFeatures>) -> PointColours {
  var colours: PointColours;
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    colours[group] = decoder[OUTPUT_BIAS + 1u + group];
  }
  for (var hiddenGroup = 0u; hiddenGroup < HIDDEN_GROUPS; hiddenGroup++) {
    let first = hiddenGroup * HIDDEN_GROUP_VECTORS;
    let hidden = hiddenUnits(features, first);
    for (var group = 0u; group < COLOUR_GROUPS; group++) {
      let column = first + FIRST_LAYER_VECTORS + 1u + group * 4u;
      colours[group] += decoder[column] * hidden.x + decoder[column + 1u] * hidden.y +
        decoder[column + 2u] * hidden.z + decoder[column + 3u] * hidden.w;
    }
  }
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    colours[group] = colourFromLogit(colours[group]);
  }
  return colours;
}

// A sigmoid that reaches a little beyond [0, 1], as in Mip-NeRF.
fn colourFromLogit(logit: vec4f) -> vec4f {
  return 1.002 / (1.0 + exp(-logit)) - 0.001;
}
