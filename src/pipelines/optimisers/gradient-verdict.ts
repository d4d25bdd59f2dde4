/** What all gradients of an update are together: their norm, whether all are finite, and what the update is to do about it. */

import { workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import gradientSumsShader from '../../shaders/optimisers/gradient-sums.wgsl';
import gradientVerdictShader from '../../shaders/optimisers/gradient-verdict.wgsl';

const SUMS = defineKernel(gradientSumsShader);
const VERDICT = defineKernel(gradientVerdictShader);

/** Vectors of four that one workgroup adds up, as the shader has it. */
const CHUNK_VECTORS = 1024;

export interface VerdictOptions {
  /** Gradients whose norm, over all of them, is larger are scaled down to it (torch.nn.utils.clip_grad_norm_). Default: none are. */
  readonly largestNorm?: number | undefined;
  /**
   * What to do about numbers that are not finite. 'replace', as EG3D's training loop does: NaN counts as 0, and infinity as +-100000.
   * 'skip': the whole update is left out, and no clock advances. Default: 'replace'.
   */
  readonly whenNotFinite?: 'replace' | 'skip' | undefined;
}

/** What {@link gradientVerdict} adds to: four numbers, as {@link UpdateCounts} names them. */
export const COUNTS_SHAPE = [4] as const;

/** How updates have gone so far. */
export interface UpdateCounts {
  readonly updates: number;
  /** Updates of which some gradient was not finite. */
  readonly updatesWithFaults: number;
  /** Numbers of gradients that were not finite, in all. */
  readonly faults: number;
  /** Updates that were left out for that. */
  readonly skipped: number;
}

/** @param values of a tensor of {@link COUNTS_SHAPE} */
export function updateCounts([updates, updatesWithFaults, faults, skipped]: ArrayLike<number> &
  Iterable<number>): UpdateCounts {
  return { updates: updates!, updatesWithFaults: updatesWithFaults!, faults: faults!, skipped: skipped! };
}

/**
 * Looks through all gradients of an update, on the device: nothing is read back for it.
 * @param counts of {@link COUNTS_SHAPE}, added to at each run
 * @returns [4]: the factor on all gradients, 1 if the update is to be left out (else 0), the norm, how many numbers are not finite
 * @throws ShapeError
 */
export function gradientVerdict(
  plan: PlanBuilder,
  gradients: readonly Tensor[],
  counts: Tensor,
  { largestNorm = 0, whenNotFinite = 'replace' }: VerdictOptions = {},
): Tensor {
  expectShape(counts, COUNTS_SHAPE, 'gradientVerdict counts');
  const chunks = gradients.map((gradient) => Math.ceil(vectorCount(gradient) / CHUNK_VECTORS));
  const rows = chunks.reduce((sum, count) => sum + count, 0);
  const sums = plan.scratch('gradient sums', [rows, 2]);
  let firstRow = 0;
  gradients.forEach((gradient, index) => {
    plan.dispatch({
      kernel: SUMS,
      bindings: { gradient, sums },
      params: { vectors: vectorCount(gradient), firstRow },
      workgroups: workgroupGrid(chunks[index]!),
    });
    firstRow += chunks[index]!;
  });
  const verdict = plan.scratch('gradient verdict', [4]);
  plan.dispatch({
    kernel: VERDICT,
    bindings: { sums, verdict, counts },
    params: { rows, largestNorm, skips: whenNotFinite === 'skip' ? 1 : 0 },
    workgroups: [1],
  });
  return verdict;
}
