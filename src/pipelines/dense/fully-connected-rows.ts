/** The kernels of fully connected layers (fully-connected.ts) for thousands of rows: networks that are asked at points in space. */

import { rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import rowsShader from '../../shaders/dense/fully-connected-rows.wgsl';
import weightGradientShader from '../../shaders/dense/fully-connected-rows-weight-gradient.wgsl';
import { sumLeading } from '../reduction/sum-rows';
import { type ActivationOptions, activationSettings } from './activation';

const KERNEL = defineKernel(rowsShader);
const WEIGHT_GRADIENT = defineKernel(weightGradientShader);

/** From so many rows on a thread has rows enough of its own. */
export const MANY_ROWS = 512;

const WORKGROUP_THREADS = 64;
const ROWS_OF_THREAD = 4;
/** Vectors of outputs of a thread. */
const LARGEST_BLOCK = 4;
const ROWS_PER_PART = 512;
/** A software adapter takes so many times longer for a FLOP here than in the convolutions by which `rowBands` divides: some 3 GFLOP/s a core. */
const SLOWNESS = 3;

/**
 * y = clamp(activate(x W + bias) * gain).
 * @param input [N, inFeatures]
 * @param weight [inFeatures rounded up to four, outFeatures]
 * @param bias [outFeatures]
 * @returns [N, outFeatures], which records nothing
 */
export function denseRows(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  bias: Tensor,
  options: ActivationOptions = {},
): Tensor {
  const rows = input.shape[0]!;
  const channels = weight.shape[1]!;
  const output = plan.scratch(`${weight.label} output`, [rows, channels]);
  const { BLOCK, SHARES_LOADS } = tileConstants(plan, output.stride / 4);
  const { constants, params } = activationSettings(options);
  const tile = WORKGROUP_THREADS * ROWS_OF_THREAD;
  for (const { firstRow, endRow } of rowBands(plan, rows, SLOWNESS * 2 * input.stride * channels, tile)) {
    plan.dispatch({
      kernel: KERNEL,
      bindings: { input, weight, bias, output },
      params: { firstRow, endRow, inputGroups: input.stride / 4, channels, ...params },
      constants: { ...constants, BLOCK, SHARES_LOADS },
      workgroups: workgroupGrid(Math.ceil((endRow - firstRow) / tile) * Math.ceil(output.stride / 4 / BLOCK)),
    });
  }
  return output;
}

/**
 * The sum over rows of the outer product of input and gradient.
 * @param input [N, inFeatures]
 * @param gradient [N, outFeatures]
 * @returns [inFeatures rounded up to four, outFeatures], which records nothing
 */
export function denseRowsWeightGradient(plan: PlanBuilder, input: Tensor, gradient: Tensor): Tensor {
  const [rows, channels] = gradient.shape;
  const inputGroups = input.stride / 4;
  const groups = gradient.stride / 4;
  const parts = Math.ceil(rows! / ROWS_PER_PART);
  const ofParts = plan.scratch(`${gradient.label} weight gradient of parts`, [parts, input.stride, channels!]);
  const { BLOCK, SHARES_LOADS } = tileConstants(plan, groups);
  const quads = Math.ceil(inputGroups / 4) * Math.ceil(groups / BLOCK);
  const flopsOfPart = SLOWNESS * 2 * ROWS_PER_PART * input.stride * gradient.stride;
  for (const { firstRow: firstPart, endRow: endPart } of rowBands(plan, parts, flopsOfPart)) {
    plan.dispatch({
      kernel: WEIGHT_GRADIENT,
      bindings: { input, gradient, output: ofParts },
      params: { firstPart, parts: endPart, rows: rows!, rowsPerPart: ROWS_PER_PART, inputGroups, groups },
      constants: { BLOCK, SHARES_LOADS },
      workgroups: workgroupGrid((endPart - firstPart) * Math.ceil((4 * quads) / WORKGROUP_THREADS)),
    });
  }
  return sumLeading(plan, ofParts, 1);
}

/** @param groups vectors of outputs */
function tileConstants({ host }: PlanBuilder, groups: number): { BLOCK: number; SHARES_LOADS: number } {
  const sharesLoads = host.adapter.isSoftware && host.features?.has('subgroups') === true;
  return { BLOCK: Math.min(LARGEST_BLOCK, groups), SHARES_LOADS: Number(sharesLoads) };
}
