/** Loads an equalised fully connected layer ("NAME.weight" [out, in], "NAME.bias" [out]) the way its kernel wants it. */
import {
  type FullyConnectedWeights,
  fullyConnectedGain,
  preparedFullyConnectedShape,
  prepareFullyConnected,
} from '../pipelines/dense/fully-connected';
import type { WeightScope } from './weights';

export interface DenseLayerOptions {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Stored weights and biases act multiplied by it. Default: 1. */
  readonly lrMultiplier?: number;
  /** Factor on the whole linear map, folded into weights and bias. Default: 1. */
  readonly outputGain?: number;
}

/** @throws MissingTensorError, CheckpointTensorError */
export function denseLayer(weights: WeightScope, name: string, options: DenseLayerOptions): FullyConnectedWeights {
  const { inFeatures, outFeatures, lrMultiplier = 1, outputGain = 1 } = options;
  const weight = weights.derived(`${name}.weight for fullyConnected`, {
    label: `${name}.weight`,
    shape: preparedFullyConnectedShape(outFeatures, inFeatures),
    values: (floats) => {
      const stored = floats(`${name}.weight`, [outFeatures, inFeatures]);
      const gain = fullyConnectedGain(inFeatures, lrMultiplier) * outputGain;
      return prepareFullyConnected(stored, outFeatures, inFeatures, gain).values;
    },
  });
  const bias = weights.derived(`${name}.bias for fullyConnected`, {
    label: `${name}.bias`,
    shape: [outFeatures],
    values: (floats) => floats(`${name}.bias`, [outFeatures]).map((value) => value * lrMultiplier * outputGain),
  });
  return { weight, bias };
}
