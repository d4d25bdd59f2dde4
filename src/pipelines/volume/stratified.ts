/** Stratified sample depths (NeRF, equation 2). */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import stratifiedShader from '../../shaders/volume/stages/stratified.wgsl';
import { RenderingOptionError } from './rendering-options';
import { jitterSettings, type RaySampling } from './sampling';

const KERNEL = defineKernel(stratifiedShader);

export interface StratifiedInputs {
  /** Limits [N, R, 2] of each ray, or one pair for all. */
  readonly limits: Tensor | { readonly start: number; readonly end: number };
  readonly batch: number;
  /** Rays of one image. */
  readonly rays: number;
  /** 2 or more. */
  readonly samples: number;
  /** Spread the samples over 1 / depth; limits must be positive. Default: false. */
  readonly disparity?: boolean | undefined;
  /** Only the jitter is used. Default: even. */
  readonly sampling?: RaySampling | undefined;
}

/**
 * start + (end - start) * (k + jitter) / (S - 1): the last sample may lie up to a step beyond the end.
 * @returns depths [N, R, S, 1]
 * @throws ShapeError, RenderingOptionError
 */
export function stratifiedDepths(plan: PlanBuilder, inputs: StratifiedInputs): Tensor {
  const { limits, batch, rays, samples } = inputs;
  if (!(samples >= 2)) throw new RenderingOptionError('depthSamples', samples, 'it takes at least 2 samples');
  const eachRay = 'storage' in limits;
  if (eachRay) expectShape(limits, [batch, rays, 2], 'stratifiedDepths limits');
  const limitTensor = eachRay ? limits : plan.constant('ray limits', [1, 2], [limits.start, limits.end]);
  const jitter = jitterSettings(plan, inputs.sampling ?? { mode: 'even' }, batch * rays, samples);
  const depths = plan.scratch('coarse depths', [batch, rays, samples, 1]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { limits: limitTensor, jitter: jitter.draws, depths },
    params: {
      rays: batch * rays,
      samples,
      limitsStep: eachRay ? 1 : 0,
      jitterStride: jitter.stride,
      seed: jitter.seed,
    },
    constants: { DISPARITY: Number(inputs.disparity ?? false), ...jitter.constants },
    workgroups: linearGrid(batch * rays * samples),
  });
  return depths;
}
