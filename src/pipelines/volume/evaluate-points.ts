/** Tri-planes and decoder at points that lie anywhere (EG3D sections 4.1 and 4.2), in one kernel. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import evaluatePointsShader from '../../shaders/volume/evaluate-points.wgsl';
import { type DecodedPoints, expectDecoder } from './decoder';
import { evaluatedPointsGradient } from './gradient/evaluate-points-gradient';
import { decoderConstants, triPlaneConstants } from './render-constants';
import type { DecoderExtents, TriPlaneOptions } from './rendering-options';
import { expectPlanes, pointExtents } from './tri-planes';

const EVALUATE_POINTS = defineKernel(evaluatePointsShader);

/**
 * Density (before softplus) and colours of arbitrary points, in one dispatch. Gradients reach planes and decoder, and not the points.
 * @param inputs planes [N, H, W, planes * C]; decoder as `packDecoder` packs it; points [N, M, 3] in scene units
 * @returns sigma [N, M, 1] and colours [N, M, outputs] in (-0.001, 1.001)
 */
export function evaluatePoints(
  plan: PlanBuilder,
  inputs: { planes: Tensor; decoder: Tensor; points: Tensor; rendering: TriPlaneOptions & DecoderExtents },
): DecodedPoints {
  const { planes, decoder, points, rendering } = inputs;
  const { batch, count } = pointExtents(points, 'evaluatePoints', planes);
  const { height, width } = expectPlanes(planes, rendering, 'evaluatePoints');
  expectDecoder(decoder, rendering, 'evaluatePoints');
  const sigma = plan.scratch('sigma', [batch, count, 1]);
  const colours = plan.scratch('colours', [batch, count, rendering.decoderOutputs]);
  plan.dispatch({
    kernel: EVALUATE_POINTS,
    constants: { ...triPlaneConstants(rendering), ...decoderConstants(rendering) },
    bindings: { planes, decoder, points, sigma, colours },
    params: { samples: batch, points: count, planeWidth: width, planeHeight: height, boxSide: rendering.boxWarp },
    workgroups: linearGrid(batch * count),
  });
  plan.record({
    inputs: [planes, decoder],
    outputs: [sigma, colours],
    backward: (gradients, isWanted) => evaluatedPointsGradient(plan, inputs, gradients, isWanted),
  });
  return { sigma, colours };
}
