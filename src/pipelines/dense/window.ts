/** Parts of tensors along an axis, and tensors put together along one. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor, vectorCount } from '../../gpu/tensor';
import windowColumnsShader from '../../shaders/dense/window-columns.wgsl';
import windowRowsShader from '../../shaders/dense/window-rows.wgsl';
import { add } from './add';

const COLUMNS = defineKernel(windowColumnsShader);
const ROWS = defineKernel(windowRowsShader);

/**
 * Some places of an axis.
 * @param axis counted from the first
 * @param start the first place
 * @param count how many
 * @throws ShapeError for places that the axis does not have
 */
export function slice(plan: PlanBuilder, input: Tensor, axis: number, start: number, count: number): Tensor {
  const places = input.shape[axis] ?? 0;
  if (start < 0 || count < 1 || start + count > places) {
    throw new ShapeError(
      `slice: places ${start} to ${start + count} of axis ${axis} of "${input.label}" [${input.shape}], which has ${places}`,
    );
  }
  return start === 0 && count === places ? input : window(plan, input, axis, start, count);
}

/**
 * Tensors put together along an axis, in their order.
 * @param tensors at least one; their shapes differ in this axis at most
 * @param axis counted from the first
 * @throws ShapeError
 */
export function concatenate(plan: PlanBuilder, tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  const others = (shape: readonly number[]) => String(shape.toSpliced(axis, 1));
  const misfit = tensors.find(({ shape }) => !first || axis >= shape.length || others(shape) !== others(first.shape));
  if (!first || misfit) {
    const shapes = tensors.map(({ label, shape }) => `"${label}" [${shape}]`).join(', ');
    throw new ShapeError(`concatenate: ${shapes || 'nothing'} along axis ${axis}`);
  }
  if (tensors.length === 1) return first;
  const places = tensors.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  let start = 0;
  let sum: Tensor | undefined;
  for (const tensor of tensors) {
    const placed = window(plan, tensor, axis, -start, places);
    sum = sum ? add(plan, sum, placed) : placed;
    start += tensor.shape[axis]!;
  }
  return sum!;
}

/** Places `start` to `start + places` of an axis; those that the input does not have are zero. */
function window(plan: PlanBuilder, input: Tensor, axis: number, start: number, places: number): Tensor {
  const { shape } = input;
  const output = plan.scratch(`${input.label} from ${start}`, shape.with(axis, places));
  const workgroups = linearGrid(vectorCount(output));
  const rows = elementCount(shape.slice(0, axis));
  if (axis === shape.length - 1) {
    plan.dispatch({
      kernel: COLUMNS,
      bindings: { input, output },
      params: { rows, columns: places, inputColumns: shape[axis]!, inputStride: input.stride, start },
      workgroups,
    });
  } else {
    plan.dispatch({
      kernel: ROWS,
      bindings: { input, output },
      params: {
        outer: rows,
        places,
        inputPlaces: shape[axis]!,
        groups: (elementCount(shape.slice(axis + 1, -1)) * input.stride) / 4,
        start,
      },
      workgroups,
    });
  }
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [window(plan, gradient, axis, -start, shape[axis]!)],
  });
  return output;
}
