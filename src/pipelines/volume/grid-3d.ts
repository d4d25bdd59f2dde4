/**
 * Trilinear samples of a dense grid: the voxel alternative to tri-planes that EG3D's paper compares with (section 3). Used by training
 * (issue 14): the reference has its gradient.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import grid3dShader from '../../shaders/volume/grid-3d.wgsl';

const KERNEL = defineKernel(grid3dShader);

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
  plan.dispatch({
    kernel: KERNEL,
    bindings: { grid, points, output },
    params: {
      samples: batch!,
      points: count!,
      gridSamples: gridSamples!,
      depth: depth!,
      height: height!,
      width: width!,
      groups: grid.stride / 4,
    },
    workgroups: linearGrid(batch! * count!),
  });
  return output;
}
