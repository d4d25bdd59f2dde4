/**
 * Trilinear samples of a dense grid: the voxel alternative to tri-planes that EG3D's paper compares with (section 3), with its
 * gradient: a scene of a few cells can be learnt with it.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import grid3dShader from '../../shaders/volume/stages/grid-3d.wgsl';
import gradientShader from '../../shaders/volume/stages/grid-3d-gradient.wgsl';
import pointGradientShader from '../../shaders/volume/stages/grid-3d-point-gradient.wgsl';

const KERNEL = defineKernel(grid3dShader);
const GRADIENT = defineKernel(gradientShader);
const POINT_GRADIENT = defineKernel(pointGradientShader);

/**
 * @param grid [N or 1, D, H, W, C]; x runs along W, y along H, z along D
 * @param points [N, M, 3] in [-1, 1] inside the grid; zeros outside
 * @returns [N, M, C]
 */
export function sampleGrid3d(plan: PlanBuilder, grid: Tensor, points: Tensor): Tensor {
  const [batch, count] = points.shape;
  expectShape(points, [batch!, count!, 3], 'sampleGrid3d points');
  const [gridSamples, depth, height, width, channels] = grid.shape;
  if (grid.shape.length !== 5 || (gridSamples !== 1 && gridSamples !== batch)) {
    throw new ShapeError(`sampleGrid3d: "${grid.label}" is [${grid.shape}], expected [1 or ${batch}, D, H, W, C]`);
  }
  const output = plan.scratch('grid samples', [batch!, count!, channels!]);
  const params = {
    samples: batch!,
    points: count!,
    gridSamples: gridSamples!,
    depth: depth!,
    height: height!,
    width: width!,
    groups: grid.stride / 4,
  };
  const eachPoint = linearGrid(batch! * count!);
  plan.dispatch({ kernel: KERNEL, bindings: { grid, points, output }, params, workgroups: eachPoint });
  const gridGradient = (gradient: Tensor) => {
    const ofGrid = plan.scratch(`${grid.label} gradient`, grid.shape);
    const workgroups = linearGrid(vectorCount(grid));
    plan.dispatch({ kernel: GRADIENT, bindings: { points, gradient, output: ofGrid }, params, workgroups });
    return ofGrid;
  };
  const pointGradient = (gradient: Tensor) => {
    const ofPoints = plan.scratch(`${points.label} gradient`, points.shape);
    const bindings = { grid, points, gradient, output: ofPoints };
    plan.dispatch({ kernel: POINT_GRADIENT, bindings, params, workgroups: eachPoint });
    return ofPoints;
  };
  plan.record({
    inputs: [grid, points],
    outputs: [output],
    backward: ([gradient], [wantsGrid, wantsPoints]) => [
      wantsGrid && gridGradient(gradient),
      wantsPoints && pointGradient(gradient),
    ],
  });
  return output;
}
