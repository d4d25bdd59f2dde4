/** How far the results of two kernels are apart, told by the device itself: only three numbers are read back. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor } from '../../gpu/tensor';
import compareValuesShader from '../../shaders/reduction/compare-values.wgsl';

const KERNEL = defineKernel(compareValuesShader);

/**
 * Padding is compared too. For a plan that runs once: the result only grows.
 * @returns [3]: the largest difference, the largest magnitude in `expected`, and 1 if a number in `actual` is not finite (else 0)
 * @throws ShapeError
 */
export function compareValues(plan: PlanBuilder, actual: Tensor, expected: Tensor): Tensor {
  expectShape(actual, expected.shape, 'compareValues');
  const result = plan.tensor('comparison', [3]);
  const vectors = (elementCount(actual.shape.slice(0, -1)) * actual.stride) / 4;
  plan.dispatch({
    kernel: KERNEL,
    bindings: { actual, expected, result },
    params: { vectors },
    workgroups: linearGrid(vectors),
  });
  return result;
}
