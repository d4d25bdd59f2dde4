/** The last step of volume rendering: depth clamped to the range of all samples, and the sum of all weights (alpha) in a tensor of its own. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import finishDepthShader from '../../shaders/volume/finish-depth.wgsl';
import gradientShader from '../../shaders/volume/finish-depth-gradient.wgsl';

const KERNEL = defineKernel(finishDepthShader);
const GRADIENT = defineKernel(gradientShader);

/** What is known of rays besides their colours. */
export interface RayDepths {
  /** [..., 1] */
  readonly depth: Tensor;
  /** [..., 1]: the sum of a ray's weights */
  readonly alpha: Tensor;
  /** [4], see `VolumeRendering`; it has no gradient */
  readonly depthRange: Tensor;
}

/**
 * @param cells filled by the kernels before
 * @param marched [..., 4]: rows of (depth, weight total, 0, 0)
 */
export function finishDepth(plan: PlanBuilder, cells: Tensor, marched: Tensor): RayDepths {
  const shape = [...marched.shape.slice(0, -1), 1];
  const rays = elementCount(shape);
  const depth = plan.scratch('depth image', shape);
  const alpha = plan.scratch('weight total', shape);
  const depthRange = plan.scratch('depth range', [4]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { cells, marched, depth, alpha, range: depthRange },
    params: { rays },
    workgroups: linearGrid(rays),
  });
  plan.record({
    inputs: [marched],
    outputs: [depth, alpha],
    backward: ([ofDepth, ofAlpha]) => {
      const output = plan.scratch('marched depth gradient', marched.shape);
      const orZeros = (gradient: Tensor | undefined) => gradient ?? plan.fill(plan.scratch('no gradient', shape));
      plan.dispatch({
        kernel: GRADIENT,
        bindings: {
          marched,
          range: depthRange,
          depthGradient: orZeros(ofDepth),
          alphaGradient: orZeros(ofAlpha),
          output,
        },
        params: { rays },
        workgroups: linearGrid(rays),
      });
      return [output];
    },
  });
  return { depth, alpha, depthRange };
}
