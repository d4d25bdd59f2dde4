/**
 * EG3D's dual discriminator (section 4.3): it looks at the picture and at the rendered one of low resolution, enlarged to the same size, at once, so
 * that a generator cannot let the two drift apart, and it is told the camera, so that poses must be right. Its body is StyleGAN2's residual
 * discriminator: every block halves the side, as the sum of two convolutions and a shortcut. The label's map ("cmap") and the features of the last
 * block are compared by their inner product.
 *
 * Everything is made of operations that know their gradients, and these are made of such operations again: R1 differentiates twice
 * (pipelines/reduction/r1-penalty.ts).
 */
import { WiringError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import { elementCount, expectShape, imageExtents, type Tensor } from '../gpu/tensor';
import { type ConvShape, convGain, tapsFirst } from '../pipelines/convolution/conv-weights';
import { conv2dLayer } from '../pipelines/convolution/conv2d-layer';
import { add, subtract } from '../pipelines/dense/add';
import { fullyConnected, fullyConnectedGain } from '../pipelines/dense/fully-connected';
import { squareRoot } from '../pipelines/dense/half-power';
import { multiply, scaled } from '../pipelines/dense/multiply';
import { type Arrangement, rearrange, unchanged } from '../pipelines/dense/rearrange';
import { concatenate } from '../pipelines/dense/window';
import { withMinibatchDeviation } from '../pipelines/reduction/minibatch-deviation';
import { sumColumns } from '../pipelines/reduction/sum-columns';
import { repeatLeading, sumRows } from '../pipelines/reduction/sum-rows';
import { resizeBilinear } from '../pipelines/resampling/resize';
import { denseLayer } from './dense-layer';
import { type DiscriminatorConfig, discriminatorChannels, LAST_SIDE } from './discriminator-config';
import { mapping } from './mapping';
import type { ParameterScope } from './parameters';

/** What the discriminator judges. */
export interface DiscriminatorTensors {
  /** [N, resolution, resolution, imageChannels], -1..1 */
  readonly image: Tensor;
  /** The rendered picture of the neural resolution, [N, r, r, imageChannels]. */
  readonly imageRaw: Tensor;
  /** Camera labels, [N, cDim]; absent without conditioning. */
  readonly c?: Tensor | undefined;
  /** Normal numbers [N, cDim], where the configuration has noise on the label. */
  readonly labelNoise?: Tensor | undefined;
}

/** What a part hands on, for tests and for those who look inside. */
export interface DiscriminatorTaps {
  /** "b128" and so on for a block, "cmap" for the label's map. */
  readonly name: string;
  readonly x: Tensor;
}

/** Both branches of a block have this factor, which keeps the second moment of their sum. */
const BRANCH_GAIN = Math.SQRT1_2;

/**
 * How real the pictures look.
 * @param parameters of the network: "b128.fromrgb.weight", ..., "mapping.embed.weight", ..., "b4.out.bias"
 * @param onPart is told every part's result while the plan is wired
 * @returns logits [N, 1], above 0 for real
 * @throws WiringError for absent inputs; ShapeError, MissingTensorError, CheckpointTensorError
 */
export function discriminator(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: DiscriminatorConfig,
  { image, imageRaw, c, labelNoise }: DiscriminatorTensors,
  onPart: (taps: DiscriminatorTaps) => void = () => {},
): Tensor {
  const { resolution, imageChannels } = config;
  const { batch } = imageExtents(image, 'discriminator image');
  expectShape(image, [batch, resolution, resolution, imageChannels], 'discriminator image');
  const enlarged = resizeBilinear(plan, imageRaw, { height: resolution, width: resolution, antialias: true });
  let x = concatenate(plan, [image, enlarged], 3);
  for (let side = resolution; side > LAST_SIDE; side /= 2) {
    const name = `b${side}`;
    x = block(plan, parameters.scope(`${name}.`), config, x, side);
    onPart({ name, x });
  }
  const features = epilogue(plan, parameters.scope(`b${LAST_SIDE}.`), config, x);
  if (!config.mapping) return features;

  const { wDim } = config.mapping;
  if (!c)
    throw new WiringError(`discriminator: this network needs labels c of shape [${batch}, ${config.mapping.cDim}]`);
  const label = config.labelNoise > 0 ? noisyLabel(plan, c, labelNoise, config.labelNoise) : c;
  const cmap = mapping(plan, parameters.scope('mapping.'), config.mapping, { c: label });
  onPart({ name: 'cmap', x: cmap });
  return scaled(plan, sumColumns(plan, multiply(plan, features, cmap)), 1 / Math.sqrt(wDim));
}

/** [N, side, side, C] to half the side; the first block begins with the colours. */
function block(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: DiscriminatorConfig,
  input: Tensor,
  side: number,
): Tensor {
  const channels = discriminatorChannels(config, side);
  const outChannels = discriminatorChannels(config, side / 2);
  const layer = (name: string, x: Tensor, options: ConvolutionOptions) =>
    convolution(plan, parameters.scope(`${name}.`), x, { clamp: config.convClamp, ...options });
  const isFirst = side === config.resolution;
  const x = isFirst ? layer('fromrgb', input, { outChannels: channels, kernel: 1 }) : input;
  const shortcut = layer('skip', x, { outChannels, kernel: 1, isShortcut: true, down: 2, gain: BRANCH_GAIN });
  const between = layer('conv0', x, { outChannels: channels, kernel: 3 });
  return add(plan, shortcut, layer('conv1', between, { outChannels, kernel: 3, down: 2, gain: BRANCH_GAIN }));
}

/** [N, 4, 4, C] to the features that are compared with the label's map, [N, wDim], or to logits [N, 1] without one. */
function epilogue(plan: PlanBuilder, parameters: ParameterScope, config: DiscriminatorConfig, input: Tensor): Tensor {
  const { deviationGroup, deviationChannels, convClamp } = config;
  const channels = discriminatorChannels(config, LAST_SIDE);
  const seen =
    deviationChannels === 0
      ? input
      : withMinibatchDeviation(plan, input, { groupSize: deviationGroup, channels: deviationChannels });
  const x = convolution(plan, parameters.scope('conv.'), seen, { outChannels: channels, kernel: 3, clamp: convClamp });
  const pixels = LAST_SIDE * LAST_SIDE;
  const features = pixels * channels;
  // The file's weights take the numbers channel by channel, the tensor has them pixel by pixel.
  const weight = parameters.arranged(plan, 'fc.weight for fullyConnected', {
    name: 'fc.weight',
    stored: [channels, features],
    arrangement: pixelsFirst(channels, channels, pixels),
    factor: fullyConnectedGain(features),
  });
  const bias = parameters.tensor(plan, 'fc.bias', [channels]);
  const hidden = fullyConnected(plan, flattened(plan, x), { weight, bias }, { activation: 'lrelu' });
  const outFeatures = config.mapping?.wDim ?? 1;
  return fullyConnected(plan, hidden, denseLayer(plan, parameters, 'out', { inFeatures: channels, outFeatures }));
}

/** [outFeatures, channels * pixels] to [pixels * channels, outFeatures]. */
function pixelsFirst(outFeatures: number, channels: number, pixels: number): Arrangement {
  return {
    shape: [pixels * channels, outFeatures],
    axes: [
      { extent: pixels, from: 1, to: channels * outFeatures },
      { extent: channels, from: pixels, to: outFeatures },
      { extent: outFeatures, from: channels * pixels, to: 1 },
    ],
  };
}

/** [N, H, W, C] to [N, H * W * C]. */
function flattened(plan: PlanBuilder, input: Tensor): Tensor {
  const [batch, ...rest] = input.shape;
  return rearrange(plan, input, unchanged([batch!, elementCount(rest)]));
}

interface ConvolutionOptions {
  readonly outChannels: number;
  readonly kernel: number;
  readonly down?: number;
  readonly gain?: number;
  readonly clamp?: number | undefined;
  /** Whether it has neither bias nor activation nor clamp. Default: false. */
  readonly isShortcut?: boolean;
}

/** An equalised convolution layer. @param parameters of the layer, for example "b64.conv0." */
function convolution(
  plan: PlanBuilder,
  parameters: ParameterScope,
  input: Tensor,
  { outChannels, kernel, down, gain, clamp, isShortcut = false }: ConvolutionOptions,
): Tensor {
  const inChannels = input.shape[3]!;
  const stored: ConvShape = [outChannels, inChannels, kernel, kernel];
  const weight = parameters.arranged(plan, 'weight for conv2d', {
    name: 'weight',
    stored,
    arrangement: tapsFirst(stored),
    factor: convGain(inChannels, kernel),
  });
  if (isShortcut) return conv2dLayer(plan, input, weight, { down, gain });
  const bias = parameters.tensor(plan, 'bias', [outChannels]);
  return conv2dLayer(plan, input, weight, { down, gain, clamp, bias, activation: 'lrelu' });
}

/** The label and normal numbers times the label's standard deviation in the batch, so that the discriminator does not overfit to exact poses. */
function noisyLabel(plan: PlanBuilder, c: Tensor, noise: Tensor | undefined, strength: number): Tensor {
  const [batch] = c.shape;
  if (!noise || batch! < 2) {
    const shape = `[${c.shape}]`;
    throw new WiringError(`discriminator: noise on the label needs two samples or more and normal numbers of ${shape}`);
  }
  expectShape(noise, c.shape, 'discriminator labelNoise');
  const average = scaled(plan, sumRows(plan, c), 1 / batch!);
  const centred = subtract(plan, c, repeatLeading(plan, average, [batch!]));
  const variance = scaled(plan, sumRows(plan, multiply(plan, centred, centred)), 1 / (batch! - 1));
  const deviation = repeatLeading(plan, squareRoot(plan, variance), [batch!]);
  return add(plan, c, scaled(plan, multiply(plan, noise, deviation), strength));
}
