/** Loads an equalised fully connected layer ("NAME.weight" [out, in], "NAME.bias" [out]) the way its kernel wants it. */
import type { PlanBuilder } from '../gpu/plan';
import { type FullyConnectedWeights, fullyConnectedGain, inputsFirst } from '../pipelines/dense/fully-connected';
import { unchanged } from '../pipelines/dense/rearrange';
import type { ParameterScope } from './parameters';

export interface DenseLayerOptions {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** Stored weights and biases act multiplied by it. Default: 1. */
  readonly lrMultiplier?: number;
  /** Factor on the whole linear map, folded into weights and bias. Default: 1. */
  readonly outputGain?: number;
}

/** @throws MissingTensorError, CheckpointTensorError */
export function denseLayer(
  plan: PlanBuilder,
  parameters: ParameterScope,
  name: string,
  options: DenseLayerOptions,
): FullyConnectedWeights {
  const { inFeatures, outFeatures, lrMultiplier = 1, outputGain = 1 } = options;
  const weight = parameters.arranged(plan, `${name}.weight for fullyConnected`, {
    name: `${name}.weight`,
    stored: [outFeatures, inFeatures],
    arrangement: inputsFirst(outFeatures, inFeatures),
    factor: fullyConnectedGain(inFeatures, lrMultiplier) * outputGain,
  });
  const bias = parameters.arranged(plan, `${name}.bias for fullyConnected`, {
    name: `${name}.bias`,
    stored: [outFeatures],
    arrangement: unchanged([outFeatures]),
    factor: lrMultiplier * outputGain,
  });
  return { weight, bias };
}
