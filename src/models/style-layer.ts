/**
 * The two kinds of layers that StyleGAN2's synthesis network and EG3D's super-resolution are made of: the modulated 3x3 convolution and
 * the picture layer ("torgb"). What depends on the face alone (styles and demodulation) is computed by functions of its own, so that a
 * page runs them once a face and the convolutions once a frame.
 */
import { ShapeError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import type { Tensor } from '../gpu/tensor';
import { type ConvShape, squaredConvShape, squaredConvWeights } from '../pipelines/convolution/conv-weights';
import { squaredWeights } from '../pipelines/convolution/derived-weights';
import type { LayerNoise } from '../pipelines/convolution/layer-epilogue';
import { demodulationCoefficients, type LayerStyles, modulatedConv3x3 } from '../pipelines/convolution/modulated-conv';
import { toRgb } from '../pipelines/convolution/to-rgb';
import { fullyConnected } from '../pipelines/dense/fully-connected';
import { unchanged } from '../pipelines/dense/rearrange';
import { randomNormal } from '../pipelines/random/random-normal';
import { convLayerWeights } from './conv-layer-weights';
import { denseLayer } from './dense-layer';
import type { ParameterScope } from './parameters';

/** Where the noise of all layers of a network comes from. */
export type SynthesisNoise =
  | { readonly mode: 'const' }
  | { readonly mode: 'none' }
  /** Fresh numbers: `seed` [1] is an integer from 0 to 2^24, to be written before a run. */
  | { readonly mode: 'random'; readonly seed: Tensor }
  /** Recorded noise: [1 or N, H, W] for every convolution, in the order in which they run. */
  | { readonly mode: 'given'; readonly layers: readonly Tensor[] };

/** One w out of a tensor of several. */
export interface LayerLatent {
  /** [N, wDim] or [N, numWs, wDim] */
  readonly ws: Tensor;
  readonly index: number;
}

/** Styles and demodulation of a convolution layer. @param parameters of the layer, for example "b8.conv0." */
export function convStyles(
  plan: PlanBuilder,
  parameters: ParameterScope,
  latent: LayerLatent,
  inChannels: number,
  outChannels: number,
): LayerStyles {
  const affine = denseLayer(plan, parameters, 'affine', { inFeatures: wDim(latent), outFeatures: inChannels });
  const styles = fullyConnected(plan, latent.ws, affine, { row: latent.index });
  const conv: ConvShape = [outChannels, inChannels, 3, 3];
  const squaredWeight = parameters.derived(plan, 'squared weight', {
    from: ['weight'],
    shape: squaredConvShape(conv),
    values: (floats) => squaredConvWeights(floats('weight', conv), conv).values,
    onDevice: (masters) => squaredWeights(plan, masters('weight', conv), conv),
  });
  return { styles, demodulation: demodulationCoefficients(plan, styles, squaredWeight) };
}

/** Styles of a picture layer, times 1 / sqrt(inChannels). @param parameters of the layer, for example "b8.torgb." */
export function rgbStyles(
  plan: PlanBuilder,
  parameters: ParameterScope,
  latent: LayerLatent,
  inChannels: number,
): Tensor {
  const affine = denseLayer(plan, parameters, 'affine', {
    inFeatures: wDim(latent),
    outFeatures: inChannels,
    outputGain: 1 / Math.sqrt(inChannels),
  });
  return fullyConnected(plan, latent.ws, affine, { row: latent.index });
}

export interface ConvLayerOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Whether the layer doubles the side. */
  readonly upsample: boolean;
  readonly noise?: LayerNoise | undefined;
  readonly clamp?: number | undefined;
}

/** Modulated convolution, noise, bias, leaky ReLU with gain sqrt 2, clamp. @param input [N, H, W, inChannels] */
export function convLayer(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: Tensor,
  styles: LayerStyles,
  options: ConvLayerOptions,
): Tensor {
  const { inChannels, outChannels, upsample, noise, clamp } = options;
  const conv: ConvShape = [outChannels, inChannels, 3, 3];
  const weight = convLayerWeights(plan, parameters, conv);
  const bias = parameters.tensor(plan, 'bias', [outChannels]);
  const epilogue = { bias, noise, activation: 'lrelu', clamp, format: plan.host.convolutionFormat } as const;
  return modulatedConv3x3(plan, input, weight, styles, epilogue, { up: upsample ? 2 : 1 });
}

export interface RgbLayerOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  /** The picture so far, of the same or of half the side. */
  readonly skip?: Tensor | undefined;
  readonly clamp?: number | undefined;
}

/** The picture layer: modulated 1x1 convolution, bias, clamp, plus the skip. @param styles from {@link rgbStyles} */
export function rgbLayer(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: Tensor,
  styles: Tensor,
  options: RgbLayerOptions,
): Tensor {
  const { inChannels, outChannels, skip, clamp } = options;
  const conv: ConvShape = [outChannels, inChannels, 1, 1];
  return toRgb(plan, input, {
    weights: convLayerWeights(plan, parameters, conv),
    styles,
    bias: parameters.tensor(plan, 'bias', [outChannels]),
    skip,
    clamp,
  });
}

/**
 * The noise of one convolution layer.
 * @param parameters of the layer: "noise_const" [side, side] and "noise_strength" []
 * @param order the layer's place in the order in which convolutions run, from 0
 */
export function layerNoise(
  plan: PlanBuilder,
  parameters: ParameterScope,
  noise: SynthesisNoise,
  { side, order, batch }: { side: number; order: number; batch: number },
): LayerNoise | undefined {
  if (noise.mode === 'none') return undefined;
  const strength = parameters.scalar('noise_strength');
  if (strength === 0) return undefined; // a model trained without noise: nothing to store or to add
  if (noise.mode === 'random') {
    return { values: randomNormal(plan, [batch, side, side], noise.seed, order), strength };
  }
  if (noise.mode === 'given') {
    const values = noise.layers[order];
    if (!values) throw new ShapeError(`noise is given for ${noise.layers.length} layers; layer ${order} has none`);
    return { values, strength };
  }
  const values = parameters.arranged(plan, 'noise plane', {
    name: 'noise_const',
    stored: [side, side],
    arrangement: unchanged([1, side, side]),
  });
  return { values, strength };
}

function wDim({ ws }: LayerLatent): number {
  return ws.shape[ws.shape.length - 1]!;
}
