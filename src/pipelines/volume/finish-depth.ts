/** The last step of volume rendering: depth clamped to the range of all samples, and the sum of all weights (alpha) in a tensor of its own. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import finishDepthShader from '../../shaders/volume/finish-depth.wgsl';

const KERNEL = defineKernel(finishDepthShader);

/**
 * @param cells filled by the kernels before
 * @param depth [..., 1] whose rows hold (depth, weight total, 0, 0); becomes an ordinary tensor of depths
 * @returns alpha of depth's shape, and depthRange [4] (see `VolumeRendering`)
 */
export function finishDepth(plan: PlanBuilder, cells: Tensor, depth: Tensor): { alpha: Tensor; depthRange: Tensor } {
  const rays = elementCount(depth.shape);
  const alpha = plan.scratch('weight total', depth.shape);
  const depthRange = plan.scratch('depth range', [4]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { cells, depth, alpha, range: depthRange },
    params: { rays },
    workgroups: linearGrid(rays),
  });
  return { alpha, depthRange };
}
