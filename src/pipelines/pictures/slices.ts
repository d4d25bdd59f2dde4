/** Pictures of the inside of the box: the points of a slice, a plane cut through the density, and densities and feature channels as colours. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor } from '../../gpu/tensor';
import densityColoursShader from '../../shaders/pictures/density-colours.wgsl';
import projectChannelsShader from '../../shaders/pictures/project-channels.wgsl';
import slicePointsShader from '../../shaders/pictures/slice-points.wgsl';
import { triPlaneConstants } from '../volume/render-constants';
import type { TriPlaneOptions } from '../volume/rendering-options';
import { expectPlanes } from '../volume/tri-planes';
import { viridisTable } from './colour-map';

const SLICE_POINTS = defineKernel(slicePointsShader);
const PROJECT_CHANNELS = defineKernel(projectChannelsShader);
const DENSITY_COLOURS = defineKernel(densityColoursShader);

/** The axis at right angles to a slice: 0 (x), 1 (y) or 2 (z). */
export type SliceAxis = 0 | 1 | 2;

/**
 * Thickness in scene units of the layer whose opacity a density is shown as: with it, level 10, where meshes are cut, shows as 0.59 of the
 * colour map, 5 as 0.33, 20 as 0.85, and what is empty as 0.
 */
export const DENSITY_THICKNESS = 0.1;

export interface SliceOptions {
  readonly axis: SliceAxis;
  /** Side of the picture, R. */
  readonly resolution: number;
  /** Side of the box in scene units. */
  readonly boxWarp: number;
}

/**
 * Points of a slice, each in the middle of its pixel. It is seen from the positive end of its axis: z from the front (x to the right, y up), y
 * from above (x to the right, z down), x from the side (y up, z to the left).
 * @param position [1]: where the slice is along its axis, -1 to 1 within the box
 * @returns [1, R * R, 3] in scene units
 */
export function slicePoints(plan: PlanBuilder, position: Tensor, { axis, resolution, boxWarp }: SliceOptions): Tensor {
  expectShape(position, [1], 'slicePoints position');
  const points = plan.scratch('slice points', [1, resolution * resolution, 3]);
  plan.dispatch({
    kernel: SLICE_POINTS,
    bindings: { position, points },
    params: { axis, resolution, boxSide: boxWarp },
    workgroups: linearGrid(resolution * resolution),
  });
  return points;
}

/**
 * Densities in the colours of viridis, by the light that {@link DENSITY_THICKNESS} of them absorbs: 1 - exp(-softplus(sigma - 1) thickness).
 * @param sigma [..., 1], before softplus
 * @returns [..., 4]: red, green and blue times alpha, and alpha, 0 to 1: next to nothing is transparent
 */
export function densityColours(plan: PlanBuilder, sigma: Tensor): Tensor {
  const count = elementCount(sigma.shape);
  expectShape(sigma, [...sigma.shape.slice(0, -1), 1], 'densityColours');
  const table = viridisTable();
  const colours = plan.scratch('density colours', [...sigma.shape.slice(0, -1), 4]);
  plan.dispatch({
    kernel: DENSITY_COLOURS,
    bindings: { sigma, colourMap: plan.constant('density colour map', [table.length / 3, 3], table), colours },
    params: { count, thickness: DENSITY_THICKNESS },
    workgroups: linearGrid(count),
  });
  return colours;
}

export interface ChannelProjection {
  /** [3, C]: weights of a plane's channels for red, green and blue. */
  readonly basis: Tensor;
  /** [3], added afterwards. */
  readonly offsets: Tensor;
}

/**
 * One plane's channels as a picture, texel by texel, turned as the slice at right angles to the axis that the plane leaves out.
 * @param planes [N, R, R, planes * C], plane index major; the first of the batch is shown
 * @param plane which of the planes, from 0
 * @returns [1, R, R, 3], -1 to 1
 * @throws ShapeError for planes that are not square, or where there is no such plane
 */
export function projectChannels(
  plan: PlanBuilder,
  planes: Tensor,
  plane: number,
  { basis, offsets }: ChannelProjection,
  options: TriPlaneOptions,
): Tensor {
  const { height, width } = expectPlanes(planes, options, 'projectChannels');
  const axes = options.planeAxes[plane];
  if (!axes || height !== width) {
    throw new ShapeError(`projectChannels: plane ${plane} of ${options.planeAxes.length}, ${height} x ${width}`);
  }
  expectShape(basis, [3, options.planeChannels], 'projectChannels basis');
  expectShape(offsets, [3], 'projectChannels offsets');
  const colours = plan.scratch('channels as colours', [1, height, width, 3]);
  const axis = ([0, 1, 2] as const).find((coordinate) => !axes.includes(coordinate))!;
  plan.dispatch({
    kernel: PROJECT_CHANNELS,
    constants: triPlaneConstants(options),
    bindings: { planes, basis, offsets, colours },
    params: { plane, axis, resolution: width, planeWidth: width, planeHeight: height },
    workgroups: linearGrid(width * height),
  });
  return colours;
}
