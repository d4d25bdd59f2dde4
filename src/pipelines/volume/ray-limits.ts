/** Where rays enter and leave the box: EG3D's ray limits 'auto'. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import limitsRangeShader from '../../shaders/reduction/limits-range.wgsl';
import rayLimitsRangeShader from '../../shaders/reduction/ray-limits-range.wgsl';
import rayLimitsShader from '../../shaders/volume/stages/ray-limits.wgsl';
import replaceMissedRaysShader from '../../shaders/volume/stages/replace-missed-rays.wgsl';
import { clearedRangeCells } from '../reduction/range-cells';
import { type Rays, rayExtents } from './rays';

const RAY_LIMITS_RANGE = defineKernel(rayLimitsRangeShader);
const LIMITS_RANGE = defineKernel(limitsRangeShader);
const RAY_LIMITS = defineKernel(rayLimitsShader);
const REPLACE = defineKernel(replaceMissedRaysShader);

/**
 * Slab test against the box around the origin.
 *
 * Quirks of the reference that are kept: start is negative with a camera inside the box, and a box wholly behind the camera counts as hit.
 * One that is not: for a ray that lies exactly in a face the reference returns NaN (and its renderer then treats it as a miss); here the
 * face belongs to the box, because WGSL promises nothing about NaN.
 *
 * @param boxSide in scene units
 * @returns limits [N, R, 2]: start and end along the direction; (-1, -2) for a ray that misses
 */
export function rayBoxLimits(plan: PlanBuilder, rays: Rays, boxSide: number): Tensor {
  const { batch, count } = rayExtents(rays, 'rayBoxLimits');
  const limits = plan.scratch('ray limits', [batch, count, 2]);
  plan.dispatch({
    kernel: RAY_LIMITS,
    bindings: { ...rays, limits },
    params: { rays: batch * count, boxSide },
    workgroups: linearGrid(batch * count),
  });
  return limits;
}

/**
 * Gives rays that miss the box (end not behind start) the smallest start of all rays of the batch that hit, and as end their largest
 * START, as the reference does. Where no ray hits, nothing changes.
 * @param limits [N, R, 2] from {@link rayBoxLimits}
 * @returns limits of the same shape
 */
export function replaceMissedRays(plan: PlanBuilder, limits: Tensor): Tensor {
  if (limits.shape[limits.shape.length - 1] !== 2) {
    throw new ShapeError(`replaceMissedRays: "${limits.label}" is [${limits.shape}], expected [N, R, 2]`);
  }
  const rays = elementCount(limits.shape.slice(0, -1));
  const cells = clearedRangeCells(plan);
  plan.dispatch({ kernel: LIMITS_RANGE, bindings: { limits, cells }, params: { rays }, workgroups: linearGrid(rays) });
  const output = plan.scratch('ray limits of all rays', limits.shape);
  plan.dispatch({
    kernel: REPLACE,
    bindings: { cells, limits, output },
    params: { rays },
    workgroups: linearGrid(rays),
  });
  return output;
}

/**
 * Notes the smallest and largest start of all rays that hit the box in the range cells, straight from camera labels: the step that the
 * fused renderer needs before it.
 * @param view cameras [N, 25]; resolution: side of the picture in rays
 */
export function recordStartRange(
  plan: PlanBuilder,
  cells: Tensor,
  view: { cameras: Tensor; resolution: number; boxSide: number },
): void {
  const { cameras, resolution, boxSide } = view;
  const rays = cameras.shape[0]! * resolution * resolution;
  plan.dispatch({
    kernel: RAY_LIMITS_RANGE,
    bindings: { cameras, cells },
    params: { rays, resolution, boxSide },
    workgroups: linearGrid(rays),
  });
}
