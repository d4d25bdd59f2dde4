// The decoder (EG3D section 4.2): features -> fully connected, softplus -> fully connected -> density and colour features.
// Output 0 is the density before softplus ("sigma", unbounded), the others become colours in (-0.001, 1.001).
//
// Hidden units are in base 2 (softplus-base2.wgsl): the weights before them are divided by ln 2 when they are packed, those behind multiplied.
//
// Layout    mat4x4f as `packDecoder` of pipelines/volume/decoder.ts makes them; a matrix is the cheapest thing to load, and one product of matrices
//           serves four points. For each group of four hidden units: FEATURE_GROUPS matrices of the first layer (rows: units, columns: features) |
//           one of (bias, sigma's weights, 0, 0) | COLOUR_GROUPS of the second layer (rows: colours, columns: units). After all groups one of
//           ((sigma's bias, sigma where all features are zero, 0, 0), 0, 0, 0) | COLOUR_GROUPS of (bias, colour before the sigmoid where all
//           features are zero, 0, 0)
// Cost      32-64-33: 8.4 kFLOP a point (density alone: 4.2 k) and 64 exponentials and logarithms

#include "common/volume/softplus-base2"
#const COLOUR_GROUPS
#const FEATURE_GROUPS
#const HIDDEN_GROUPS
#read decoder: array<mat4x4f, DECODER_MATRICES>

const HIDDEN_GROUP_MATRICES = FEATURE_GROUPS + 1u + COLOUR_GROUPS;
const OUTPUT_BIAS = HIDDEN_GROUPS * HIDDEN_GROUP_MATRICES;
const DECODER_MATRICES = OUTPUT_BIAS + 1u + COLOUR_GROUPS;

alias PointFeatures = array<vec4f, FEATURE_GROUPS>;
alias PointColours = array<vec4f, COLOUR_GROUPS>;

fn hiddenUnits(features: ptr<function, PointFeatures>, first: u32) -> vec4f {
  var sum = decoder[first + FEATURE_GROUPS][0];
  for (var group = 0u; group < FEATURE_GROUPS; group++) { sum += decoder[first + group] * (*features)[group]; }
  return softplusBase2(sum);
}

fn decodeSigma(features: ptr<function, PointFeatures>) -> f32 {
  var sigma = decoder[OUTPUT_BIAS][0].x;
  for (var group = 0u; group < HIDDEN_GROUPS; group++) {
    let first = group * HIDDEN_GROUP_MATRICES;
    sigma += dot(decoder[first + FEATURE_GROUPS][1], hiddenUnits(features, first));
  }
  return sigma;
}

fn decodeColours(features: ptr<function, PointFeatures>) -> PointColours {
  var colours: PointColours;
  for (var group = 0u; group < COLOUR_GROUPS; group++) {
    colours[group] = decoder[OUTPUT_BIAS + 1u + group][0];
  }
  for (var hiddenGroup = 0u; hiddenGroup < HIDDEN_GROUPS; hiddenGroup++) {
    let first = hiddenGroup * HIDDEN_GROUP_MATRICES;
    let hidden = hiddenUnits(features, first);
    for (var group = 0u; group < COLOUR_GROUPS; group++) {
      colours[group] += decoder[first + FEATURE_GROUPS + 1u + group] * hidden;
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
