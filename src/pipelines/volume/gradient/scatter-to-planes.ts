/**
 * The gradient of tri-planes: what the gradients of points' features come to at each texel. A point acts on four texels of each plane, and a texel
 * is acted on by any number of points; without atomic additions of floats, and with the same bits each time, the points are sorted by the cells
 * that they fall into, and each texel adds up those of the four cells around it, in the order of the points.
 */
import { linearGrid } from '../../../gpu/dispatch-grid';
import { defineKernel } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import type { Tensor } from '../../../gpu/tensor';
import countPointsShader from '../../../shaders/volume/scatter/count-points.wgsl';
import gatherPointsShader from '../../../shaders/volume/scatter/gather-points.wgsl';
import listPointsShader from '../../../shaders/volume/scatter/list-points.wgsl';
import orderPointsShader from '../../../shaders/volume/scatter/order-points.wgsl';
import { prefixSums } from '../../reduction/prefix-sums';
import { triPlaneConstants } from '../render-constants';
import type { TriPlaneOptions } from '../rendering-options';

const COUNT_POINTS = defineKernel(countPointsShader);
const LIST_POINTS = defineKernel(listPointsShader);
const ORDER_POINTS = defineKernel(orderPointsShader);
const GATHER_POINTS = defineKernel(gatherPointsShader);

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
  /** Rows from one plane to the next; 0 if all planes take the same. */
  readonly planeStep: number;
  /** Of each plane in a point's features. */
  readonly share: number;
}

/** Adds up the gradient of planes, some points at a time. */
export class PlanesGradient {
  /** [N, H, W, planes * C] */
  readonly sum: Tensor;
  readonly #counts: Tensor;

  /** @param shape of the planes */
  constructor(
    private readonly plan: PlanBuilder,
    private readonly shape: readonly number[],
    private readonly options: TriPlaneOptions,
  ) {
    this.sum = plan.fill(plan.scratch('planes gradient', shape));
    this.#counts = plan.fill(plan.scratch('points of each cell', [this.#cells]));
  }

  add(points: ScatteredPoints, gradients: FeatureGradients): void {
    const { plan, options } = this;
    const [, height, width] = this.shape;
    const counts = this.#counts;
    const cells = this.#cells;
    const { planeAxes, planeChannels, boxWarp: boxSide } = options;
    const { PLANE_AXES, PLANE_COUNT, FEATURE_GROUPS } = triPlaneConstants({
      planeAxes,
      planeChannels,
      boxWarp: boxSide,
    });
    const constants = { PLANE_AXES: PLANE_AXES!, PLANE_COUNT: PLANE_COUNT! };
    const { points: places, total, first: firstPoint } = points;
    const size = { planeWidth: width!, planeHeight: height!, boxSide };
    const eachPoint = linearGrid(points.most);
    plan.dispatch({
      kernel: COUNT_POINTS,
      constants,
      bindings: { points: places, total, counts },
      params: { firstPoint, ...size },
      workgroups: eachPoint,
    });
    const { starts } = prefixSums(plan, counts);
    const list = plan.scratch('points by cell', [planeAxes.length * points.most]);
    plan.dispatch({
      kernel: LIST_POINTS,
      constants,
      bindings: { points: places, total, starts, counts, list },
      params: { firstPoint, ...size },
      workgroups: eachPoint,
    });
    plan.dispatch({
      kernel: ORDER_POINTS,
      bindings: { starts, list },
      params: { cells },
      workgroups: linearGrid(cells),
    });
    plan.dispatch({
      kernel: GATHER_POINTS,
      constants: { ...constants, FEATURE_GROUPS: FEATURE_GROUPS! },
      bindings: { points: places, gradient: gradients.rows, starts, list, planesGradient: this.sum },
      params: {
        ...{ firstPoint, ...size },
        firstRow: gradients.first,
        planeStep: gradients.planeStep,
        share: gradients.share,
        firstTexel: points.image * height! * width!,
      },
      workgroups: linearGrid(planeAxes.length * height! * width!),
    });
  }

  get #cells(): number {
    const [, height, width] = this.shape;
    return this.options.planeAxes.length * (height! + 1) * (width! + 1);
  }
}
