// The decoder's parameters in the order in which the kernels read them (common/volume/decoder.wgsl), as they act: with their run-time gains, and
// hidden units in base 2. What `packDecoder` of pipelines/volume/decoder.ts does for parameters that stay as they are.
//
// Shapes    hiddenWeight [hidden, features]; hiddenBias [hidden]; outputWeight [1 + colours, hidden]; outputBias [1 + colours]; packed: matrices
//           of 4 x 4.
// Layout    parameters in single floats, in the file's order; packed vec4f, the columns of its matrices.
// Dispatch  one thread per column of a matrix (eachElement).
// Memory    none in the workgroup.
// Cost      one product and 8 bytes a number; the columns of what a point without features gets sum over all hidden units.

#include "common/each-element"
#param features, hidden, colours: u32
#param hiddenGain, biasGain, outputGain: f32 // of hiddenWeight, of both biases, of outputWeight
#read hiddenWeight, hiddenBias, outputWeight, outputBias: array<f32>
#write packed: array<vec4f>

const LN2 = 0.6931471805599453;

fn weightsOfFeature(unit: u32, feature: u32) -> vec4f {
  var numbers = vec4f(0);
  for (var row = 0u; row < 4u; row++) { numbers[row] = hiddenWeight[(unit + row) * params.features + feature]; }
  return numbers * params.hiddenGain / LN2;
}

fn biasesOfUnits(unit: u32) -> vec4f {
  let biases = vec4f(hiddenBias[unit], hiddenBias[unit + 1u], hiddenBias[unit + 2u], hiddenBias[unit + 3u]);
  return biases * params.biasGain / LN2;
}

fn densityWeights(unit: u32) -> vec4f {
  let weights = vec4f(outputWeight[unit], outputWeight[unit + 1u], outputWeight[unit + 2u], outputWeight[unit + 3u]);
  return weights * params.outputGain * LN2;
}

fn weightsOfUnit(output: u32, unit: u32) -> vec4f {
  var numbers = vec4f(0);
  for (var row = 0u; row < 4u; row++) { numbers[row] = outputWeight[(output + row) * params.hidden + unit]; }
  return numbers * params.outputGain * LN2;
}

fn bias(output: u32) -> f32 {
  return outputBias[output] * params.biasGain;
}

// An output where all features are zero.
fn ofNothing(output: u32) -> f32 {
  var sum = bias(output);
  for (var unit = 0u; unit < params.hidden; unit++) {
    let x = hiddenBias[unit] * params.biasGain;
    let softplus = max(x, 0.0) + log(1.0 + exp(-abs(x)));
    sum += softplus * outputWeight[output * params.hidden + unit] * params.outputGain;
  }
  return sum;
}

// A column of the matrix numbered `part` among those of four hidden units.
fn columnOfUnits(unit: u32, part: u32, column: u32) -> vec4f {
  let featureGroups = params.features / 4u;
  if (part < featureGroups) { return weightsOfFeature(unit, part * 4u + column); }
  if (part > featureGroups) { return weightsOfUnit(1u + (part - featureGroups - 1u) * 4u, unit + column); }
  if (column == 0u) { return biasesOfUnits(unit); }
  if (column == 1u) { return densityWeights(unit); }
  return vec4f(0);
}

// The same among those behind all hidden units.
fn columnOfOutputs(part: u32, column: u32) -> vec4f {
  if (part == 0u) {
    if (column > 0u) { return vec4f(0); }
    return vec4f(bias(0u), ofNothing(0u), 0.0, 0.0);
  }
  let output = 1u + (part - 1u) * 4u;
  if (column == 0u) { return vec4f(bias(output), bias(output + 1u), bias(output + 2u), bias(output + 3u)); }
  if (column == 1u) {
    return vec4f(ofNothing(output), ofNothing(output + 1u), ofNothing(output + 2u), ofNothing(output + 3u));
  }
  return vec4f(0);
}

fn element(index: u32) {
  let colourGroups = params.colours / 4u;
  let partsOfUnits = params.features / 4u + 1u + colourGroups;
  let outputs = params.hidden / 4u * partsOfUnits; // the first matrix behind all hidden units
  let matrix = index / 4u;
  let column = index % 4u;
  if (matrix > outputs + colourGroups) { return; }
  if (matrix < outputs) {
    packed[index] = columnOfUnits(matrix / partsOfUnits * 4u, matrix % partsOfUnits, column);
  } else {
    packed[index] = columnOfOutputs(matrix - outputs, column);
  }
}
