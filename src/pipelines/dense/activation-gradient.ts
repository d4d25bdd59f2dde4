/** The way back through activation, gain and clamp, for all layers that end with them. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import activationCurvatureShader from '../../shaders/dense/activation-curvature.wgsl';
import activationGradientShader from '../../shaders/dense/activation-gradient.wgsl';
import { type Activation, type ActivationOptions, activationSettings } from './activation';

const GRADIENT = defineKernel(activationGradientShader);
const CURVATURE = defineKernel(activationCurvatureShader);

/** Piecewise linear: their slope does not change with what goes in. */
const STRAIGHT: readonly Activation[] = ['linear', 'relu', 'lrelu'];

/** Whether the gradient of an activation is told from what went into it, and not from what came out. */
export function needsActivationInput({ activation }: ActivationOptions): boolean {
  return activation === 'swish';
}

/**
 * The gradient with respect to x, for y = clamp(activate(x) * gain).
 * @param gradient with respect to y
 * @param reference y, so that x need not be kept; x where {@link needsActivationInput}
 * @param options those with which y was computed; a gain other than 0, and an alpha of 0 or more
 * @returns a tensor of the gradient's shape; the gradient itself where nothing changes
 * @throws ShapeError
 */
export function activationGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  reference: Tensor,
  options: ActivationOptions,
): Tensor {
  expectShape(gradient, reference.shape, 'activationGradient gradient');
  const { activation = 'linear', gain, clamp } = options;
  if (activation === 'linear' && (gain ?? 1) === 1 && clamp === undefined) return gradient;
  const { constants, params } = activationSettings(options);
  const vectors = vectorCount(gradient);
  const output = plan.scratch(`${gradient.label} before ${activation}`, gradient.shape);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { reference, gradient, output },
    params: { vectors, ...params },
    constants,
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [gradient, reference],
    outputs: [output],
    backward: ([upstream], [wantsGradient, wantsReference]) => [
      wantsGradient && activationGradient(plan, upstream, reference, options),
      wantsReference && !STRAIGHT.includes(activation) && curvature(plan, upstream, gradient, reference, options),
    ],
  });
  return output;
}

/** The gradient of {@link activationGradient} with respect to its reference. It cannot be differentiated any further. */
function curvature(
  plan: PlanBuilder,
  upstream: Tensor,
  gradient: Tensor,
  reference: Tensor,
  options: ActivationOptions,
): Tensor {
  const { constants, params } = activationSettings(options);
  const vectors = vectorCount(gradient);
  const output = plan.scratch(`${reference.label} curvature`, reference.shape);
  plan.dispatch({
    kernel: CURVATURE,
    bindings: { reference, upstream, gradient, output },
    params: { vectors, ...params },
    constants,
    workgroups: linearGrid(vectors),
  });
  return output;
}
