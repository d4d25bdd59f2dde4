/** The grid of cells that tells where a scene has anything, so that rays are sampled there alone: it follows what samples find. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { type Tensor, vectorCount } from '../../gpu/tensor';
import fadeShader from '../../shaders/volume/packed/fade-occupancy.wgsl';
import markShader from '../../shaders/volume/packed/mark-occupancy.wgsl';
import { occupancySide, type PackedSamples } from './packed-rays';

const FADE = defineKernel(fadeShader);
const MARK = defineKernel(markShader);

export interface OccupancyOptions {
  readonly boxSide: number;
  /** What is left of each cell's number after a step in which nobody looks into it. */
  readonly share: number;
}

/**
 * Appends a step of the grid, in place: numbers fade, and the largest density that a sample has found in a cell is its least.
 * @param occupancy [G^3] cells, x first
 * @param raw [M, 4], what the field says of the samples
 * @throws ShapeError
 */
export function followOccupancy(
  plan: PlanBuilder,
  occupancy: Tensor,
  raw: Tensor,
  { points, total }: Pick<PackedSamples, 'points' | 'total'>,
  { boxSide, share }: OccupancyOptions,
): void {
  const vectors = vectorCount(occupancy);
  plan.dispatch({
    kernel: FADE,
    bindings: { occupancy },
    params: { vectors, share },
    workgroups: linearGrid(vectors),
  });
  plan.dispatch({
    kernel: MARK,
    bindings: { raw, points, total, occupancy },
    params: { gridSide: occupancySide(occupancy), boxSide },
    workgroups: linearGrid(raw.shape[0]!),
  });
  plan.record({ inputs: [], outputs: [occupancy], backward: () => [] });
}
