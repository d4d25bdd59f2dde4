/** Features of points from the tri-planes (EG3D section 4.1). */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import projectShader from '../../shaders/volume/stages/project.wgsl';
import triPlanesShader from '../../shaders/volume/stages/tri-planes.wgsl';
import pointGradientShader from '../../shaders/volume/stages/tri-planes-point-gradient.wgsl';
import triPlanesSumShader from '../../shaders/volume/stages/tri-planes-sum.wgsl';
import { PlanesGradient } from './gradient/scatter-to-planes';
import { planeAxesConstants, triPlaneConstants } from './render-constants';
import type { TriPlaneOptions } from './rendering-options';

const PROJECT = defineKernel(projectShader);
const TRI_PLANES = defineKernel(triPlanesShader);
const TRI_PLANES_SUM = defineKernel(triPlanesSumShader);
const POINT_GRADIENT = defineKernel(pointGradientShader);

/**
 * Where points fall on each plane.
 * @param points [N, M, 3] in scene units
 * @returns uv [N, planes, M, 2]; -1 to 1 inside the box; u runs along the width
 */
export function projectOntoPlanes(plan: PlanBuilder, points: Tensor, options: TriPlaneOptions): Tensor {
  const { batch, count } = pointExtents(points, 'projectOntoPlanes');
  const planes = options.planeAxes.length;
  const uv = plan.scratch('plane coordinates', [batch, planes, count, 2]);
  plan.dispatch({
    kernel: PROJECT,
    constants: planeAxesConstants(options),
    bindings: { points, uv },
    params: { samples: batch, points: count, boxSide: options.boxWarp },
    workgroups: linearGrid(batch * planes * count),
  });
  return uv;
}

/**
 * Bilinear features of points from each plane; zeros outside.
 * @param planes [N, H, W, planes * C], plane index major
 * @param points [N, M, 3] in scene units
 * @returns features [N, planes, M, C]
 */
export function sampleTriPlanes(plan: PlanBuilder, planes: Tensor, points: Tensor, options: TriPlaneOptions): Tensor {
  const { batch, count } = pointExtents(points, 'sampleTriPlanes', planes);
  const { height, width } = expectPlanes(planes, options, 'sampleTriPlanes');
  const planeCount = options.planeAxes.length;
  const features = plan.scratch('plane features', [batch, planeCount, count, options.planeChannels]);
  plan.dispatch({
    kernel: TRI_PLANES,
    constants: triPlaneConstants(options),
    bindings: { planes, points, features },
    params: { samples: batch, points: count, planeWidth: width, planeHeight: height, boxSide: options.boxWarp },
    workgroups: linearGrid(batch * planeCount * count),
  });
  plan.record({
    inputs: [planes, points],
    outputs: [features],
    backward: ([gradient], [wantsPlanes, wantsPoints]) => [
      wantsPlanes && planesGradient(plan, gradient, planes.shape, points, options),
      wantsPoints && pointsGradient(plan, gradient, planes, points, options),
    ],
  });
  return features;
}

/**
 * The sum of the planes' features: what EG3D's section 3 asks of points in a scene. It has a gradient to the planes, none to the points.
 * @param planes [1, H, W, planes * C], plane index major
 * @param points [1, M, 3] in scene units
 * @param total [1]: points that count; the others' gradients are left out
 * @returns features [M, C]
 */
export function sumTriPlanes(
  plan: PlanBuilder,
  planes: Tensor,
  points: Tensor,
  total: Tensor,
  options: TriPlaneOptions,
): Tensor {
  const { batch: samples, count } = pointExtents(points, 'sumTriPlanes', planes);
  const { height, width } = expectPlanes(planes, options, 'sumTriPlanes');
  const features = plan.scratch('plane features', [count, options.planeChannels]);
  plan.dispatch({
    kernel: TRI_PLANES_SUM,
    constants: triPlaneConstants(options),
    bindings: { planes, points, features },
    params: { samples, points: count, planeWidth: width, planeHeight: height, boxSide: options.boxWarp },
    workgroups: linearGrid(count),
  });
  plan.record({
    inputs: [planes],
    outputs: [features],
    backward: ([gradient]) => {
      const sum = new PlanesGradient(plan, planes.shape, options, true, 1);
      sum.add({ points, first: 0, most: count, total, image: 0 }, { rows: gradient, first: 0, planeStep: 0 });
      return [sum.sum];
    },
  });
  return features;
}

/** @param gradient [N, planes, M, C], with respect to the features @param shape of the planes */
function planesGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  shape: readonly number[],
  points: Tensor,
  options: TriPlaneOptions,
): Tensor {
  const [batch, planeCount, count] = gradient.shape;
  const sum = new PlanesGradient(plan, shape, options, false);
  const total = plan.constant('points of an image', [1], [count!]);
  for (let image = 0; image < batch!; image++) {
    sum.add(
      { points, first: image * count!, most: count!, total, image },
      { rows: gradient, first: image * planeCount! * count!, planeStep: count! },
    );
  }
  return sum.sum;
}

/** @param gradient as in {@link planesGradient} @returns [N, M, 3] */
function pointsGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  planes: Tensor,
  points: Tensor,
  options: TriPlaneOptions,
): Tensor {
  const [batch, count] = points.shape;
  const [, height, width] = planes.shape;
  const output = plan.scratch(`${points.label} gradient`, points.shape);
  plan.dispatch({
    kernel: POINT_GRADIENT,
    constants: triPlaneConstants(options),
    bindings: { planes, points, gradient, output },
    params: { samples: batch!, points: count!, planeWidth: width!, planeHeight: height!, boxSide: options.boxWarp },
    workgroups: linearGrid(batch! * count!),
  });
  return output;
}

/** @throws ShapeError unless the tensor is [N, H, W, planes * C] */
export function expectPlanes(
  planes: Tensor,
  options: TriPlaneOptions,
  what: string,
): { height: number; width: number } {
  const { height, width, channels } = imageExtents(planes, `${what} planes`);
  const expected = options.planeAxes.length * options.planeChannels;
  if (channels !== expected) {
    throw new ShapeError(
      `${what}: "${planes.label}" has ${channels} channels; ${options.planeAxes.length} planes of ${options.planeChannels} make ${expected}`,
    );
  }
  return { height, width };
}

/** N and M. @throws ShapeError unless points are [N, M, 3], and there are planes for each N */
export function pointExtents(points: Tensor, what: string, planes?: Tensor): { batch: number; count: number } {
  const [batch, count, coordinates] = points.shape;
  if (points.shape.length !== 3 || coordinates !== 3) {
    throw new ShapeError(`${what}: "${points.label}" is [${points.shape}], expected [N, M, 3]`);
  }
  if (planes && planes.shape[0] !== batch) {
    throw new ShapeError(`${what}: points for ${batch} samples, planes for ${planes.shape[0]}`);
  }
  return { batch: batch!, count: count! };
}
