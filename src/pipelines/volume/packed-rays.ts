/**
 * Rays whose samples lie in rows one after the other, each ray with as many as it needs: none where nothing is. This is how scenes are learnt and shown
 * (training/scene): of a scene's box most is empty, and a network that is asked at every step of every ray would be asked in vain nearly always.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { GpuError, ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import rayErrorsShader from '../../shaders/reduction/ray-errors.wgsl';
import rayErrorsGradientShader from '../../shaders/reduction/ray-errors-gradient.wgsl';
import countShader from '../../shaders/volume/packed/count-samples.wgsl';
import quadratureShader from '../../shaders/volume/packed/packed-quadrature.wgsl';
import quadratureGradientShader from '../../shaders/volume/packed/packed-quadrature-gradient.wgsl';
import placeShader from '../../shaders/volume/packed/place-samples.wgsl';
import { prefixSums } from '../reduction/prefix-sums';
import { sumRows } from '../reduction/sum-rows';

const COUNT = defineKernel(countShader);
const PLACE = defineKernel(placeShader);
const QUADRATURE = defineKernel(quadratureShader);
const QUADRATURE_GRADIENT = defineKernel(quadratureGradientShader);
const ERRORS = defineKernel(rayErrorsShader);
const ERRORS_GRADIENT = defineKernel(rayErrorsGradientShader);

/** Rays of any cameras. */
export interface CastRays {
  /** [R, 4]: origin, and by how much of a step the first sample lies behind the entry into the box, 0 to 1. */
  readonly origins: Tensor;
  /** [R, 4]: unit direction, and the radius of the ray's cone at depth 1. */
  readonly directions: Tensor;
}

/** How rays are cut into samples. */
export interface PackingOptions {
  /** Side of the box around the origin. */
  readonly boxSide: number;
  /** Length of a step. */
  readonly step: number;
  /** Cells with larger numbers are occupied; a tensor of one number if it changes from run to run. */
  readonly threshold: number | Tensor;
  /** Rows that there are for samples: at least as many as a ray along the box's diagonal can have. */
  readonly capacity: number;
}

/** Samples of rays in rows, ray by ray. Rows beyond `total` are zeros. */
export interface PackedSamples {
  /** [M, 3] each: the samples' places; their rays' directions; depth, length and the radius of the ray's cone at depth 1. */
  readonly points: Tensor;
  readonly directions: Tensor;
  readonly casts: Tensor;
  /** [R + 1], whole numbers: the first row of each ray. */
  readonly starts: Tensor;
  /** [1]: rows in use. */
  readonly total: Tensor;
  /** [1]: rays that have found room for all of their samples, from the first on. */
  readonly used: Tensor;
}

/** There is no room for the samples of one ray. */
export class SampleCapacityError extends GpuError {
  override readonly code = 'sample-capacity';

  constructor(
    readonly value: number,
    readonly limit: number,
  ) {
    super(
      `A ray can have ${limit} samples, and there are rows for ${value}.`,
      'Take longer steps, or make room for more samples.',
    );
  }
}

/** Side of the grid. @param occupancy [G^3] @throws ShapeError */
export function occupancySide({ shape, label }: Tensor): number {
  const side = Math.round(Math.cbrt(shape[0]!));
  if (shape.length !== 1 || side ** 3 !== shape[0])
    throw new ShapeError(`"${label}" is [${shape}], and no cube of cells`);
  return side;
}

/** @param occupancy [G^3] cells, x first @throws SampleCapacityError, ShapeError */
export function packSamples(
  plan: PlanBuilder,
  rays: CastRays,
  occupancy: Tensor,
  { boxSide, step, threshold, capacity }: PackingOptions,
): PackedSamples {
  const count = rays.origins.shape[0]!;
  expectShape(rays.origins, [count, 4], 'packSamples origins');
  expectShape(rays.directions, [count, 4], 'packSamples directions');
  const most = Math.ceil((Math.sqrt(3) * boxSide) / step) + 1;
  if (capacity < most) throw new SampleCapacityError(capacity, most);
  const bindings = { origins: rays.origins, directions: rays.directions, occupancy };
  const params = { rays: count, gridSide: occupancySide(occupancy), boxSide, step, threshold };
  const counts = plan.scratch('samples of each ray', [count]);
  plan.dispatch({ kernel: COUNT, bindings: { ...bindings, counts }, params, workgroups: linearGrid(count) });
  const { starts } = prefixSums(plan, counts);
  const zeros = (label: string) => plan.fill(plan.scratch(label, [capacity, 3]));
  const [points, directions, casts] = [zeros('sample points'), zeros('sample directions'), zeros('sample casts')];
  const total = plan.scratch('samples', [1]);
  const used = plan.scratch('rays with samples', [1]);
  plan.dispatch({
    kernel: PLACE,
    bindings: { ...bindings, starts, points, rayDirections: directions, casts, total, used },
    params: { ...params, capacity },
    workgroups: linearGrid(count),
  });
  plan.record({ inputs: [], outputs: [points, directions, casts, total, used, starts], backward: () => [] });
  return { points, directions, casts, starts, total, used };
}

/**
 * Colours of rays, over white. Gradients reach what the field has said.
 * @param raw [M, 4]: red, green, blue and density before their activations, as shaders/common/volume/field-activations.wgsl has them
 * @returns [R, 4]: colours 0..1 and the weight of all samples; zeros for rays without room
 * @throws ShapeError
 */
export function packedQuadrature(plan: PlanBuilder, raw: Tensor, samples: PackedSamples): Tensor {
  const { casts, starts, used } = samples;
  expectShape(raw, [casts.shape[0]!, 4], 'packedQuadrature raw');
  const rays = starts.shape[0]! - 1;
  const rendered = plan.scratch('rendered rays', [rays, 4]);
  const bindings = { raw, casts, starts, used };
  const params = { rays };
  plan.dispatch({ kernel: QUADRATURE, bindings: { ...bindings, rendered }, params, workgroups: linearGrid(rays) });
  plan.record({
    inputs: [raw],
    outputs: [rendered],
    backward: ([gradient]) => {
      const output = plan.fill(plan.scratch('field gradient', raw.shape));
      plan.dispatch({
        kernel: QUADRATURE_GRADIENT,
        bindings: { ...bindings, gradient, output },
        params,
        workgroups: linearGrid(rays),
      });
      return [output];
    },
  });
  return rendered;
}

/**
 * The mean squared error of the colours of those rays that were rendered.
 * @param rendered from {@link packedQuadrature}
 * @param wanted [R, 3], 0..1
 * @param used from {@link packSamples}
 * @returns [1]
 * @throws ShapeError
 */
export function rayLoss(plan: PlanBuilder, rendered: Tensor, wanted: Tensor, used: Tensor): Tensor {
  const rays = rendered.shape[0]!;
  expectShape(wanted, [rays, 3], 'rayLoss wanted');
  const errors = plan.scratch('ray errors', [rays, 1]);
  const bindings = { rendered, wanted, used };
  plan.dispatch({
    kernel: ERRORS,
    bindings: { ...bindings, output: errors },
    params: { rays },
    workgroups: linearGrid(rays),
  });
  plan.record({
    inputs: [rendered],
    outputs: [errors],
    backward: ([gradient]) => {
      const output = plan.scratch('gradient of rendered rays', rendered.shape);
      plan.dispatch({
        kernel: ERRORS_GRADIENT,
        bindings: { ...bindings, gradient, output },
        params: { rays },
        workgroups: linearGrid(rays),
      });
      return [output];
    },
  });
  return sumRows(plan, errors);
}
