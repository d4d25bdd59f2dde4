/**
 * Parametric ReLU (He et al. 2015, equation 1): a leaky ReLU whose slope below 0 is learned, one for each channel. Used by perceptual networks
 * (issue 19). Their ReLU6 (Sandler et al. 2018) needs nothing of its own: it is the activation `relu` with gain 1 and clamp 6.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import preluShader from '../../shaders/dense/prelu/prelu.wgsl';
import slopeGradientShader from '../../shaders/dense/prelu/prelu-slope-gradient.wgsl';
import { sumRows } from '../reduction/sum-rows';

const KERNEL = defineKernel(preluShader);
const SLOPE_GRADIENT = defineKernel(slopeGradientShader);

/**
 * x where x is above 0, slope * x elsewhere; the gradient at 0 is that of below. Derivatives of any order exist.
 * @param input any shape; the last axis is C
 * @param slope [C]
 * @returns a tensor of the input's shape
 * @throws ShapeError
 */
export function prelu(plan: PlanBuilder, input: Tensor, slope: Tensor): Tensor {
  expectShape(slope, input.shape.slice(-1), 'prelu slope');
  return bentBy(plan, input, input, slope);
}

/** Numbers of `input` as they are where `reference` is above 0, times the slope elsewhere. The reference takes no part in gradients: it only decides. */
function bentBy(plan: PlanBuilder, reference: Tensor, input: Tensor, slope: Tensor): Tensor {
  const vectors = vectorCount(input);
  const output = plan.scratch(`${input.label} bent`, input.shape);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, reference, slope, output },
    params: { vectors, groups: slope.stride / 4 },
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [input, slope],
    outputs: [output],
    backward: ([gradient], [wantsInput, wantsSlope]) => [
      wantsInput && bentBy(plan, reference, gradient, slope),
      wantsSlope && sumRows(plan, productBelow(plan, reference, gradient, input)),
    ],
  });
  return output;
}

/** gradient * input where `reference` is 0 or less, 0 elsewhere. */
function productBelow(plan: PlanBuilder, reference: Tensor, gradient: Tensor, input: Tensor): Tensor {
  const vectors = vectorCount(input);
  const output = plan.scratch(`${input.label} below zero`, input.shape);
  plan.dispatch({
    kernel: SLOPE_GRADIENT,
    bindings: { gradient, input, reference, output },
    params: { vectors },
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [gradient, input],
    outputs: [output],
    backward: ([upstream], [wantsGradient, wantsInput]) => [
      wantsGradient && productBelow(plan, reference, upstream, input),
      wantsInput && productBelow(plan, reference, upstream, gradient),
    ],
  });
  return output;
}
