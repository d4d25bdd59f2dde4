/** The way back through activation, gain and clamp, for all layers that end with them. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import activationCurvatureShader from '../../shaders/dense/activation-curvature.wgsl';
import activationGradientShader from '../../shaders/dense/activation-gradient.wgsl';
import activationGradientSumsShader from '../../shaders/dense/activation-gradient-sums.wgsl';
import { sumRows } from '../reduction/sum-rows';
import { type Activation, type ActivationOptions, activationSettings } from './activation';

const GRADIENT = defineKernel(activationGradientShader);
const GRADIENT_SUMS = defineKernel(activationGradientSumsShader);
const CURVATURE = defineKernel(activationCurvatureShader);

/** Rows that a thread adds up. */
const ROWS_PER_PIECE = 64;

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
  const { activation = 'linear' } = options;
  if (changesNothing(options)) return gradient;
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

function changesNothing({ activation = 'linear', gain = 1, clamp }: ActivationOptions): boolean {
  return activation === 'linear' && gain === 1 && clamp === undefined;
}

/**
 * The same with its sum over all axes but the last, the gradient of a bias, in one pass over both. It cannot be differentiated.
 * @param wantsSum without, the sum is undefined, and the pass the plain one
 */
export function activationGradientWithSum(
  plan: PlanBuilder,
  gradient: Tensor,
  reference: Tensor,
  options: ActivationOptions,
  wantsSum: boolean,
): { before: Tensor; sum: Tensor | undefined } {
  if (!wantsSum || changesNothing(options)) {
    const before = activationGradient(plan, gradient, reference, options);
    return { before, sum: wantsSum ? sumRows(plan, before) : undefined };
  }
  expectShape(gradient, reference.shape, 'activationGradient gradient');
  const { constants, params } = activationSettings(options);
  const vectors = vectorCount(gradient);
  const groups = gradient.stride / 4;
  const rows = vectors / groups;
  const pieces = Math.ceil(rows / ROWS_PER_PIECE);
  const before = plan.scratch(`${gradient.label} before ${options.activation}`, gradient.shape);
  const sums = plan.scratch(`${gradient.label} partial sums`, [pieces, gradient.shape[gradient.shape.length - 1]!]);
  plan.dispatch({
    kernel: GRADIENT_SUMS,
    bindings: { reference, gradient, output: before, sums },
    params: { vectors, ...params, rows, rowsPerPiece: ROWS_PER_PIECE, pieces, groups },
    constants,
    workgroups: linearGrid(pieces * groups),
  });
  return { before, sum: sumRows(plan, sums) };
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
