/**
 * The gradient of a dense grid: what the gradients of points' samples come to at each value. As for tri-planes (scatter-to-planes.ts) the points are
 * sorted by the cells that they fall into, and each cell adds up its points in their order: no atomic additions of floats, the same bits each time, and
 * no work but for cells that have points.
 */
import { linearGrid } from '../../../gpu/dispatch-grid';
import { defineKernel, type KernelParams } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import type { Tensor } from '../../../gpu/tensor';
import addCellsShader from '../../../shaders/volume/scatter/grid-add-cells.wgsl';
import countPointsShader from '../../../shaders/volume/scatter/grid-count-points.wgsl';
import listPointsShader from '../../../shaders/volume/scatter/grid-list-points.wgsl';
import orderPointsShader from '../../../shaders/volume/scatter/order-points.wgsl';
import { prefixSums } from '../../reduction/prefix-sums';
import { addingThreads } from './scatter-to-planes';

const COUNT_POINTS = defineKernel(countPointsShader);
const LIST_POINTS = defineKernel(listPointsShader);
const ORDER_POINTS = defineKernel(orderPointsShader);
const ADD_CELLS = defineKernel(addCellsShader);

/** Every other column, row and slice of cells. */
const ROUNDS = [0, 1, 2, 3, 4, 5, 6, 7];

/** How points lie in grids, for the kernels. */
export type GridExtents = KernelParams &
  Readonly<Record<'samples' | 'points' | 'gridSamples' | 'depth' | 'height' | 'width' | 'boxSide' | 'groups', number>>;

/**
 * @param points [N, M, 3]
 * @param total [1]: how many of each sample's points are in use
 * @param gradient [N, M, C], of the samples at the points
 * @param shape of the grid, [N or 1, D, H, W, C]
 * @returns a tensor of that shape
 */
export function scatterToGrid(
  plan: PlanBuilder,
  points: Tensor,
  total: Tensor,
  gradient: Tensor,
  shape: readonly number[],
  extents: GridExtents,
): Tensor {
  const { samples, points: count, gridSamples, depth, height, width, boxSide, groups } = extents;
  const place = { gridSamples, depth, height, width, boxSide };
  const cells =
    ROUNDS.length * gridSamples * [depth, height, width].reduce((all, n) => all * (Math.floor(n / 2) + 1), 1);
  const most = samples * count;
  const eachPoint = { params: { ...place, samples, points: count }, workgroups: linearGrid(most) };
  const counts = plan.fill(plan.scratch('points of each cell', [cells]));
  plan.dispatch({ kernel: COUNT_POINTS, bindings: { points, total, counts }, ...eachPoint });
  const { starts, filled } = prefixSums(plan, counts);
  const list = plan.scratch('points by cell', [most]);
  const filledCells = plan.scratch('cells with points', [Math.min(cells, most)]);
  plan.dispatch({ kernel: LIST_POINTS, bindings: { points, total, starts, counts, list }, ...eachPoint });
  plan.dispatch({
    kernel: ORDER_POINTS,
    bindings: { starts, filled, list, filledCells },
    params: { cells },
    workgroups: linearGrid(cells),
  });
  const gridGradient = plan.fill(plan.scratch('grid gradient', shape));
  const threads = addingThreads(plan, filledCells.shape[0]!, groups);
  for (const round of ROUNDS) {
    plan.dispatch({
      kernel: ADD_CELLS,
      bindings: { points, gradient, starts, filled, list, filledCells, gridGradient },
      params: { ...place, groups, round, threads },
      workgroups: linearGrid(threads),
    });
  }
  return gridGradient;
}
