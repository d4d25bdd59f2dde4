/** Importance sampling (NeRF section 5.2): new depths where the coarse pass found something. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor } from '../../gpu/tensor';
import importanceBinsShader from '../../shaders/volume/stages/importance-bins.wgsl';
import inverseCdfShader from '../../shaders/volume/stages/inverse-cdf.wgsl';
import { RenderingOptionError } from './rendering-options';
import { type RaySampling, uniformSettings } from './sampling';

const BINS = defineKernel(importanceBinsShader);
const INVERSE_CDF = defineKernel(inverseCdfShader);

/**
 * Draws from one piecewise constant distribution a row. Weight k belongs to the interval from bin k to bin k + 1; with more bins than
 * weights + 1 the last bins are never reached. 1e-5 is added to every weight; a step of the cumulative distribution below 1e-5 counts
 * as 1 (both as in the reference).
 * @param bins [rows, B, 1], ascending
 * @param weights [rows, K, 1], not negative, K < B
 * @param samples number of values to draw for each row
 * @param sampling only u is used
 * @returns [rows, samples, 1], in the order of u
 */
export function invertCdf(
  plan: PlanBuilder,
  bins: Tensor,
  weights: Tensor,
  samples: number,
  sampling: RaySampling = { mode: 'even' },
): Tensor {
  const [rows, binCount] = bins.shape;
  const weightCount = weights.shape[1] ?? 0;
  expectShape(bins, [rows!, binCount!, 1], 'invertCdf bins');
  expectShape(weights, [rows!, weightCount, 1], 'invertCdf weights');
  if (weightCount >= binCount!)
    throw new ShapeError(`invertCdf: ${weightCount} weights need ${weightCount + 1} bins or more`);
  const uniforms = uniformSettings(plan, sampling, rows!, samples);
  const drawn = plan.scratch('drawn', [rows!, samples, 1]);
  plan.dispatch({
    kernel: INVERSE_CDF,
    bindings: { bins, weights, uniforms: uniforms.draws, drawn },
    params: {
      rows: rows!,
      binCount: binCount!,
      weightCount,
      fineSamples: samples,
      uniformStride: uniforms.stride,
      seed: uniforms.seed,
    },
    constants: uniforms.constants,
    workgroups: linearGrid(rows! * samples),
  });
  return drawn;
}

/**
 * Fine depths from the coarse pass: its weights are smoothed over neighbours, 0.01 is added, and the first and last are left out; the bins
 * are the mid-points between samples, so no fine depth lies beyond the next-to-last mid-point. They are taken as given: no gradient flows through
 * them, as in EG3D.
 * @param depths [N, R, S, 1], S of 4 or more
 * @param weights [N, R, S - 1, 1] from `marchRays`
 * @param samples fine samples F a ray
 * @param sampling only u [N * R, F] is used
 * @returns depths [N, R, F, 1], in the order of u
 */
export function importanceDepths(
  plan: PlanBuilder,
  depths: Tensor,
  weights: Tensor,
  samples: number,
  sampling: RaySampling = { mode: 'even' },
): Tensor {
  const [batch, rays, coarseSamples] = depths.shape;
  if (!(coarseSamples! >= 4))
    throw new RenderingOptionError('depthSamples', coarseSamples, 'it takes at least 4 samples');
  expectShape(depths, [batch!, rays!, coarseSamples!, 1], 'importanceDepths depths');
  expectShape(weights, [batch!, rays!, coarseSamples! - 1, 1], 'importanceDepths weights');
  const rows = elementCount([batch!, rays!]);
  const bins = plan.scratch('importance bins', [rows, coarseSamples! - 1, 1]);
  const binWeights = plan.scratch('importance weights', [rows, coarseSamples! - 3, 1]);
  plan.dispatch({
    kernel: BINS,
    bindings: { depths, weights, bins, binWeights },
    params: { rows, samples: coarseSamples! },
    workgroups: linearGrid(rows * (coarseSamples! - 1)),
  });
  const drawn = invertCdf(plan, bins, binWeights, samples, sampling);
  plan.record({ inputs: [], outputs: [drawn], backward: () => [] });
  return { ...drawn, label: 'fine depths', shape: [batch!, rays!, samples, 1] };
}
