/**
 * The gradient of tri-planes: what the gradients of points' features come to at each texel. A point acts on four texels of each plane, and a texel
 * is acted on by any number of points; without atomic additions of floats, and with the same bits each time, the points are sorted by the cells
 * between texels that they fall into, and each cell adds up its points, in their order.
 */
import { linearGrid } from '../../../gpu/dispatch-grid';
import { defineKernel } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import type { Tensor } from '../../../gpu/tensor';
import addCellsShader from '../../../shaders/volume/scatter/add-cells.wgsl';
import countPointsShader from '../../../shaders/volume/scatter/count-points.wgsl';
import listPointsShader from '../../../shaders/volume/scatter/list-points.wgsl';
import orderPointsShader from '../../../shaders/volume/scatter/order-points.wgsl';
import { prefixSums } from '../../reduction/prefix-sums';
import { planeAxesConstants, planeConstants } from '../render-constants';
import type { TriPlaneAxes, TriPlaneOptions } from '../rendering-options';

const COUNT_POINTS = defineKernel(countPointsShader);
const LIST_POINTS = defineKernel(listPointsShader);
const ORDER_POINTS = defineKernel(orderPointsShader);
const ADD_CELLS = defineKernel(addCellsShader);

/** Every other column and every other row of cells. */
const ROUNDS = [0, 1, 2, 3];
/** Threads that add cells, at most: others would find nothing to do most of the time. A software adapter takes a third of the time with fewer. */
const MOST_THREADS = { software: 2 ** 12, hardware: 2 ** 15 };

/** @param cells that have points, at most @param groups of four channels of each */
export function addingThreads({ host }: PlanBuilder, cells: number, groups: number): number {
  return Math.min(MOST_THREADS[host.adapter.isSoftware ? 'software' : 'hardware'], groups * cells);
}

/** Points of one image. */
export interface ScatteredPoints {
  /** [..., 3] in scene units; those from row `first` on */
  readonly points: Tensor;
  readonly first: number;
  /** How many there are at most, which memory is made for. */
  readonly most: number;
  /** [1]: how many there are. */
  readonly total: Tensor;
  /** Whose planes they are in. */
  readonly image: number;
}

/** Gradients of their features, rows of C. */
export interface FeatureGradients {
  readonly rows: Tensor;
  /** Row of the first point. */
  readonly first: number;
  /** Rows from one plane to the next; 0 if all planes take the same: then of each its share, 1 / planes. */
  readonly planeStep: number;
}

/** A plane that points are sorted into, and which planes have its gradient. */
interface SortedPlane {
  readonly axes: TriPlaneAxes[number];
  /** Two planes that take the same coordinates in turned order, or twice the same one. */
  readonly targets: readonly [straight: number, turned: number];
}

/** Adds up the gradient of planes, some points at a time. */
export class PlanesGradient {
  /** [N, H, W, planes * C] */
  readonly sum: Tensor;
  readonly #sorted: readonly SortedPlane[];
  readonly #counts: Tensor;
  readonly #cells: number;

  /**
   * @param shape of the planes
   * @param isShared whether all planes take the same gradient of a point's features
   * @param share of a plane in a point's features. Default: that in their mean, if the gradient is shared, else 1
   */
  constructor(
    private readonly plan: PlanBuilder,
    private readonly shape: readonly number[],
    private readonly options: TriPlaneOptions,
    isShared: boolean,
    private readonly share: number = isShared ? 1 / options.planeAxes.length : 1,
  ) {
    const [, height, width] = shape;
    this.#sorted = sortedPlanes(options.planeAxes, isShared && width === height);
    this.#cells = ROUNDS.length * this.#sorted.length * (Math.floor(height! / 2) + 1) * (Math.floor(width! / 2) + 1);
    this.sum = plan.fill(plan.scratch('planes gradient', shape));
    this.#counts = plan.fill(plan.scratch('points of each cell', [this.#cells]));
  }

  add({ points, total, most, first: firstPoint, image }: ScatteredPoints, gradients: FeatureGradients): void {
    const { plan, options } = this;
    const [, height, width] = this.shape;
    const counts = this.#counts;
    const cells = this.#cells;
    const sorted = this.#sorted;
    const planes = options.planeAxes.length;
    const constants = planeAxesConstants({ planeAxes: sorted.map(({ axes }) => axes) });
    const params = { firstPoint, planeWidth: width!, planeHeight: height!, boxSide: options.boxWarp };
    const eachPoint = linearGrid(most);
    plan.dispatch({
      kernel: COUNT_POINTS,
      constants,
      bindings: { points, total, counts },
      params,
      workgroups: eachPoint,
    });
    const { starts, filled } = prefixSums(plan, counts);
    const list = plan.scratch('points by cell', [sorted.length * most]);
    const filledCells = plan.scratch('cells with points', [Math.min(cells, sorted.length * most)]);
    plan.dispatch({
      kernel: LIST_POINTS,
      constants,
      bindings: { points, total, starts, counts, list },
      params,
      workgroups: eachPoint,
    });
    plan.dispatch({
      kernel: ORDER_POINTS,
      bindings: { starts, filled, list, filledCells },
      params: { cells },
      workgroups: linearGrid(cells),
    });
    const groups = options.planeChannels / 4;
    const threads = addingThreads(plan, filledCells.shape[0]!, groups);
    for (const round of ROUNDS) {
      plan.dispatch({
        kernel: ADD_CELLS,
        constants: {
          ...constants,
          FEATURE_GROUPS: planeConstants(options).FEATURE_GROUPS!,
          TARGETS: sorted.map(({ targets }) => targets),
        },
        bindings: {
          ...{ points, gradient: gradients.rows, planesGradient: this.sum },
          ...{ starts, filled, list, filledCells },
        },
        params: {
          ...params,
          firstRow: gradients.first,
          planeStep: gradients.planeStep,
          share: this.share,
          firstTexel: image * height! * width!,
          planes,
          round,
          threads,
        },
        workgroups: linearGrid(threads),
      });
    }
  }
}

/** @param joinsTurned whether planes of the same coordinates in turned order are one */
function sortedPlanes(planeAxes: TriPlaneAxes, joinsTurned: boolean): SortedPlane[] {
  const sorted: SortedPlane[] = [];
  planeAxes.forEach(([u, v], plane) => {
    const other = sorted.findIndex(
      ({ axes, targets: [straight, turned] }) => axes[0] === v && axes[1] === u && straight === turned && u !== v,
    );
    if (joinsTurned && other !== -1) sorted[other] = { ...sorted[other]!, targets: [sorted[other]!.targets[0], plane] };
    else sorted.push({ axes: [u, v], targets: [plane, plane] });
  });
  return sorted;
}
