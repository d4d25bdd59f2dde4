/**
 * Fully connected layers: StyleGAN2's mapping network, embedding of labels, and the affine maps from w to styles; and networks that are asked at points in
 * space, which have kernels of their own for many rows (fully-connected-rows.ts).
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, padToFour, type Tensor, vectorCount } from '../../gpu/tensor';
import fullyConnectedShader from '../../shaders/dense/fully-connected.wgsl';
import inputGradientShader from '../../shaders/dense/fully-connected-input-gradient.wgsl';
import weightGradientShader from '../../shaders/dense/fully-connected-weight-gradient.wgsl';
import { sumRows } from '../reduction/sum-rows';
import { type ActivationOptions, activationSettings } from './activation';
import { activationGradient, needsActivationInput } from './activation-gradient';
import { denseRows, denseRowsWeightGradient, MANY_ROWS } from './fully-connected-rows';
import { type Arrangement, rearrange } from './rearrange';

const KERNEL = defineKernel(fullyConnectedShader);
const INPUT_GRADIENT = defineKernel(inputGradientShader);
const WEIGHT_GRADIENT = defineKernel(weightGradientShader);

export interface FullyConnectedWeights {
  /** [inFeatures rounded up to four, outFeatures] in the order of {@link inputsFirst}, times the run-time gain. */
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
  const { weight } = weights;
  const channels = weight.shape[1]!;
  expectShape(weight, [input.stride, channels], 'fullyConnected weight');
  const bias = weights.bias ?? plan.tensor('no bias', [channels]);
  expectShape(bias, [channels], 'fullyConnected bias');
  const output = hasManyRows(shape)
    ? denseRows(plan, input, weight, bias, options)
    : fewRows(plan, input, { weight, bias }, options, row);
  plan.record({
    inputs: [input, weight, bias],
    outputs: [output],
    backward: ([gradient], [wantsInput, wantsWeight, wantsBias]) => {
      const reference = needsActivationInput(options) ? fullyConnected(plan, input, { weight, bias }, { row }) : output;
      const before = activationGradient(plan, gradient, reference, options);
      return [
        wantsInput && fullyConnectedInputGradient(plan, before, weight, shape, row),
        wantsWeight && fullyConnectedWeightGradient(plan, input, before, row),
        wantsBias && sumRows(plan, before),
      ];
    },
  });
  return output;
}

function hasManyRows(shape: readonly number[]): boolean {
  return shape.length === 2 && shape[0]! >= MANY_ROWS;
}

/** As {@link fullyConnected}, and records nothing. */
function fewRows(
  plan: PlanBuilder,
  input: Tensor,
  { weight, bias }: { readonly weight: Tensor; readonly bias: Tensor },
  options: FullyConnectedOptions,
  row: number,
): Tensor {
  const batch = input.shape[0]!;
  const channels = weight.shape[1]!;
  const output = plan.scratch(`${weight.label} output`, [batch, channels]);
  const { constants, params } = activationSettings(options);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, weight, bias, output },
    params: {
      ...{ batch, inputRows: input.shape.length === 3 ? input.shape[1]! : 1, inputRow: row },
      ...{ inputGroups: input.stride / 4, channels, ...params },
    },
    constants,
    workgroups: linearGrid((batch * output.stride) / 4),
  });
  return output;
}

/**
 * The gradient with respect to the input of z = x W.
 * @param gradient [N, outFeatures], with respect to z
 * @param weight [inFeatures rounded up to four, outFeatures]
 * @param shape of the input
 * @param row that z was computed from, for an input [N, R, inFeatures]: the gradient of all others is zero
 */
function fullyConnectedInputGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  weight: Tensor,
  shape: readonly number[],
  row: number,
): Tensor {
  const output = hasManyRows(shape)
    ? denseRows(plan, gradient, transposed(plan, weight, shape[1]!), plan.tensor('no bias', [shape[1]!]))
    : inputGradientOfFewRows(plan, gradient, weight, shape, row);
  plan.record({
    inputs: [gradient, weight],
    outputs: [output],
    backward: ([upstream], [wantsGradient, wantsWeight]) => [
      wantsGradient && fullyConnected(plan, upstream, { weight }, { row }),
      wantsWeight && fullyConnectedWeightGradient(plan, upstream, gradient, row),
    ],
  });
  return output;
}

/** As {@link fullyConnectedInputGradient}, and records nothing. */
function inputGradientOfFewRows(
  plan: PlanBuilder,
  gradient: Tensor,
  weight: Tensor,
  shape: readonly number[],
  row: number,
): Tensor {
  const [batch, channels] = gradient.shape;
  const inputRows = shape.length === 3 ? shape[1]! : 1;
  const output = plan.scratch(`${weight.label} input gradient`, shape);
  plan.dispatch({
    kernel: INPUT_GRADIENT,
    bindings: { gradient, weight, output },
    params: {
      batch: batch!,
      inputRows,
      inputRow: row,
      inputChannels: shape[shape.length - 1]!,
      channels: channels!,
    },
    workgroups: linearGrid(vectorCount(output)),
  });
  return output;
}

/** [inFeatures rounded up to four, outFeatures] to [outFeatures rounded up to four, inFeatures]. */
function transposed(plan: PlanBuilder, weight: Tensor, inFeatures: number): Tensor {
  const outFeatures = weight.shape[1]!;
  return rearrange(plan, weight, {
    shape: [padToFour(outFeatures), inFeatures],
    axes: [
      { extent: outFeatures, from: 1, to: inFeatures },
      { extent: inFeatures, from: outFeatures, to: 1 },
    ],
  });
}

/**
 * The gradient with respect to the weights of z = x W.
 * @param input [N, inFeatures] or [N, R, inFeatures]
 * @param gradient [N, outFeatures], with respect to z
 * @param row of the input that z was computed from
 * @returns [inFeatures rounded up to four, outFeatures]
 */
function fullyConnectedWeightGradient(plan: PlanBuilder, input: Tensor, gradient: Tensor, row: number): Tensor {
  const { shape } = input;
  const output = hasManyRows(shape)
    ? denseRowsWeightGradient(plan, input, gradient)
    : weightGradientOfFewRows(plan, input, gradient, row);
  plan.record({
    inputs: [input, gradient],
    outputs: [output],
    backward: ([upstream], [wantsInput, wantsGradient]) => [
      wantsInput && fullyConnectedInputGradient(plan, gradient, upstream, shape, row),
      wantsGradient && fullyConnected(plan, input, { weight: upstream }, { row }),
    ],
  });
  return output;
}

/** As {@link fullyConnectedWeightGradient}, and records nothing. */
function weightGradientOfFewRows(plan: PlanBuilder, input: Tensor, gradient: Tensor, row: number): Tensor {
  const [batch, channels] = gradient.shape;
  const { shape } = input;
  const inputGroups = input.stride / 4;
  const output = plan.scratch(`${gradient.label} weight gradient`, [input.stride, channels!]);
  plan.dispatch({
    kernel: WEIGHT_GRADIENT,
    bindings: { input, gradient, output },
    params: {
      batch: batch!,
      inputRows: shape.length === 3 ? shape[1]! : 1,
      inputRow: row,
      inputGroups,
      channels: channels!,
    },
    workgroups: linearGrid((inputGroups * gradient.stride) / 4),
  });
  return output;
}
