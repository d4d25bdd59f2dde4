/** Where stretches of known length begin when they lie one behind the other. */
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import prefixSumsShader from '../../shaders/reduction/prefix-sums.wgsl';

const KERNEL = defineKernel(prefixSumsShader);

/**
 * @param counts [length], whole numbers as u32
 * @returns starts [length + 1], the sums of all counts before, and filled [length + 1], how many of them are not 0, as u32; total [1], the sum of all
 * as a float, exact below 2^24
 */
export function prefixSums(plan: PlanBuilder, counts: Tensor): { starts: Tensor; filled: Tensor; total: Tensor } {
  const [length] = counts.shape;
  const starts = plan.scratch('starts', [length! + 1]);
  const filled = plan.scratch('filled', [length! + 1]);
  const total = plan.scratch('total', [1]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { counts, starts, filled, total },
    params: { length: length! },
    workgroups: [1],
  });
  return { starts, filled, total };
}
