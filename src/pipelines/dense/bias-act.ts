/** Bias, activation, gain and clamp on their own (StyleGAN2's bias_act); layers normally fuse this into their epilogue. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor } from '../../gpu/tensor';
import biasActShader from '../../shaders/dense/bias-act.wgsl';
import { sumRows } from '../reduction/sum-rows';
import { type ActivationOptions, activationSettings } from './activation';
import { activationGradient, needsActivationInput } from './activation-gradient';

const KERNEL = defineKernel(biasActShader);

/**
 * y = clamp(activate(x + bias) * gain).
 * @param input any shape; the last axis is C
 * @param bias [C]
 * @returns a tensor of the input's shape
 */
export function biasAct(plan: PlanBuilder, input: Tensor, bias: Tensor, options: ActivationOptions = {}): Tensor {
  const channels = input.shape[input.shape.length - 1]!;
  expectShape(bias, [channels], 'biasAct bias');
  const rows = elementCount(input.shape.slice(0, -1));
  const output = plan.scratch(`${input.label} activated`, input.shape);
  const { constants, params } = activationSettings(options);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, bias, output },
    params: { rows, channels, ...params },
    constants,
    workgroups: linearGrid((rows * input.stride) / 4),
  });
  plan.record({
    inputs: [input, bias],
    outputs: [output],
    backward: ([gradient], [, wantsBias]) => {
      const reference = needsActivationInput(options) ? biasAct(plan, input, bias) : output;
      const before = activationGradient(plan, gradient, reference, options);
      return [before, wantsBias && sumRows(plan, before)];
    },
  });
  return output;
}
