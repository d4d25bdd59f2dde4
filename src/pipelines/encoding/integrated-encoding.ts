/** Integrated positional encoding: Mip-NeRF's (Barron et al. 2021), of pieces of cones in place of points. */
import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, type Tensor } from '../../gpu/tensor';
import integratedEncodingShader from '../../shaders/encoding/integrated-encoding.wgsl';

const KERNEL = defineKernel(integratedEncodingShader);

/** Pieces of the cones that pixels see, between two depths. */
export interface ConePieces {
  /** [..., 3], M rows: the middle of each piece. */
  readonly points: Tensor;
  /** [M, 3]: unit directions of their rays. */
  readonly directions: Tensor;
  /** [M, 3]: depth of the middle along the ray, length of the piece, and the radius of the cone at depth 1. */
  readonly casts: Tensor;
}

export interface WaveLadder {
  /** How many frequencies, each twice the one before. */
  readonly levels: number;
  /** The first, in cycles per unit. */
  readonly lowest: number;
}

/**
 * The mean of sin(2 pi f x) and cos(2 pi f x) over each piece, for each axis and frequency (equations 7, 8, 13, 14). Rays are given, nothing learns through
 * it: it has no gradient, and says so to the tape.
 * @returns [M, 6 levels]: sines, frequency by frequency for x, y and z, then cosines
 * @throws ShapeError
 */
export function integratedEncoding(
  plan: PlanBuilder,
  { points, directions, casts }: ConePieces,
  { levels, lowest }: WaveLadder,
): Tensor {
  const rows = elementCount(points.shape.slice(0, -1));
  if (points.shape.at(-1) !== 3) {
    throw new ShapeError(`integratedEncoding: "${points.label}" is [${points.shape}], expected [M, 3]`);
  }
  expectShape(directions, [rows, 3], 'integratedEncoding directions');
  expectShape(casts, [rows, 3], 'integratedEncoding casts');
  const output = plan.scratch('integrated encoding', [rows, 6 * levels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { points, directions, casts, output },
    params: { rows, levels, lowest },
    workgroups: linearGrid((rows * output.stride) / 4),
  });
  plan.record({ inputs: [], outputs: [output], backward: () => [] });
  return output;
}
