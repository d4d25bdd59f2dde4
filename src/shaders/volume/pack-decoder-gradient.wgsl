// The way back through pack-decoder.wgsl: gradients of what is packed to those of the parameters as the file has them. What the decoder makes of no
// features at all is packed, too, but has no gradient of its own.
//
// Shapes    packed, the gradient of a packed decoder (common/volume/decoder.wgsl), as floats; hiddenWeight [hidden * features], hiddenBias [hidden],
//           outputWeight [(1 + colours) * hidden], outputBias [1 + colours]: gradients in the file's order
// Dispatch  one thread per vec4f of all four together, 64 per workgroup (each-element)
// Cost      8 bytes a parameter

#include "common/each-element"
#param features, hidden, colours: u32 // numbers of them
#param hiddenGain, biasGain, outputGain: f32
#read packed: array<f32>
#write hiddenWeight, hiddenBias, outputWeight, outputBias: array<vec4f>

const MATRIX = 16u;
const LN_2 = 0.6931471805599453;

// Where the matrices of four hidden units begin.
fn hiddenGroup(unit: u32) -> u32 {
  return unit / 4u * (params.features / 4u + 1u + params.colours / 4u) * MATRIX;
}

fn ofHiddenWeight(index: u32) -> f32 {
  let unit = index / params.features;
  let feature = index % params.features;
  return packed[hiddenGroup(unit) + feature / 4u * MATRIX + feature % 4u * 4u + unit % 4u] * params.hiddenGain / LN_2;
}

fn ofHiddenBias(unit: u32) -> f32 {
  return packed[hiddenGroup(unit) + params.features / 4u * MATRIX + unit % 4u] * params.biasGain / LN_2;
}

fn ofOutputWeight(index: u32) -> f32 {
  let output = index / params.hidden;
  let unit = index % params.hidden;
  let biases = hiddenGroup(unit) + params.features / 4u * MATRIX;
  if (output == 0u) { return packed[biases + 4u + unit % 4u] * params.outputGain * LN_2; }
  let colour = output - 1u;
  return packed[biases + (1u + colour / 4u) * MATRIX + unit % 4u * 4u + colour % 4u] * params.outputGain * LN_2;
}

fn ofOutputBias(output: u32) -> f32 {
  let first = hiddenGroup(params.hidden);
  if (output == 0u) { return packed[first] * params.biasGain; }
  let colour = output - 1u;
  return packed[first + (1u + colour / 4u) * MATRIX + colour % 4u] * params.biasGain;
}

fn element(index: u32) {
  let hiddenWeights = params.hidden * params.features / 4u;
  let hiddenBiases = params.hidden / 4u;
  let outputWeights = (1u + params.colours) * params.hidden / 4u;
  var at = index;
  if (at < hiddenWeights) {
    let first = 4u * at;
    hiddenWeight[at] = vec4f(ofHiddenWeight(first), ofHiddenWeight(first + 1u), ofHiddenWeight(first + 2u), ofHiddenWeight(first + 3u));
    return;
  }
  at -= hiddenWeights;
  if (at < hiddenBiases) {
    let first = 4u * at;
    hiddenBias[at] = vec4f(ofHiddenBias(first), ofHiddenBias(first + 1u), ofHiddenBias(first + 2u), ofHiddenBias(first + 3u));
    return;
  }
  at -= hiddenBiases;
  if (at < outputWeights) {
    let first = 4u * at;
    outputWeight[at] = vec4f(ofOutputWeight(first), ofOutputWeight(first + 1u), ofOutputWeight(first + 2u), ofOutputWeight(first + 3u));
    return;
  }
  at -= outputWeights;
  if (at > params.colours / 4u) { return; }
  var biases = vec4f(0);
  for (var lane = 0u; lane < 4u && 4u * at + lane <= params.colours; lane++) { biases[lane] = ofOutputBias(4u * at + lane); }
  outputBias[at] = biases;
}
