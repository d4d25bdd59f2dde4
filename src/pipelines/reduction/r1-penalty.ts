/** R1 regularisation of a discriminator (Mescheder et al. 2018, "Which Training Methods for GANs do actually Converge?", equation 9). */
import { WiringError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tape } from '../../gpu/tape';
import type { Tensor } from '../../gpu/tensor';
import { add } from '../dense/add';
import { scaled } from '../dense/multiply';
import { sumOfSquares } from './losses';

/**
 * gamma / 2 times the squared length of the logit's gradient with respect to the pictures, averaged over the batch: what pulls a discriminator
 * flat around real pictures. The gradient is made of operations on the same tape, so that the penalty can be differentiated in turn.
 * @param tape of the plan, which has the operations from the pictures to the logits
 * @param logits [N, 1]
 * @param pictures what the logits were computed from, such as image and image_raw; each has a sample in every place of its first axis
 * @returns [1]
 * @throws WiringError if the logits depend on none of the pictures; NoGradientError, OverwrittenError
 */
export function r1Penalty(
  plan: PlanBuilder,
  tape: Tape,
  logits: Tensor,
  pictures: readonly Tensor[],
  gamma: number,
): Tensor {
  const batch = logits.shape[0]!;
  const ones = plan.constant('ones', logits.shape, new Float32Array(batch).fill(1));
  let squares: Tensor | undefined;
  for (const gradient of tape.gradients([{ of: logits, gradient: ones }], pictures)) {
    if (!gradient) continue;
    const own = sumOfSquares(plan, gradient);
    squares = squares ? add(plan, squares, own) : own;
  }
  if (!squares) throw new WiringError(`r1Penalty: "${logits.label}" [${logits.shape}] depends on none of the pictures`);
  return scaled(plan, squares, gamma / 2 / batch);
}
