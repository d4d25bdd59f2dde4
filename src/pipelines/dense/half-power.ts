/** Square roots and their inverses, as often differentiable as anybody wants. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor, vectorCount } from '../../gpu/tensor';
import halfPowerShader from '../../shaders/dense/half-power.wgsl';
import { multiply, scaled } from './multiply';

const KERNEL = defineKernel(halfPowerShader);

/** sqrt(input + offset). @param offset above 0 where the input may be 0 */
export function squareRoot(plan: PlanBuilder, input: Tensor, offset = 0): Tensor {
  return halfPower(plan, input, 1, offset);
}

/** 1 / sqrt(input + offset). @param offset above 0 where the input may be 0 */
export function inverseSquareRoot(plan: PlanBuilder, input: Tensor, offset = 0): Tensor {
  return halfPower(plan, input, -1, offset);
}

/** (input + offset)^(halves / 2). */
function halfPower(plan: PlanBuilder, input: Tensor, halves: number, offset: number): Tensor {
  const output = plan.scratch(`${input.label} to the ${halves} / 2`, input.shape);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, output },
    params: {
      rows: elementCount(input.shape.slice(0, -1)),
      channels: input.shape[input.shape.length - 1]!,
      offset,
      halves,
    },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => {
      const slope = scaled(plan, halfPower(plan, input, halves - 2, offset), halves / 2);
      return [multiply(plan, gradient, slope)];
    },
  });
  return output;
}
