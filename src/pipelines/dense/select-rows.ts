/** Picks rows (one w each, say) out of every sample of a batch, as a batch of their own. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { type Tensor, vectorCount } from '../../gpu/tensor';
import selectRowsShader from '../../shaders/dense/select-rows.wgsl';
import selectRowsGradientShader from '../../shaders/dense/select-rows-gradient.wgsl';

const KERNEL = defineKernel(selectRowsShader);
const GRADIENT = defineKernel(selectRowsGradientShader);

/**
 * output[n * P + p] = input[n, rows[p]].
 * @param input [N, R, C]
 * @param rows P numbers, 0..R-1; a row may be picked more than once
 * @returns [N * P, C]
 * @throws ShapeError when the input has another rank or no such row
 */
export function selectRows(plan: PlanBuilder, input: Tensor, rows: readonly number[]): Tensor {
  const [batch, available, channels] = input.shape;
  if (input.shape.length !== 3) {
    throw new ShapeError(`selectRows: "${input.label}" is [${input.shape}], expected [N, R, C]`);
  }
  const absent = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= available!);
  if (absent !== undefined) {
    throw new ShapeError(`selectRows: row ${absent} of "${input.label}" [${input.shape}], which has ${available}`);
  }
  const output = plan.scratch(`${input.label} rows`, [batch! * rows.length, channels!]);
  const groups = input.stride / 4;
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, picked: plan.constant('picked rows', [rows.length], rows), output },
    params: { batch: batch!, rows: available!, pickedRows: rows.length, groups },
    workgroups: linearGrid(batch! * rows.length * groups),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [selectRowsGradient(plan, gradient, rows, available!)],
  });
  return output;
}

/** The gradient with respect to the input, [N, available, C]. Its own gradient picks the rows again. */
function selectRowsGradient(plan: PlanBuilder, gradient: Tensor, rows: readonly number[], available: number): Tensor {
  const [pickedRows, channels] = gradient.shape;
  const batch = pickedRows! / rows.length;
  const output = plan.scratch(`${gradient.label} before selection`, [batch, available, channels!]);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { gradient, picked: plan.constant('picked rows', [rows.length], rows), output },
    params: { batch, rows: available, pickedRows: rows.length, groups: gradient.stride / 4 },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => [selectRows(plan, upstream, rows)],
  });
  return output;
}
