/**
 * Losses: one number each, as a tensor [1], made of operations that know their gradients. Sums are trees in an order that depends on shapes only,
 * so that a step gives the same bits each time.
 */
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import { subtract } from '../dense/add';
import { biasAct } from '../dense/bias-act';
import { inverseSquareRoot } from '../dense/half-power';
import { multiply, scaled } from '../dense/multiply';
import { smoothAbsolute } from '../dense/smooth-absolute';
import { mean, sumColumns, total } from './sum-columns';

/**
 * The mean of |a - b|: for pictures, and EG3D's density regularisation, where a and b are the densities of points and of their neighbours.
 * @throws ShapeError unless a and b have one shape
 */
export function l1Loss(plan: PlanBuilder, a: Tensor, b: Tensor): Tensor {
  return mean(plan, smoothAbsolute(plan, subtract(plan, a, b)));
}

/**
 * The same with the kink rounded off: the mean of d^2 / (2 beta) where d = |a - b| is below beta, and of d - beta / 2 elsewhere.
 * @param beta above 0. Default: 1 (as torch has it)
 */
export function smoothL1Loss(plan: PlanBuilder, a: Tensor, b: Tensor, beta = 1): Tensor {
  return mean(plan, smoothAbsolute(plan, subtract(plan, a, b), beta));
}

/** The mean of (a - b)^2. @throws ShapeError unless a and b have one shape */
export function l2Loss(plan: PlanBuilder, a: Tensor, b: Tensor): Tensor {
  const difference = subtract(plan, a, b);
  return mean(plan, multiply(plan, difference, difference));
}

/**
 * The logistic loss of a discriminator's logits (Goodfellow et al. 2014, the non-saturating form that StyleGAN uses): the mean of softplus(-logit)
 * where they are to be called real, of softplus(logit) where not.
 * @param logits any shape
 */
export function logisticLoss(plan: PlanBuilder, logits: Tensor, isReal: boolean): Tensor {
  const noBias = plan.tensor('no bias', [logits.shape[logits.shape.length - 1]!]);
  const wrong = isReal ? scaled(plan, logits, -1) : logits;
  return mean(plan, biasAct(plan, wrong, noBias, { activation: 'softplus' }));
}

/** The sum of all squares. */
export function sumOfSquares(plan: PlanBuilder, input: Tensor): Tensor {
  return total(plan, multiply(plan, input, input));
}

/**
 * The cosine of the angle between rows, a . b / (|a| |b|).
 * @param a [..., C]
 * @param b of the same shape
 * @returns [..., 1], -1..1; 0 for rows of zeros
 * @throws ShapeError
 */
export function cosineSimilarity(plan: PlanBuilder, a: Tensor, b: Tensor): Tensor {
  const product = sumColumns(plan, multiply(plan, a, b));
  const inverseLength = (x: Tensor) => inverseSquareRoot(plan, sumColumns(plan, multiply(plan, x, x)), 1e-16);
  return multiply(plan, multiply(plan, product, inverseLength(a)), inverseLength(b));
}
