/** Broadcast of w to all layers and the truncation trick (StyleGAN, section "Truncation trick in W"). */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import broadcastTruncateShader from '../../shaders/dense/broadcast-truncate.wgsl';
import broadcastTruncateGradientShader from '../../shaders/dense/broadcast-truncate-gradient.wgsl';

const KERNEL = defineKernel(broadcastTruncateShader);
const GRADIENT = defineKernel(broadcastTruncateGradientShader);

/** A cutoff that no network reaches: truncation acts on all layers. */
export const ALL_LAYERS = 1e9;

/** The two values of a truncation tensor. @param cutoff number of layers, from the first, on which truncation acts */
export function truncationValues(psi: number, cutoff: number = ALL_LAYERS): [number, number] {
  return [psi, cutoff];
}

/**
 * ws[n, layer] = average + psi (w[n] - average) on the first `cutoff` layers, w[n] on the others.
 * @param w [N, C]
 * @param average [C], which no gradient can be asked of: it follows w as a moving average
 * @param truncation [2] as {@link truncationValues} gives; write it anew before a run to move the slider
 * @returns [N, layers, C]
 */
export function broadcastTruncated(
  plan: PlanBuilder,
  w: Tensor,
  layers: number,
  average: Tensor,
  truncation: Tensor,
): Tensor {
  const [batch, channels] = w.shape;
  expectShape(w, [batch!, channels!], 'broadcastTruncated w');
  expectShape(average, [channels!], 'broadcastTruncated average');
  expectShape(truncation, [2], 'broadcastTruncated truncation');
  const output = plan.scratch('ws', [batch!, layers, channels!]);
  const groups = w.stride / 4;
  plan.dispatch({
    kernel: KERNEL,
    bindings: { w, wAverage: average, truncation, output },
    params: { batch: batch!, layers, groups },
    workgroups: linearGrid(batch! * layers * groups),
  });
  plan.record({
    inputs: [w],
    outputs: [output],
    backward: ([gradient]) => [broadcastTruncatedGradient(plan, gradient, truncation)],
  });
  return output;
}

/** The gradient with respect to w, [N, C]. Its own gradient broadcasts again, towards an average of zero. */
function broadcastTruncatedGradient(plan: PlanBuilder, gradient: Tensor, truncation: Tensor): Tensor {
  const [batch, layers, channels] = gradient.shape;
  const output = plan.scratch(`${gradient.label} before broadcast`, [batch!, channels!]);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { gradient, truncation, output },
    params: { batch: batch!, layers: layers!, groups: gradient.stride / 4 },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => {
      const noAverage = plan.tensor('no average', [channels!]);
      return [broadcastTruncated(plan, upstream, layers!, noAverage, truncation)];
    },
  });
  return output;
}
