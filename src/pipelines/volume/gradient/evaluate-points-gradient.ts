/** The way back from densities and colours of points that lie anywhere: what the density regularisation of EG3D stands on. */
import { linearGrid } from '../../../gpu/dispatch-grid';
import { defineKernel } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import type { Tensor } from '../../../gpu/tensor';
import outputsGradientShader from '../../../shaders/volume/gradient/point-outputs-gradient.wgsl';
import { decoderConstants } from '../render-constants';
import type { DecoderExtents, TriPlaneOptions } from '../rendering-options';
import { pointBatches } from '../volume-march';
import { PointsGradient, pointsPerChunk } from './points-gradient';

const OUTPUTS_GRADIENT = defineKernel(outputsGradientShader);

/**
 * @param inputs of `evaluatePoints`
 * @param gradients of sigma [N, M, 1] and colours [N, M, outputs]
 * @returns gradients of planes and packed decoder, those that are wanted
 */
export function evaluatedPointsGradient(
  plan: PlanBuilder,
  inputs: { planes: Tensor; decoder: Tensor; points: Tensor; rendering: TriPlaneOptions & DecoderExtents },
  [ofSigma, ofColours]: readonly [Tensor | undefined, Tensor | undefined],
  [wantsPlanes, wantsDecoder]: readonly [boolean, boolean],
): [Tensor | undefined, Tensor | undefined] {
  const { planes, decoder, points, rendering } = inputs;
  const { reading, constants } = pointBatches(plan, planes, rendering);
  const gradient = new PointsGradient(plan, {
    planes,
    decoder,
    rendering,
    reading,
    constants,
    wantsPlanes,
    wantsDecoder,
  });
  const [batch, count] = points.shape;
  const orZeros = (given: Tensor | undefined, channels: number) =>
    given ?? plan.fill(plan.scratch('no gradient', [batch!, count!, channels]));
  const givenSigma = orZeros(ofSigma, 1);
  const colourGradient = orZeros(ofColours, rendering.decoderOutputs);
  const ofChunk = pointsPerChunk(plan);
  for (let image = 0; image < batch!; image++) {
    for (let done = 0; done < count!; done += ofChunk) {
      const most = Math.min(ofChunk, count! - done);
      const first = image * count! + done;
      const total = plan.constant('points of a chunk', [1], [most]);
      gradient.add({ points, first, most, total, image }, (colours) => {
        const sigmaGradient = plan.scratch('sigma gradient', [most, 1]);
        const logitGradient = plan.scratch('logit gradient', [most, rendering.decoderOutputs]);
        plan.dispatch({
          kernel: OUTPUTS_GRADIENT,
          constants: { COLOUR_GROUPS: decoderConstants(rendering).COLOUR_GROUPS! },
          bindings: { total, colours, colourGradient, givenSigma, sigmaGradient, logitGradient },
          params: { firstRow: first },
          workgroups: linearGrid(most),
        });
        return { sigmaGradient, logitGradient };
      });
    }
  }
  return gradient.sums();
}
