/**
 * StyleGAN3's synthesis network (Karras et al. 2021, "Alias-Free Generative Adversarial Networks", section 3.2): ws to a picture, or to the
 * feature image of a distilled student. Fourier features, turned and moved by the first w, pass through layers of modulated convolution and
 * filtered leaky ReLU, with no noise and no skip; a picture layer ends it. Layer k takes w number k + 1.
 */
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import {
  type ConvShape,
  convGain,
  squaredConvShape,
  squaredConvWeights,
  tapsFirst,
} from '../../pipelines/convolution/conv-weights';
import { conv2d } from '../../pipelines/convolution/conv2d';
import { squaredWeights } from '../../pipelines/convolution/derived-weights';
import {
  modulatedConvFull,
  normalizeConvWeights,
  normalizedStyles,
} from '../../pipelines/convolution/normalized-modulated-conv';
import { toRgb } from '../../pipelines/convolution/to-rgb';
import { fullyConnected } from '../../pipelines/dense/fully-connected';
import { unchanged } from '../../pipelines/dense/rearrange';
import { filteredLeakyRelu, type LowpassFilter } from '../../pipelines/resampling/filtered-lrelu';
import { fourierFeatures } from '../../pipelines/resampling/fourier-features';
import type { StyleGan3Config } from '../config';
import { convLayerWeights, normalizedLayerWeight } from '../conv-layer-weights';
import { denseLayer } from '../dense-layer';
import type { FloatsReader, ParameterScope } from '../parameters';
import type { LayerLatent } from '../style-layer';
import { designLowpassFilter } from './filters';
import { type StyleGan3Input, type StyleGan3Layer, stylegan3Geometry, stylegan3NumWs } from './geometry';

/** What a layer hands on, for tests and for those who look inside. */
export interface StyleGan3Taps {
  /** As in the file: "input", "L0_36_512", ... */
  readonly name: string;
  /** [N, size, size, channels]; of the last layer the picture, times the output scale. */
  readonly x: Tensor;
}

/**
 * ws to a picture.
 * @param parameters of the network: "input.freqs", "L0_36_512.weight", ...; filters that the file lacks are designed
 * @param ws [N, numWs, wDim] with numWs from `stylegan3NumWs`
 * @param onLayer is told every layer's result while the plan is wired
 * @returns [N, resolution, resolution, imageChannels]
 * @throws ShapeError, MissingTensorError, CheckpointTensorError
 */
export function stylegan3Synthesis(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: StyleGan3Config,
  ws: Tensor,
  onLayer: (taps: StyleGan3Taps) => void = () => {},
): Tensor {
  const geometry = stylegan3Geometry(config);
  expectShape(ws, [ws.shape[0]!, stylegan3NumWs(config), config.wDim], 'stylegan3Synthesis ws');
  let x = fourierInput(plan, parameters.scope('input.'), geometry.input, config, { ws, index: 0 });
  onLayer({ name: 'input', x });
  geometry.layers.forEach((layer, index) => {
    const layerParameters = parameters.scope(`${layer.name}.`);
    const latent = { ws, index: index + 1 };
    const wire = layer.isPicture ? pictureLayer : filteredLayer;
    x = wire(plan, layerParameters, layer, config, x, latent);
    onLayer({ name: layer.name, x });
  });
  return x;
}

/** Fourier features and the matrix that mixes them: [N, size, size, channels]. */
function fourierInput(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: StyleGan3Input,
  { wDim }: StyleGan3Config,
  latent: LayerLatent,
): Tensor {
  const { channels } = input;
  const affine = denseLayer(plan, parameters, 'affine', { inFeatures: wDim, outFeatures: 4 });
  const motion = fullyConnected(plan, latent.ws, affine, { row: latent.index });
  const waves = parameters.derived(plan, 'waves', {
    from: ['freqs', 'phases'],
    label: 'freqs',
    shape: [channels, 3],
    values: (floats) => {
      const frequencies = floats('freqs', [channels, 2]);
      const phases = floats('phases', [channels]);
      return Array.from(phases).flatMap((phase, wave) => [frequencies[2 * wave]!, frequencies[2 * wave + 1]!, phase]);
    },
  });
  const transform = parameters.tensor(plan, 'transform', [3, 3]);
  const features = fourierFeatures(plan, { motion, transform, waves, ...input });
  const mixing: ConvShape = [channels, channels, 1, 1];
  const weight = parameters.arranged(plan, 'weight for conv2d', {
    name: 'weight',
    stored: [channels, channels],
    arrangement: tapsFirst(mixing),
    factor: convGain(channels, 1),
  });
  return conv2d(plan, features, weight);
}

