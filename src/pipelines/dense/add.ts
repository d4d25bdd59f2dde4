/** Sums and differences of tensors. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import addShader from '../../shaders/dense/add.wgsl';
import addScaledShader from '../../shaders/dense/add-scaled.wgsl';
import { scaled } from './multiply';

const ADD = defineKernel(addShader);
const ADD_SCALED = defineKernel(addScaledShader);

/** a + b, for two tensors of one shape. @throws ShapeError */
export function add(plan: PlanBuilder, a: Tensor, b: Tensor): Tensor {
  expectShape(b, a.shape, 'add');
  const vectors = vectorCount(a);
  const output = plan.scratch(`${a.label} sum`, a.shape);
  plan.dispatch({
    kernel: ADD,
    bindings: { a, b, output },
    params: { vectors },
    workgroups: linearGrid(vectors),
  });
  plan.record({ inputs: [a, b], outputs: [output], backward: ([gradient]) => [gradient, gradient] });
  return output;
}

/** a - b, for two tensors of one shape. @throws ShapeError */
export function subtract(plan: PlanBuilder, a: Tensor, b: Tensor): Tensor {
  return add(plan, a, scaled(plan, b, -1));
}

/**
 * sum += scale * input, in place. No gradient flows through it: what a weight is after its update is taken as given.
 * @param scale a tensor of one number if it changes from run to run, such as minus the learning rate
 * @throws ShapeError; UnwrittenScratchError if the sum is scratch that holds nothing yet
 */
export function addScaledInto(plan: PlanBuilder, sum: Tensor, input: Tensor, scale: number | Tensor): void {
  expectShape(input, sum.shape, 'addScaledInto');
  const vectors = vectorCount(sum);
  plan.dispatch({
    kernel: ADD_SCALED,
    bindings: { input, sum },
    params: { vectors, scale },
    workgroups: linearGrid(vectors),
  });
  plan.record({ inputs: [], outputs: [sum], backward: () => [] });
}
