/** Normal random numbers on the device, for noise_mode 'random'. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor } from '../../gpu/tensor';
import randomNormalShader from '../../shaders/random/random-normal.wgsl';

const KERNEL = defineKernel(randomNormalShader);

/**
 * A tensor of standard normal numbers, drawn anew at every run of the plan.
 * @param seed [1], an integer from 0 to 2^24; write it before a run to draw other numbers
 * @param stream tells apart tensors that are drawn from one seed
 */
export function randomNormal(plan: PlanBuilder, shape: readonly number[], seed: Tensor, stream: number): Tensor {
  expectShape(seed, [1], 'randomNormal seed');
  const output = plan.scratch(`normal numbers ${stream}`, shape);
  const rows = elementCount(shape.slice(0, -1));
  plan.dispatch({
    kernel: KERNEL,
    bindings: { seed, output },
    params: { rows, channels: shape[shape.length - 1]!, stream },
    workgroups: linearGrid((rows * output.stride) / 4),
  });
  return output;
}
