/** Sums over leading axes of a tensor, and their reverse, repetition. Each is the gradient of the other. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor, vectorCount } from '../../gpu/tensor';
import repeatRowsShader from '../../shaders/reduction/repeat-rows.wgsl';
import sumRowsShader from '../../shaders/reduction/sum-rows.wgsl';

const SUM = defineKernel(sumRowsShader);
const REPEAT = defineKernel(repeatRowsShader);

/** Rows that a thread adds up where there are more than twice as many. */
const ROWS_PER_PIECE = 64;

/**
 * The sum over all axes but the last: the gradient with respect to a bias.
 * @param input any shape; the last axis is C
 * @returns [C]
 */
export function sumRows(plan: PlanBuilder, input: Tensor): Tensor {
  return input.shape.length === 1 ? input : sumLeading(plan, input, input.shape.length - 1);
}

/**
 * The sum over the first axes, in an order that depends on the shape only.
 * @param axes how many, fewer than there are
 * @returns a tensor with the other axes
 * @throws ShapeError
 */
export function sumLeading(plan: PlanBuilder, input: Tensor, axes: number): Tensor {
  const { shape } = input;
  if (axes < 1 || axes >= shape.length) {
    throw new ShapeError(
      `sumLeading: ${axes} axes of "${input.label}" [${shape}], which has ${shape.length}; one must stay`,
    );
  }
  const leading = shape.slice(0, axes);
  const rest = shape.slice(axes);
  const rows = elementCount(leading);
  const groups = vectorCount(input) / rows;
  const output = plan.scratch(`${input.label} sum`, rest);
  let summed = input;
  let left = rows;
  while (left > 2 * ROWS_PER_PIECE) {
    const pieces = Math.ceil(left / ROWS_PER_PIECE);
    const partial = plan.scratch(`${input.label} partial sums`, [pieces, ...rest]);
    sumPieces(plan, summed, partial, { rows: left, rowsPerPiece: ROWS_PER_PIECE, pieces, groups });
    summed = partial;
    left = pieces;
  }
  sumPieces(plan, summed, output, { rows: left, rowsPerPiece: left, pieces: 1, groups });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [repeatLeading(plan, gradient, leading)],
  });
  return output;
}

function sumPieces(
  plan: PlanBuilder,
  input: Tensor,
  output: Tensor,
  params: { rows: number; rowsPerPiece: number; pieces: number; groups: number },
): void {
  plan.dispatch({
    kernel: SUM,
    bindings: { input, output },
    params,
    workgroups: linearGrid(params.pieces * params.groups),
  });
}

/**
 * A tensor once for every place of some axes before its own.
 * @returns [...leading, ...shape of the input]
 */
export function repeatLeading(plan: PlanBuilder, input: Tensor, leading: readonly number[]): Tensor {
  const output = plan.scratch(`${input.label} repeated`, [...leading, ...input.shape]);
  const vectors = vectorCount(output);
  plan.dispatch({
    kernel: REPEAT,
    bindings: { input, output },
    params: { vectors, groups: vectorCount(input) },
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [sumLeading(plan, gradient, leading.length)],
  });
  return output;
}
