/**
 * The way back through the fused renderer. It has kept nothing of its samples, so they are found again, a chunk of rays at a time: which samples are
 * seen, where they are, what they show, then the quadrature backwards and the points' part (points-gradient.ts). Memory is that of a chunk, whatever
 * the number of samples; what is left out is bounded (find-samples.wgsl).
 */
import { linearGrid } from '../../../gpu/dispatch-grid';
import { defineKernel, type KernelParams } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import type { Tensor } from '../../../gpu/tensor';
import findSamplesShader from '../../../shaders/volume/gradient/find-samples.wgsl';
import marchGradientShader from '../../../shaders/volume/gradient/march-gradient.wgsl';
import placePointsShader from '../../../shaders/volume/gradient/place-points.wgsl';
import { prefixSums } from '../../reduction/prefix-sums';
import { decoderConstants } from '../render-constants';
import type { RenderingOptions } from '../rendering-options';
import type { SampleSearch } from '../volume-march';
import { PointsGradient, pointsPerChunk } from './points-gradient';

const FIND_SAMPLES = defineKernel(findSamplesShader);
const PLACE_POINTS = defineKernel(placePointsShader);
const MARCH_GRADIENT = defineKernel(marchGradientShader);

export interface VolumeGradientInputs {
  /** [N, H, W, planes * C] */
  readonly planes: Tensor;
  readonly decoder: Tensor;
  readonly cameras: Tensor;
  /** As the forward pass has left them. */
  readonly cells: Tensor;
  /** [N, R, R, 4] of the forward pass. */
  readonly depthAlpha: Tensor;
  readonly resolution: number;
  readonly rendering: RenderingOptions;
  readonly search: SampleSearch;
  /** Of planes, limits and picture, as the forward kernel has them. */
  readonly params: KernelParams;
  readonly autoLimits: number;
}

/** @returns gradients of planes and packed decoder, those that are wanted */
export function volumeRenderGradient(
  plan: PlanBuilder,
  inputs: VolumeGradientInputs,
  pictureGradient: Tensor,
  depthAlphaGradient: Tensor,
  [wantsPlanes, wantsDecoder]: readonly [boolean, boolean],
): [Tensor | undefined, Tensor | undefined] {
  const { planes, decoder, cameras, cells, depthAlpha, resolution, rendering, search } = inputs;
  const { reading, constants } = search;
  const samplesPerRay = rendering.depthSamples + rendering.importanceSamples;
  const raysPerImage = resolution * resolution;
  const raysPerChunk = Math.max(1, Math.min(raysPerImage, Math.floor(pointsPerChunk(plan) / samplesPerRay)));
  const gradient = new PointsGradient(plan, {
    ...{ planes, decoder, rendering, reading, wantsPlanes, wantsDecoder },
    constants: batchConstants(constants),
  });
  for (let image = 0; image < planes.shape[0]!; image++) {
    const endOfImage = (image + 1) * raysPerImage;
    for (let firstRay = image * raysPerImage; firstRay < endOfImage; firstRay += raysPerChunk) {
      const endRay = Math.min(endOfImage, firstRay + raysPerChunk);
      const rays = endRay - firstRay;
      const samples = plan.scratch('seen samples', [rays * samplesPerRay, 4]);
      const counts = plan.scratch('seen of each ray', [rays]);
      plan.dispatch({
        kernel: FIND_SAMPLES,
        constants: { ...constants, AUTO_LIMITS: inputs.autoLimits },
        bindings: { ...search.bindings, decoder, cameras, cells, samples, counts },
        textures: reading.textures,
        params: { ...inputs.params, ...search.params, firstRay, endRay },
        workgroups: linearGrid(rays),
      });
      const { starts, total } = prefixSums(plan, counts);
      const points = plan.scratch('seen points', [rays * samplesPerRay, 3]);
      plan.dispatch({
        kernel: PLACE_POINTS,
        bindings: { cameras, samples, starts, points },
        params: { firstRay, endRay, resolution, samplesPerRay },
        workgroups: linearGrid(rays),
      });
      const most = rays * samplesPerRay;
      gradient.add({ points, first: 0, most, total, image }, (colours) => {
        const sigmaGradient = plan.scratch('sigma gradient', [most, 1]);
        const logitGradient = plan.scratch('logit gradient', [most, rendering.decoderOutputs]);
        plan.dispatch({
          kernel: MARCH_GRADIENT,
          constants: {
            COLOUR_GROUPS: decoderConstants(rendering).COLOUR_GROUPS!,
            WHITE_BACKGROUND: Number(rendering.whiteBackground),
          },
          bindings: {
            ...{ samples, starts, colours, depthAlpha, pictureGradient, depthAlphaGradient },
            ...{ sigmaGradient, logitGradient },
          },
          params: { firstRay, endRay, samplesPerRay },
          workgroups: linearGrid(rays),
        });
        return { sigmaGradient, logitGradient };
      });
    }
  }
  return gradient.sums();
}

/** Of the constants of a search those that any batch of points has. */
function batchConstants(constants: SampleSearch['constants']): SampleSearch['constants'] {
  const {
    SAMPLING: _sampling,
    DISPARITY: _disparity,
    COARSE_CAPACITY: _coarse,
    FINE_CAPACITY: _fine,
    ...rest
  } = constants;
  return rest;
}
