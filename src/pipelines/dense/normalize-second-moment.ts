/** Scaling of latent codes and embedded labels to unit second moment, before the mapping network (StyleGAN2). */

import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import normalizeSecondMomentShader from '../../shaders/dense/normalize-second-moment.wgsl';
import { repeatColumns, sumColumns } from '../reduction/sum-columns';
import { inverseSquareRoot } from './half-power';
import { multiply, scaled } from './multiply';

const KERNEL = defineKernel(normalizeSecondMomentShader);

/** Within the root. */
const EPSILON = 1e-8;

/**
 * y = x / sqrt(mean(x^2) + 1e-8) for every row, as an operation with a gradient: for training.
 * @param input [..., C]
 * @returns a tensor of the input's shape
 */
export function normalizeSecondMoment(plan: PlanBuilder, input: Tensor): Tensor {
  const channels = input.shape[input.shape.length - 1]!;
  const meanSquare = scaled(plan, sumColumns(plan, multiply(plan, input, input)), 1 / channels);
  return multiply(plan, input, repeatColumns(plan, inverseSquareRoot(plan, meanSquare, EPSILON), channels));
}

/**
 * The same in one dispatch, written into `column` and the following columns of `output`: for inference, since no gradient flows through a tensor
 * that is written in part.
 * @param input [N, C]
 * @param output [N, D] with column + C <= D
 * @throws ShapeError
 */
export function normalizeSecondMomentInto(plan: PlanBuilder, input: Tensor, output: Tensor, column: number): void {
  const [rows, channels] = input.shape;
  const [outputRows, columns] = output.shape;
  if (input.shape.length !== 2 || output.shape.length !== 2 || rows !== outputRows || column + channels! > columns!) {
    throw new ShapeError(
      `normalizeSecondMoment: "${input.label}" [${input.shape}] does not fit column ${column} of [${output.shape}]`,
    );
  }
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, output },
    params: { channels: channels!, inputStride: input.stride, outputStride: output.stride, column },
    workgroups: [rows!],
  });
}
