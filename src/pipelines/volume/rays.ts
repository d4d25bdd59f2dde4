/** Rays of a camera, and points on them. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import rayPointsShader from '../../shaders/volume/stages/ray-points.wgsl';
import raysShader from '../../shaders/volume/stages/rays.wgsl';

const RAYS = defineKernel(raysShader);
const RAY_POINTS = defineKernel(rayPointsShader);

/** Rays in world space, R for each of N cameras, row by row. */
export interface Rays {
  /** [N, R, 3] */
  readonly origins: Tensor;
  /** [N, R, 3], of unit length */
  readonly directions: Tensor;
}

/**
 * One ray through the centre of each pixel of each camera; skew and an off-centre principal point are honoured.
 * @param cameras labels [N, 25]: camera-to-world (16, row by row) and normalised intrinsics (9)
 * @param resolution side of the picture in rays; R = resolution^2
 */
export function generateRays(plan: PlanBuilder, cameras: Tensor, resolution: number): Rays {
  const batch = cameras.shape[0]!;
  expectShape(cameras, [batch, 25], 'generateRays cameras');
  const count = resolution * resolution;
  const origins = plan.scratch('ray origins', [batch, count, 3]);
  const directions = plan.scratch('ray directions', [batch, count, 3]);
  plan.dispatch({
    kernel: RAYS,
    bindings: { cameras, origins, directions },
    params: { rays: batch * count, resolution },
    workgroups: linearGrid(batch * count),
  });
  return { origins, directions };
}

/**
 * origin + depth * direction.
 * @param depths [N, R, S, 1]
 * @returns points [N, R * S, 3]
 */
export function pointsOnRays(plan: PlanBuilder, rays: Rays, depths: Tensor): Tensor {
  const { batch, count } = rayExtents(rays, 'pointsOnRays');
  const samples = depths.shape[2] ?? 0;
  expectShape(depths, [batch, count, samples, 1], 'pointsOnRays depths');
  const points = plan.scratch('points on rays', [batch, count * samples, 3]);
  plan.dispatch({
    kernel: RAY_POINTS,
    bindings: { ...rays, depths, points },
    params: { points: batch * count * samples, samples },
    workgroups: linearGrid(batch * count * samples),
  });
  return points;
}

/** N and R. @throws ShapeError unless both tensors are [N, R, 3] */
export function rayExtents({ origins, directions }: Rays, what: string): { batch: number; count: number } {
  const [batch, count, coordinates] = origins.shape;
  if (origins.shape.length !== 3 || coordinates !== 3) {
    throw new ShapeError(`${what}: "${origins.label}" is [${origins.shape}], expected [N, R, 3]`);
  }
  expectShape(directions, origins.shape, `${what} directions`);
  return { batch: batch!, count: count! };
}
