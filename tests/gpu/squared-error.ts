/** The loss of small networks that tests train. */
import { linearGrid } from '../../src/gpu/dispatch-grid';
import { defineKernel } from '../../src/gpu/kernel';
import type { PlanBuilder } from '../../src/gpu/plan';
import { elementCount, type Tensor, vectorCount } from '../../src/gpu/tensor';
import squaredErrorShader from './squared-error.wgsl';
import squaredErrorGradientShader from './squared-error-gradient.wgsl';

const ERROR = defineKernel(squaredErrorShader);
const ERROR_GRADIENT = defineKernel(squaredErrorGradientShader);

/** Mean of (y - wanted)^2, [1]. */
export function squaredError(plan: PlanBuilder, y: Tensor, wanted: Tensor): Tensor {
  const size = { vectors: vectorCount(y), count: elementCount(y.shape) };
  const loss = plan.scratch('loss', [1]);
  plan.dispatch({ kernel: ERROR, bindings: { y, wanted, loss }, params: size, workgroups: [1] });
  plan.record({
    inputs: [y],
    outputs: [loss],
    backward: ([gradient]) => {
      const output = plan.scratch('loss gradient', y.shape);
      plan.dispatch({
        kernel: ERROR_GRADIENT,
        bindings: { y, wanted, output },
        params: { ...size, gradient },
        workgroups: linearGrid(size.vectors),
      });
      return [output];
    },
  });
  return loss;
}
