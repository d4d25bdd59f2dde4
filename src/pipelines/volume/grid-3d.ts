/**
 * Trilinear samples of a dense grid: the voxel alternative to tri-planes that EG3D's paper compares with (section 3), with its gradients.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import grid3dShader from '../../shaders/volume/stages/grid-3d.wgsl';
import gradientShader from '../../shaders/volume/stages/grid-3d-gradient.wgsl';
import pointGradientShader from '../../shaders/volume/stages/grid-3d-point-gradient.wgsl';
import { type GridExtents, scatterToGrid } from './gradient/scatter-to-grid';

const KERNEL = defineKernel(grid3dShader);
const GRADIENT = defineKernel(gradientShader);
const POINT_GRADIENT = defineKernel(pointGradientShader);

/** Values times points, up to which each value may as well look through all points: sorting them takes a dozen dispatches. */
const MOST_SEARCHED = 2 ** 18;

export interface GridSampling {
  /** Of the box around the origin that the grid fills. Default: 2 */
  readonly boxSide?: number | undefined;
  /** [1]: how many of a sample's points are in use; all others must have no gradient. Default: all */
  readonly total?: Tensor | undefined;
}

/**
 * @param grid [N or 1, D, H, W, C]; x runs along W, y along H, z along D
 * @param points [N, M, 3], within -boxSide / 2 to boxSide / 2 inside the grid; zeros outside
 * @returns [N, M, C]
 * @throws ShapeError
 */
export function sampleGrid3d(
  plan: PlanBuilder,
  grid: Tensor,
  points: Tensor,
  { boxSide = 2, total }: GridSampling = {},
): Tensor {
  const [batch, count] = points.shape;
  expectShape(points, [batch!, count!, 3], 'sampleGrid3d points');
  const [gridSamples, depth, height, width, channels] = grid.shape;
  if (grid.shape.length !== 5 || (gridSamples !== 1 && gridSamples !== batch)) {
    throw new ShapeError(`sampleGrid3d: "${grid.label}" is [${grid.shape}], expected [1 or ${batch}, D, H, W, C]`);
  }
  const output = plan.scratch('grid samples', [batch!, count!, channels!]);
  const extents = {
    ...{ samples: batch!, points: count!, gridSamples: gridSamples! },
    ...{ depth: depth!, height: height!, width: width!, boxSide, groups: grid.stride / 4 },
  };
  const eachPoint = { params: extents, workgroups: linearGrid(batch! * count!) };
  plan.dispatch({ kernel: KERNEL, bindings: { grid, points, output }, ...eachPoint });
  const pointGradient = (gradient: Tensor) => {
    const ofPoints = plan.scratch(`${points.label} gradient`, points.shape);
    plan.dispatch({
      kernel: POINT_GRADIENT,
      bindings: { grid, points, gradient, output: ofPoints },
      ...eachPoint,
    });
    return ofPoints;
  };
  plan.record({
    inputs: [grid, points],
    outputs: [output],
    backward: ([gradient], [wantsGrid, wantsPoints]) => [
      wantsGrid && gridGradient(plan, grid.shape, points, gradient, extents, total),
      wantsPoints && pointGradient(gradient),
    ],
  });
  return output;
}

/** @param shape of the grid */
function gridGradient(
  plan: PlanBuilder,
  shape: readonly number[],
  points: Tensor,
  gradient: Tensor,
  extents: GridExtents,
  total?: Tensor,
): Tensor {
  const { samples, points: count } = extents;
  if (elementCount(shape.slice(0, -1)) * samples * count > MOST_SEARCHED) {
    const all = total ?? plan.constant('points of a sample', [1], [count]);
    return scatterToGrid(plan, points, all, gradient, shape, extents);
  }
  const output = plan.scratch('grid gradient', shape);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { points, gradient, output },
    params: extents,
    workgroups: linearGrid(vectorCount(output)),
  });
  return output;
}
