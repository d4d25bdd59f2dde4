/** Moving averages: of weights (EMA), and of w over batches. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import moveTowardsShader from '../../shaders/optimisers/move-towards.wgsl';

const KERNEL = defineKernel(moveTowardsShader);

/**
 * average += share * (factor * towards - average), in place. No gradient flows through it.
 * @param towards of the average's shape
 * @param share 1 minus the decay that papers call beta; a tensor of one number if it changes from run to run
 * @param factor on `towards`; 1 / N for the sum of N rows. Default: 1
 * @throws ShapeError
 */
export function moveTowards(
  plan: PlanBuilder,
  average: Tensor,
  towards: Tensor,
  share: number | Tensor,
  factor = 1,
): void {
  expectShape(towards, average.shape, 'moveTowards');
  const vectors = vectorCount(average);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { towards, average },
    params: { vectors, share, factor },
    workgroups: linearGrid(vectors),
  });
  plan.record({ inputs: [], outputs: [average], backward: () => [] });
}
