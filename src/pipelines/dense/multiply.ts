/** Products: of two tensors, number by number, and of a tensor and a number. Every gradient is made of the same operations again. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import multiplyShader from '../../shaders/dense/multiply.wgsl';
import scaleShader from '../../shaders/dense/scale.wgsl';

const MULTIPLY = defineKernel(multiplyShader);
const SCALE = defineKernel(scaleShader);

/** a * b, number by number; a and b may be the same. @throws ShapeError unless they have one shape */
export function multiply(plan: PlanBuilder, a: Tensor, b: Tensor): Tensor {
  expectShape(b, a.shape, 'multiply');
  const vectors = vectorCount(a);
  const output = plan.scratch(`${a.label} times ${b.label}`, a.shape);
  plan.dispatch({
    kernel: MULTIPLY,
    bindings: { a, b, output },
    params: { vectors },
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [a, b],
    outputs: [output],
    backward: ([gradient], [wantsA, wantsB]) => [
      wantsA && multiply(plan, gradient, b),
      wantsB && multiply(plan, gradient, a),
    ],
  });
  return output;
}

/** factor * input. */
export function scaled(plan: PlanBuilder, input: Tensor, factor: number): Tensor {
  const vectors = vectorCount(input);
  const output = plan.scratch(`${input.label} scaled`, input.shape);
  plan.dispatch({
    kernel: SCALE,
    bindings: { input, output },
    params: { vectors, factor },
    workgroups: linearGrid(vectors),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [scaled(plan, gradient, factor)],
  });
  return output;
}
