/** Fully connected layers of StyleGAN2: mapping network, embedding of labels, and the affine maps from w to styles. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, padToFour, type Tensor } from '../../gpu/tensor';
import fullyConnectedShader from '../../shaders/dense/fully-connected.wgsl';
import { type ActivationOptions, activationSettings } from './activation';
import { type Arrangement, arranged, type PreparedArray } from './rearrange';

const KERNEL = defineKernel(fullyConnectedShader);

export interface FullyConnectedWeights {
  /** [inFeatures rounded up to four, outFeatures] as {@link prepareFullyConnected} makes it. */
  readonly weight: Tensor;
  /** [outFeatures]; none if absent. */
  readonly bias?: Tensor | undefined;
}

export interface FullyConnectedOptions extends ActivationOptions {
  /** For an input [N, R, inFeatures]: which of the R rows of each sample to use. Default: 0. */
  readonly row?: number | undefined;
}

/** [outFeatures, inFeatures] to [inFeatures rounded up to four, outFeatures]: a layer's matrix transposed for the kernel. */
export function inputsFirst(outFeatures: number, inFeatures: number): Arrangement {
  return {
    shape: [padToFour(inFeatures), outFeatures],
    axes: [
      { extent: inFeatures, from: 1, to: outFeatures },
      { extent: outFeatures, from: inFeatures, to: 1 },
    ],
  };
}

/**
 * A layer's matrix with its {@link inputsFirst}, with its run-time gain folded in.
 * @param values [outFeatures, inFeatures]
 * @param gain factor on all values; for an equalised layer `fullyConnectedGain`
 */
export function prepareFullyConnected(
  values: ArrayLike<number>,
  outFeatures: number,
  inFeatures: number,
  gain: number,
): PreparedArray {
  return arranged(values, inputsFirst(outFeatures, inFeatures), gain);
}

/** The factor that acts on stored weights of an equalised layer (StyleGAN, appendix C): lrMultiplier / sqrt(inFeatures). */
export function fullyConnectedGain(inFeatures: number, lrMultiplier = 1): number {
  return lrMultiplier / Math.sqrt(inFeatures);
}

/**
 * y = clamp(activate(x W + bias) * gain).
 * @param input [N, inFeatures] or [N, R, inFeatures]
 * @returns [N, outFeatures]
 * @throws ShapeError
 */
export function fullyConnected(
  plan: PlanBuilder,
  input: Tensor,
  weights: FullyConnectedWeights,
  options: FullyConnectedOptions = {},
): Tensor {
  const { shape } = input;
  const row = options.row ?? 0;
  if (shape.length !== 2 && shape.length !== 3) {
    throw new ShapeError(`fullyConnected: "${input.label}" is [${shape}], expected [N, C] or [N, R, C]`);
  }
  const inputRows = shape.length === 3 ? shape[1]! : 1;
  if (row < 0 || row >= inputRows) {
    throw new ShapeError(`fullyConnected: row ${row} of "${input.label}" [${shape}], which has ${inputRows}`);
  }
  const channels = weights.weight.shape[1]!;
  expectShape(weights.weight, [input.stride, channels], 'fullyConnected weight');
  const bias = weights.bias ?? plan.tensor('no bias', [channels]);
  expectShape(bias, [channels], 'fullyConnected bias');
  const batch = shape[0]!;
  const output = plan.scratch(`${weights.weight.label} output`, [batch, channels]);
  const { constants, params } = activationSettings(options);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, weight: weights.weight, bias, output },
    params: { batch, inputRows, inputRow: row, inputGroups: input.stride / 4, channels, ...params },
    constants,
    workgroups: linearGrid((batch * output.stride) / 4),
  });
  return output;
}