/** Modulated convolution and filtered leaky ReLU: [N, outSize, outSize, outChannels]. */
function filteredLayer(
  plan: PlanBuilder,
  parameters: ParameterScope,
  layer: StyleGan3Layer,
  config: StyleGan3Config,
  input: Tensor,
  latent: LayerLatent,
): Tensor {
  const { inChannels, outChannels, convKernel, padding } = layer;
  const conv: ConvShape = [outChannels, inChannels, convKernel, convKernel];
  const affine = denseLayer(plan, parameters, 'affine', { inFeatures: config.wDim, outFeatures: inChannels });
  // The layer's input is brought to unit magnitude by a running average, behind the demodulation.
  const weight = convLayerWeights(plan, parameters, conv, { areNormalized: true, gain: inputGain });
  const squaredWeight = parameters.derived(plan, 'normalised squared weight', {
    label: 'squared weight',
    shape: squaredConvShape(conv),
    from: ['weight'],
    values: (floats) => squaredConvWeights(normalizeConvWeights(floats('weight', conv), conv), conv).values,
    onDevice: () => squaredWeights(plan, normalizedLayerWeight(plan, parameters, conv), conv),
  });
  const styles = fullyConnected(plan, latent.ws, affine, { row: latent.index });
  const x = modulatedConvFull(plan, input, weight, normalizedStyles(plan, styles, squaredWeight));
  const [before, after] = padding;
  return filteredLeakyRelu(plan, x, parameters.tensor(plan, 'bias', [outChannels]), {
    up: layer.upFactor,
    down: layer.downFactor,
    upFilter: upFilter(parameters, layer),
    downFilter: downFilter(parameters, layer, config),
    padding: [before, after, before, after],
    clamp: config.convClamp,
  });
}

/** Modulated 1x1 convolution without demodulation, bias, clamp; the output scale is folded into all three. */
function pictureLayer(
  plan: PlanBuilder,
  parameters: ParameterScope,
  { inChannels, outChannels }: StyleGan3Layer,
  { wDim, outputScale, convClamp }: StyleGan3Config,
  input: Tensor,
  latent: LayerLatent,
): Tensor {
  const affine = denseLayer(plan, parameters, 'affine', {
    inFeatures: wDim,
    outFeatures: inChannels,
    outputGain: convGain(inChannels, 1),
  });
  const conv: ConvShape = [outChannels, inChannels, 1, 1];
  const rgb = convLayerWeights(plan, parameters, conv, { gain: (floats) => inputGain(floats) * outputScale });
  const bias = parameters.arranged(plan, 'scaled bias', {
    name: 'bias',
    stored: [outChannels],
    arrangement: unchanged([outChannels]),
    factor: outputScale,
  });
  const styles = fullyConnected(plan, latent.ws, affine, { row: latent.index });
  return toRgb(plan, input, { weights: rgb, styles, bias, clamp: convClamp * outputScale });
}

/** Brings a layer's input to unit magnitude, by the running average of its mean square. */
function inputGain(floats: FloatsReader): number {
  return 1 / Math.sqrt(floats('magnitude_ema', [])[0]!);
}

function upFilter(parameters: ParameterScope, layer: StyleGan3Layer): LowpassFilter {
  const { upTaps: size, inCutoff: cutoff, inHalfWidth, workingSamplingRate: samplingRate } = layer;
  if (parameters.has('up_filter')) return { size, isSeparable: true, taps: parameters.floats('up_filter', [size]) };
  return designLowpassFilter({ size, cutoff, width: 2 * inHalfWidth, samplingRate, isRadial: false });
}

function downFilter(
  parameters: ParameterScope,
  layer: StyleGan3Layer,
  { radialFilters }: StyleGan3Config,
): LowpassFilter {
  const { downTaps: size, outCutoff: cutoff, outHalfWidth, workingSamplingRate: samplingRate } = layer;
  const isRadial = radialFilters && !layer.isCritical;
  if (parameters.has('down_filter')) {
    const taps = parameters.floats('down_filter', isRadial ? [size, size] : [size]);
    return { size, isSeparable: !isRadial, taps };
  }
  return designLowpassFilter({ size, cutoff, width: 2 * outHalfWidth, samplingRate, isRadial });
}
