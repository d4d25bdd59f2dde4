/** Minima and maxima over all rays of a batch, gathered with atomics; the shader side is shaders/common/range-cells.wgsl. */
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import clearRangeCellsShader from '../../shaders/reduction/clear-range-cells.wgsl';

const RANGE_CELLS = 6;
const CLEAR = defineKernel(clearRangeCellsShader);

/** Makes the cells and appends the dispatch that empties them at each run. The tensor's bits are ordered integers, not floats. */
export function clearedRangeCells(plan: PlanBuilder): Tensor {
  const cells = plan.tensor('range cells', [RANGE_CELLS]);
  plan.dispatch({ kernel: CLEAR, bindings: { cells }, params: { count: RANGE_CELLS }, workgroups: [1] });
  return cells;
}
