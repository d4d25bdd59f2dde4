/**
 * The volume renderer as a chain of plain stages, every intermediate in memory: the readable reference that the fused kernel of
 * volume-render.ts is tested against. It computes the same pictures, slower and with about 500 bytes a sample.
 * With the decoder as layers each stage is an operation that knows its gradient, or takes what it makes as given (the depths of samples): the
 * reference of the fused kernel's gradient.
 */
import { ShapeError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import { type DecoderLayers, decodeByLayers } from './decoder-layers';
import { evaluatePoints } from './evaluate-points';
import { importanceDepths } from './importance';
import { marchRays, type RaySamples } from './marcher';
import { mergeSamples } from './merge-samples';
import { rayBoxLimits, replaceMissedRays } from './ray-limits';
import { generateRays, pointsOnRays } from './rays';
import { checkMarchOptions } from './rendering-options';
import { stratifiedDepths } from './stratified';
import { sampleTriPlanes } from './tri-planes';
import type { VolumeRenderInputs, VolumeRendering } from './volume-render';

/** What the stages leave behind. */
export interface PlainVolumeRendering extends VolumeRendering {
  readonly coarse: RaySamples;
  /** Undefined without importance samples. */
  readonly fine: RaySamples | undefined;
}

export interface PlainVolumeRenderInputs extends Omit<VolumeRenderInputs, 'decoder'> {
  /** As `packDecoder` packs it, or as layers, through which gradients flow. */
  readonly decoder: Tensor | DecoderLayers;
}

/** As `volumeRender`. @throws ShapeError, RenderingOptionError */
export function volumeRenderPlain(plan: PlanBuilder, inputs: PlainVolumeRenderInputs): PlainVolumeRendering {
  const { planes, decoder, cameras, resolution, rendering, sampling } = inputs;
  checkMarchOptions(rendering);
  const rays = generateRays(plan, cameras, resolution);
  const [batch, count] = rays.origins.shape;
  const evaluate = (depths: Tensor): RaySamples => {
    const points = pointsOnRays(plan, rays, depths);
    const { sigma, colours } =
      'hidden' in decoder
        ? decodeByLayers(plan, sampleTriPlanes(plan, planes, points, rendering), decoder)
        : evaluatePoints(plan, { planes, decoder, points, rendering });
    const samples = depths.shape[2]!;
    return {
      depths,
      sigma: reshaped(sigma, [batch!, count!, samples, 1]),
      colours: reshaped(colours, [batch!, count!, samples, rendering.decoderOutputs]),
    };
  };

  const limits =
    rendering.rayLimits === 'auto'
      ? replaceMissedRays(plan, rayBoxLimits(plan, rays, rendering.boxWarp))
      : rendering.rayLimits;
  const coarseDepths = stratifiedDepths(plan, {
    limits,
    batch: batch!,
    rays: count!,
    samples: rendering.depthSamples,
    disparity: rendering.disparitySampling,
    sampling,
  });
  const coarse = evaluate(coarseDepths);
  let marched = marchRays(plan, coarse, rendering.whiteBackground);
  let fine: RaySamples | undefined;
  if (rendering.importanceSamples > 0) {
    fine = evaluate(importanceDepths(plan, coarseDepths, marched.weights, rendering.importanceSamples, sampling));
    marched = marchRays(plan, mergeSamples(plan, coarse, fine), rendering.whiteBackground);
  }
  const image = (tensor: Tensor, channels: number) => reshaped(tensor, [batch!, resolution, resolution, channels]);
  return {
    feature: image(marched.picture, rendering.decoderOutputs),
    depth: image(marched.depth, 1),
    alpha: image(marched.alpha, 1),
    depthRange: marched.depthRange,
    coarse,
    fine,
  };
}

/** The same numbers under another shape with the same last axis. */
function reshaped(tensor: Tensor, shape: readonly number[]): Tensor {
  if (elementCount(shape) !== elementCount(tensor.shape)) {
    throw new ShapeError(`"${tensor.label}" [${tensor.shape}] cannot be seen as [${shape}]`);
  }
  return { ...tensor, shape };
}
