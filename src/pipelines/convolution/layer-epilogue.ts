/** What every convolution layer of StyleGAN2 adds to its sum: noise, bias, activation, gain, clamp; fused into the kernel that writes. */
import { ShapeError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import type { StorageFormat } from '../../gpu/tensor-host';
import { type ActivationOptions, activationSettings } from '../dense/activation';

/** One plane of noise for all channels. */
export interface LayerNoise {
  /** [1, H, W], shared by the batch, or [N, H, W]. */
  readonly values: Tensor;
  /** The layer's learned factor: a number, or [1] where it is trained. */
  readonly strength: number | Tensor;
}

export interface LayerEpilogue extends ActivationOptions {
  /** [outChannels]; none if absent. */
  readonly bias?: Tensor | undefined;
  readonly noise?: LayerNoise | undefined;
  /** How the result is stored. Default: 'f32'. */
  readonly format?: StorageFormat | undefined;
}

/** Bindings, params and constants of a kernel with common/convolution/layer-output.wgsl. @throws ShapeError */
export function layerEpilogueSettings(
  plan: PlanBuilder,
  epilogue: LayerEpilogue,
  output: { batch: number; height: number; width: number; channels: number },
) {
  const { batch, height, width, channels } = output;
  const bias = epilogue.bias ?? plan.tensor('no bias', [channels]);
  expectShape(bias, [channels], 'layer bias');
  const noise = epilogue.noise?.values;
  if (noise) {
    const samples = noise.shape[0]!;
    expectShape(noise, [samples, height, width], 'layer noise');
    if (samples !== 1 && samples !== batch) {
      throw new ShapeError(`layer noise: "${noise.label}" is for ${samples} samples, the layer has ${batch}`);
    }
  }
  const { constants, params } = activationSettings(epilogue);
  return {
    // An unused binding must still be bound: the bias stands in for absent noise.
    bindings: { bias, noise: noise ?? bias },
    params: {
      ...params,
      noiseStride: noise?.stride ?? 0,
      noiseBatchStride: noise && noise.shape[0] !== 1 ? noise.stride * height : 0,
      noiseStrength: epilogue.noise?.strength ?? 0,
    },
    constants,
  };
}
