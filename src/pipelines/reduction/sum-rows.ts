/** Sum over all rows of a tensor, and its reverse. */

import { workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import sumRowsShader from '../../shaders/reduction/sum-rows.wgsl';

const KERNEL = defineKernel(sumRowsShader);

/**
 * The sum over all axes but the last: the gradient with respect to a bias.
 * @param input any shape; the last axis is C
 * @returns [C]
 */
export function sumRows(plan: PlanBuilder, input: Tensor): Tensor {
  const channels = input.shape[input.shape.length - 1]!;
  const groups = input.stride / 4;
  const output = plan.scratch(`${input.label} sum`, [channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, output },
    params: { rows: elementCount(input.shape.slice(0, -1)), groups },
    workgroups: workgroupGrid(groups),
  });
  return output;
}
