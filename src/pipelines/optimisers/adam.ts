/** Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015), with the arithmetic of torch.optim.Adam. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import adamShader from '../../shaders/optimisers/adam.wgsl';
import adamClocksShader from '../../shaders/optimisers/adam-clocks.wgsl';

const UPDATE = defineKernel(adamShader);
const CLOCKS = defineKernel(adamClocksShader);

/** Numbers that a parameter's clock has: updates so far, 1 - beta1^updates, 1 - beta2^updates. */
export const CLOCK_NUMBERS = 3;

/** What Adam is set to. */
export interface AdamSettings {
  /** Decay of the two moving averages, of gradients and of their squares: 0 to 1, without 1. */
  readonly betas: readonly [number, number];
  /** Added to the deviation, so that it is never 0. */
  readonly epsilon: number;
}

/** A parameter, and what Adam remembers of it: all of the parameter's shape, zeros at the beginning. */
export interface AdamParameter {
  readonly weights: Tensor;
  readonly mean: Tensor;
  readonly square: Tensor;
}

/**
 * Advances the clocks of those parameters that have a gradient. To be called before {@link adamUpdate}.
 * @param clocks [parameters, 3], zeros at the beginning
 * @param hasGradient for each parameter
 * @param verdict from `gradientVerdict`
 * @throws ShapeError
 */
export function advanceClocks(
  plan: PlanBuilder,
  clocks: Tensor,
  hasGradient: readonly boolean[],
  verdict: Tensor,
  settings: AdamSettings,
): void {
  const parameters = hasGradient.length;
  expectShape(clocks, [parameters, CLOCK_NUMBERS], 'advanceClocks clocks');
  const advances = plan.constant('advancing clocks', [parameters], hasGradient.map(Number));
  plan.dispatch({
    kernel: CLOCKS,
    bindings: { advances, verdict, clocks },
    params: { parameters, ...decays(settings) },
    workgroups: linearGrid(parameters),
  });
}

/**
 * Moves a parameter against its gradient, in place. As the update of any weight it is taken as given by the tape.
 * @param gradient of the parameter's shape
 * @param clocks that {@link advanceClocks} has advanced
 * @param row of the clocks that belongs to this parameter
 * @param rate the learning rate; a tensor of one number if it follows a schedule
 * @throws ShapeError
 */
export function adamUpdate(
  plan: PlanBuilder,
  { weights, mean, square }: AdamParameter,
  gradient: Tensor,
  { clocks, row, verdict }: { readonly clocks: Tensor; readonly row: number; readonly verdict: Tensor },
  rate: number | Tensor,
  settings: AdamSettings,
): void {
  for (const tensor of [mean, square, gradient]) expectShape(tensor, weights.shape, 'adamUpdate');
  const vectors = vectorCount(weights);
  plan.dispatch({
    kernel: UPDATE,
    bindings: { gradient, clocks, verdict, mean, square, weights },
    params: { vectors, parameter: row, rate, epsilon: settings.epsilon, ...decays(settings) },
    workgroups: linearGrid(vectors),
  });
  plan.record({ inputs: [], outputs: [weights], backward: () => [] });
}

/** Betas, and what they leave, which f32 would know to few digits as 1 minus a number near 1. */
function decays({ betas: [beta1, beta2] }: AdamSettings) {
  return { beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2 };
}
