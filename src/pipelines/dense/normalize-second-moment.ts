/** Scaling of latent codes and embedded labels to unit second moment, before the mapping network (StyleGAN2). */
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import normalizeSecondMomentShader from '../../shaders/dense/normalize-second-moment.wgsl';

const KERNEL = defineKernel(normalizeSecondMomentShader);

/**
 * y = x / sqrt(mean(x^2) + 1e-8) for every row, written into `column` and the following columns of `output`.
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
