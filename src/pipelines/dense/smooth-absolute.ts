/** Magnitudes of numbers, for losses that forgive what is far off (L1, and "smooth L1": Girshick 2015, "Fast R-CNN", equation 3). */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { type Tensor, vectorCount } from '../../gpu/tensor';
import smoothAbsoluteShader from '../../shaders/dense/smooth-absolute.wgsl';
import smoothAbsoluteGradientShader from '../../shaders/dense/smooth-absolute-gradient.wgsl';

const KERNEL = defineKernel(smoothAbsoluteShader);
const GRADIENT = defineKernel(smoothAbsoluteGradientShader);

/**
 * |x|, or where |x| is below beta the parabola x^2 / (2 beta) that meets |x| - beta / 2 there.
 * @param beta 0 for |x| itself, whose gradient at 0 is taken as 0
 */
export function smoothAbsolute(plan: PlanBuilder, input: Tensor, beta = 0): Tensor {
  const vectors = vectorCount(input);
  const output = plan.scratch(`${input.label} magnitude`, input.shape);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, output },
    params: { vectors, beta },
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [smoothAbsoluteGradient(plan, gradient, input, beta)],
  });
  return output;
}

/** Linear in the gradient. There is no second derivative with respect to the input: a NoGradientError tells who asks for it. */
function smoothAbsoluteGradient(plan: PlanBuilder, gradient: Tensor, input: Tensor, beta: number): Tensor {
  const vectors = vectorCount(input);
  const output = plan.scratch(`${input.label} slope`, input.shape);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { gradient, input, output },
    params: { vectors, beta },
    workgroups: linearGrid(vectors),
  });
  return output;
}
