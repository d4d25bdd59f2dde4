/**
 * The fully connected network behind a scene's features: the "MLP of four layers of 128 hidden units each" of EG3D's section 3 behind tri-planes and
 * voxels, and the eight of 256 of Mip-NeRF. In the file it is a row of layers, "fc0.weight" [out, in] and "fc0.bias" [out] and so on, then "out", as
 * PyTorch's nn.Linear has them; weights are used as they are stored.
 */
import type { WritableTensor } from '../../checkpoints/safetensors';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import { type FullyConnectedWeights, fullyConnected, inputsFirst } from '../../pipelines/dense/fully-connected';
import { unchanged } from '../../pipelines/dense/rearrange';
import { concatenate } from '../../pipelines/dense/window';
import type { DrawSource } from '../draws';

/** Red, green, blue and density. */
export const FIELD_OUTPUTS = 4;

export interface NetworkSettings {
  /** Hidden layers. */
  readonly layers: number;
  /** Units of each. */
  readonly width: number;
  /** The hidden layer whose input has the network's input once more beside it (NeRF's "skip", its fifth of eight: 4). Default: none. */
  readonly skip?: number | undefined;
}

interface LayerExtents {
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

function layersOf(inputs: number, { layers, width, skip }: NetworkSettings): LayerExtents[] {
  const hidden = Array.from({ length: layers }, (_, layer) => ({
    name: `fc${layer}`,
    inFeatures: layer === 0 ? inputs : width + (layer === skip ? inputs : 0),
    outFeatures: width,
  }));
  return [...hidden, { name: 'out', inFeatures: layers === 0 ? inputs : width, outFeatures: FIELD_OUTPUTS }];
}

/**
 * Weights after He et al. (2015), normal with variance 2 / inputs, for ReLU keeps their second moment then; biases are 0. The last layer begins at a tenth
 * of that: a grey fog, the same everywhere.
 * @param prefix of the names, with its final dot
 */
export function initialNetwork(
  prefix: string,
  inputs: number,
  settings: NetworkSettings,
  source: DrawSource,
): WritableTensor[] {
  return layersOf(inputs, settings).flatMap(({ name, inFeatures, outFeatures }) => {
    const shape = [outFeatures, inFeatures];
    const deviation = Math.sqrt(2 / inFeatures) * (name === 'out' ? 0.1 : 1);
    const weight = Float32Array.from(source.randn(elementCount(shape)), (value) => value * deviation);
    return [
      { name: `${prefix}${name}.weight`, shape, data: weight },
      { name: `${prefix}${name}.bias`, shape: [outFeatures], data: new Float32Array(outFeatures) },
    ];
  });
}

/**
 * @param parameters of the network alone
 * @param input [M, inputs]
 * @returns [M, 4], linear
 */
export function wireNetwork(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: Tensor,
  settings: NetworkSettings,
): Tensor {
  let rows = input;
  for (const [at, { name, inFeatures, outFeatures }] of layersOf(input.shape[1]!, settings).entries()) {
    if (at > 0 && at === settings.skip) rows = concatenate(plan, [rows, input], 1);
    const weights = layerWeights(plan, parameters, name, outFeatures, inFeatures);
    rows = fullyConnected(plan, rows, weights, at < settings.layers ? { activation: 'relu', gain: 1 } : {});
  }
  return rows;
}

function layerWeights(
  plan: PlanBuilder,
  parameters: ParameterScope,
  name: string,
  outFeatures: number,
  inFeatures: number,
): FullyConnectedWeights {
  return {
    weight: parameters.arranged(plan, `${name}.weight for fullyConnected`, {
      name: `${name}.weight`,
      stored: [outFeatures, inFeatures],
      arrangement: inputsFirst(outFeatures, inFeatures),
    }),
    bias: parameters.arranged(plan, `${name}.bias for fullyConnected`, {
      name: `${name}.bias`,
      stored: [outFeatures],
      arrangement: unchanged([outFeatures]),
    }),
  };
}
