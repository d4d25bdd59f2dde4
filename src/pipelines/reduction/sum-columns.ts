/** Sums along the last axis and of whole tensors, and their reverse, repetition. */

import { linearGrid, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, reshaped, type Tensor, vectorCount } from '../../gpu/tensor';
import repeatColumnsShader from '../../shaders/reduction/repeat-columns.wgsl';
import sumColumnsShader from '../../shaders/reduction/sum-columns.wgsl';
import { scaled } from '../dense/multiply';
import { sumRows } from './sum-rows';

const SUM = defineKernel(sumColumnsShader);
const REPEAT = defineKernel(repeatColumnsShader);

/** The sum of every row: [..., C] to [..., 1], in an order that depends on the shape only. */
export function sumColumns(plan: PlanBuilder, input: Tensor): Tensor {
  const leading = input.shape.slice(0, -1);
  const columns = input.shape[input.shape.length - 1]!;
  const rows = elementCount(leading);
  const output = plan.scratch(`${input.label} row sums`, [...leading, 1]);
  plan.dispatch({
    kernel: SUM,
    bindings: { input, output },
    params: { rows, groups: input.stride / 4 },
    workgroups: workgroupGrid(rows),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [repeatColumns(plan, gradient, columns)],
  });
  return output;
}

/** Every row's number, `columns` times: [..., 1] to [..., columns]. @throws ShapeError */
export function repeatColumns(plan: PlanBuilder, input: Tensor, columns: number): Tensor {
  const leading = input.shape.slice(0, -1);
  expectShape(input, [...leading, 1], 'repeatColumns');
  const output = plan.scratch(`${input.label} repeated`, [...leading, columns]);
  plan.dispatch({
    kernel: REPEAT,
    bindings: { input, output },
    params: { rows: elementCount(leading), channels: columns },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [sumColumns(plan, gradient)],
  });
  return output;
}

/** The sum of all numbers: [1]. */
export function total(plan: PlanBuilder, input: Tensor): Tensor {
  const columns = sumRows(plan, input);
  const [count] = columns.shape;
  return count === 1 ? columns : reshaped(sumColumns(plan, reshaped(columns, [1, count!])), [1]);
}

/** The mean of all numbers: [1]. */
export function mean(plan: PlanBuilder, input: Tensor): Tensor {
  return scaled(plan, total(plan, input), 1 / elementCount(input.shape));
}
