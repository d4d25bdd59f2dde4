/**
 * The fully connected network behind a scene's features: the "MLP of four layers of 128 hidden units each" of EG3D's section 3 behind tri-planes and
 * voxels, and the eight of 256 of Mip-NeRF. In the file it is a row of layers, "fc0.weight" [out, in] and "fc0.bias" [out] and so on, then "out", as
 * PyTorch's nn.Linear has them; weights are used as they are stored.
 */
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, padToFour, reshaped, type Tensor } from '../../gpu/tensor';
import { NumpyRandomState } from '../../models/numpy-random';
import type { ParameterScope } from '../../models/parameters';
import type { ActivationOptions } from '../../pipelines/dense/activation';
import { fullyConnected, inputsFirst } from '../../pipelines/dense/fully-connected';
import { concatenate } from '../../pipelines/dense/window';
import { fourierEncoding } from '../../pipelines/encoding/fourier-encoding';
import type { FieldTensor } from './scene-field';

/** Red, green, blue and density. */
const FIELD_OUTPUTS = 4;

export interface NetworkSettings {
  /** Hidden layers. */
  readonly layers: number;
  /** Units of each. */
  readonly width: number;
  /**
   * The hidden layer, counted from 0, whose input has the network's input once more beside it: NeRF "concatenates this input to the fifth layer's
   * activation", so there it is the sixth of eight, 5. Default: none.
   */
  readonly skip?: number | undefined;
  /** Fourier features beside what goes in. Default: none */
  readonly encoding?: PlaceEncoding | undefined;
}

/**
 * Sines and cosines of 2 pi B x beside the features, x being the place in the box (Tancik et al. 2020, who EG3D's section 3 refers to; it does not say what
 * is encoded). Waves of the features themselves do as well with low frequencies, and slow learning down with higher ones. B is never learnt and in no file: it is numpy's
 * `RandomState(seed).randn(3, frequencies) * deviation`.
 */
export interface PlaceEncoding {
  /** How many: a multiple of four. */
  readonly frequencies: number;
  /** Of the frequencies, in cycles per unit of length. */
  readonly deviation: number;
  readonly seed: number;
}

export interface LayerExtents {
  /** As in the file, without what follows the dot: "fc0". */
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Whether density or colours leave the field here: nothing is activated, and weights begin small. Default: false */
  readonly isOutput?: boolean;
}

/** The hidden layers, from the first on. */
export function hiddenLayers(inputs: number, { layers, width, skip }: NetworkSettings): LayerExtents[] {
  return Array.from({ length: layers }, (_, layer) => ({
    name: `fc${layer}`,
    inFeatures: layer === 0 ? inputs : width + (layer === skip ? inputs : 0),
    outFeatures: width,
  }));
}

function outputLayer(inputs: number, { layers, width }: NetworkSettings): LayerExtents {
  return { name: 'out', inFeatures: layers === 0 ? inputs : width, outFeatures: FIELD_OUTPUTS, isOutput: true };
}

/** @param prefix of the names, with its final dot */
export function networkTensors(prefix: string, features: number, settings: NetworkSettings): FieldTensor[] {
  const inputs = features + 2 * (settings.encoding?.frequencies ?? 0);
  return layerTensors(prefix, [...hiddenLayers(inputs, settings), outputLayer(inputs, settings)]);
}

/**
 * Weights after He et al. (2015), normal with variance 2 / inputs, for ReLU keeps their second moment then; biases are 0. Layers of outputs begin at a tenth
 * of that: a grey fog, the same everywhere.
 * @param prefix of the names, with its final dot
 */
export function layerTensors(prefix: string, layers: readonly LayerExtents[]): FieldTensor[] {
  return layers.flatMap(({ name, inFeatures, outFeatures, isOutput }) => {
    const deviation = Math.sqrt(2 / inFeatures) * (isOutput ? 0.1 : 1);
    return [
      { name: `${prefix}${name}.weight`, shape: [outFeatures, inFeatures], deviation, isGrid: false },
      { name: `${prefix}${name}.bias`, shape: [outFeatures], deviation: 0, isGrid: false },
    ];
  });
}

/**
 * @param parameters of the network alone
 * @param features [M, C]
 * @param points [1, M, 3]: where they are, for settings with an encoding
 * @returns [M, 4], linear
 */
export function wireNetwork(
  plan: PlanBuilder,
  parameters: ParameterScope,
  features: Tensor,
  points: Tensor,
  settings: NetworkSettings,
): Tensor {
  const input = settings.encoding
    ? concatenate(plan, [features, wavesOfPlaces(plan, points, settings.encoding)], 1)
    : features;
  const hidden = wireHidden(plan, parameters, input, settings);
  return wireLayer(plan, parameters, hidden, outputLayer(input.shape[1]!, settings));
}

/** @param points [1, M, 3] @returns [M, 2 frequencies]: sines, then cosines */
function wavesOfPlaces(plan: PlanBuilder, points: Tensor, { frequencies, deviation, seed }: PlaceEncoding): Tensor {
  const drawn = new NumpyRandomState(seed).randn(3 * frequencies);
  const shape = [padToFour(3), frequencies];
  const values = Float32Array.from({ length: elementCount(shape) }, (_, at) => deviation * (drawn[at] ?? 0));
  const rows = reshaped(points, points.shape.slice(1));
  return fourierEncoding(plan, rows, plan.constant('frequencies of places', shape, values));
}

/**
 * The hidden layers alone.
 * @param input [M, inputs]
 * @returns [M, width], after ReLU
 */
export function wireHidden(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: Tensor,
  settings: NetworkSettings,
): Tensor {
  let rows = input;
  for (const [at, layer] of hiddenLayers(input.shape[1]!, settings).entries()) {
    if (at > 0 && at === settings.skip) rows = concatenate(plan, [rows, input], 1);
    rows = wireLayer(plan, parameters, rows, layer, { activation: 'relu', gain: 1 });
  }
  return rows;
}

/** @param input [M, inFeatures] @param activation default: none @returns [M, outFeatures] */
export function wireLayer(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: Tensor,
  { name, inFeatures, outFeatures }: LayerExtents,
  activation: ActivationOptions = {},
): Tensor {
  const weight = parameters.arranged(plan, `${name}.weight for fullyConnected`, {
    name: `${name}.weight`,
    stored: [outFeatures, inFeatures],
    arrangement: inputsFirst(outFeatures, inFeatures),
  });
  return fullyConnected(
    plan,
    input,
    { weight, bias: parameters.tensor(plan, `${name}.bias`, [outFeatures]) },
    activation,
  );
}
