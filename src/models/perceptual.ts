/**
 * A network that sees pictures somewhat as people do: two pictures are alike where its features are (Zhang et al. 2018, "The Unreasonable Effectiveness
 * of Deep Features as a Perceptual Metric"), and sets of pictures where the distributions of its features are (Heusel et al. 2017).
 *
 * It is the first 21 convolutions of dlib's face recognition network, a residual network (He et al. 2016) whose weights are in the public domain
 * (public/perceptual/dlib-face-resnet.md tells where they come from and why these). Its parameters are frozen; gradients go to the pictures.
 *
 *   picture, -1..1 --7x7, halved--> conv32_down --largest of 3x3, halved, 3 blocks--> conv32_3
 *   --halved, 4 blocks--> conv64_3 --halved, 3 blocks--> conv128_2 --mean over the picture--> 128 numbers
 */
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import { ShapeError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import { imageExtents, reshaped, type Tensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import { type ConvShape, tapsFirst } from '../pipelines/convolution/conv-weights';
import { type Conv2dOptions, conv2d } from '../pipelines/convolution/conv2d';
import { add, subtract } from '../pipelines/dense/add';
import { biasAct } from '../pipelines/dense/bias-act';
import { inverseSquareRoot } from '../pipelines/dense/half-power';
import { multiply, scaled } from '../pipelines/dense/multiply';
import { concatenate } from '../pipelines/dense/window';
import { mean, repeatColumns, sumColumns } from '../pipelines/reduction/sum-columns';
import { averagePool, maxPool } from '../pipelines/resampling/pooling';
import { resizeBilinear } from '../pipelines/resampling/resize';
import { LoadedModel } from './loaded-model';
import { ParameterStore } from './parameters';

/** Where the page and a clone have the weights, beside "weights/". */
export const PERCEPTUAL_FILE = 'perceptual/dlib-face-resnet.safetensors';

/** What the pooled vector is called beside a figure that is made of it. */
export const POOLED_FEATURES = 'dlib face ResNet, conv128_2, pooled (128 numbers)';
export const POOLED_COUNT = 128;

/** Least side of pictures whose features are compared, in pixels: smaller ones are enlarged. At 64 the last features are 3 x 3. */
const LEAST_SIDE = 64;
/** Side of pictures whose features are pooled: what the network was trained on. */
const POOLED_SIDE = 150;
const PICTURE_CHANNELS = 3;
const FIRST = { name: 'conv32_down', channels: 32, kernel: 7 } as const;

/** The blocks of each side, and which of their results are compared. */
const STAGES = [
  { channels: 32, halves: false, blocks: ['conv32_1', 'conv32_2', 'conv32_3'] },
  { channels: 64, halves: true, blocks: ['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3'] },
  { channels: 128, halves: true, blocks: ['conv128_down', 'conv128_1', 'conv128_2'] },
] as const;

/** Added to a squared length, so that features of nothing at all have a direction, too. */
const LENGTH_OFFSET = 1e-6;

/** The perceptual network on a device. */
export class PerceptualNetwork<Host extends TensorHost = Gpu> extends LoadedModel<undefined, Host> {
  /** @param checkpoint the file {@link PERCEPTUAL_FILE}; what it lacks is told when a plan is wired */
  static create<Host extends TensorHost>(host: Host, checkpoint: Checkpoint): PerceptualNetwork<Host> {
    return new PerceptualNetwork(host, undefined, new ParameterStore(host, checkpoint), '');
  }

  /** One of which only the sizes are of interest. */
  static withoutFile<Host extends TensorHost>(host: Host): PerceptualNetwork<Host> {
    return new PerceptualNetwork(host, undefined, new ParameterStore(host), '');
  }
}

/** What the network sees at one depth. */
export interface PerceptualFeatures {
  /** For example "conv64_3". */
  readonly name: string;
  /** [N, H, W, C], 0 or more. */
  readonly tensor: Tensor;
}

/**
 * The features of pictures, from edges to parts of faces.
 * @param picture [N, S, S, 3], -1..1, with S from 16 to 512; below 64 pixels it is enlarged
 * @throws ShapeError, MissingTensorError, CheckpointTensorError
 */
export function wirePerceptualFeatures(
  plan: PlanBuilder,
  network: PerceptualNetwork<TensorHost>,
  picture: Tensor,
): PerceptualFeatures[] {
  const { height, width, channels } = imageExtents(picture, 'perceptual features');
  if (height !== width || channels !== PICTURE_CHANNELS) {
    throw new ShapeError(`perceptual features: "${picture.label}" is [${picture.shape}], expected [N, S, S, 3]`);
  }
  const seen = height < LEAST_SIDE ? resizedTo(plan, picture, LEAST_SIDE) : picture;
  return featuresOf(plan, network, seen);
}

/**
 * How unlike pictures look, as LPIPS has it without its learned weights: at every place and depth the features are scaled to length 1, and the squared
 * distance between them is averaged over places, then over the four depths. Squared distances of directions rather than of the features themselves,
 * since those of single places are a hundred times larger than others, and would be all that counts.
 * @param a [N, S, S, 3], -1..1
 * @param b of the same shape
 * @returns [1], 0..2; some 0.1 for pictures that are near each other
 * @throws as {@link wirePerceptualFeatures}
 */
export function perceptualLoss(
  plan: PlanBuilder,
  network: PerceptualNetwork<TensorHost>,
  a: Tensor,
  b: Tensor,
): Tensor {
  const [ofA, ofB] = [a, b].map((picture) => wirePerceptualFeatures(plan, network, picture));
  const distances = ofA!.map(({ tensor }, depth) => {
    const channels = tensor.shape[3]!;
    const difference = subtract(plan, directions(plan, tensor), directions(plan, ofB![depth]!.tensor));
    return scaled(plan, mean(plan, multiply(plan, difference, difference)), channels / ofA!.length);
  });
  return distances.reduce((sum, distance) => add(plan, sum, distance));
}

/**
 * One vector for a picture, {@link POOLED_FEATURES}: for distances between distributions of pictures.
 * @param picture [N, S, S, 3], -1..1; it is brought to 150 pixels a side, with antialias
 * @returns [N, 128]
 * @throws as {@link wirePerceptualFeatures}
 */
export function pooledFeatures(plan: PlanBuilder, network: PerceptualNetwork<TensorHost>, picture: Tensor): Tensor {
  const last = featuresOf(plan, network, resizedTo(plan, picture, POOLED_SIDE)).at(-1)!.tensor;
  const [batch, side, , channels] = last.shape;
  return reshaped(averagePool(plan, last, { kernel: side! }), [batch!, channels!]);
}

function featuresOf(plan: PlanBuilder, network: PerceptualNetwork<TensorHost>, picture: Tensor): PerceptualFeatures[] {
  const { name, channels, kernel } = FIRST;
  const sum = convolution(plan, network, name, picture, [channels, PICTURE_CHANNELS, kernel, kernel], { stride: 2 });
  const first = relu(plan, sum, bias(plan, network, name, channels));
  const features = [{ name: name as string, tensor: first }];
  let x = maxPool(plan, first, { kernel: 3, stride: 2 });
  for (const { channels, halves, blocks } of STAGES) {
    for (const [index, block] of blocks.entries()) {
      x = residualBlock(plan, network, block, x, channels, halves && index === 0);
    }
    features.push({ name: blocks.at(-1)!, tensor: x });
  }
  return features;
}

/**
 * relu(convolution(relu(convolution(x))) + x). Where it halves the side, x is averaged, and its new channels are zeros; the convolution, which has no
 * padding there, is a row and a column short of an even side, and gets zeros.
 */
function residualBlock(
  plan: PlanBuilder,
  network: PerceptualNetwork<TensorHost>,
  name: string,
  x: Tensor,
  channels: number,
  halves: boolean,
): Tensor {
  const inChannels = x.shape[3]!;
  const options = halves ? { stride: 2 } : { padding: 1 };
  const first = convolution(plan, network, `${name}.conv1`, x, [channels, inChannels, 3, 3], options);
  const inner = relu(plan, first, bias(plan, network, `${name}.conv1`, channels));
  const second = convolution(plan, network, `${name}.conv2`, inner, [channels, channels, 3, 3], { padding: 1 });
  const secondBias = bias(plan, network, `${name}.conv2`, channels);
  if (!halves) return relu(plan, add(plan, second, x), secondBias);
  const [batch, height, width] = x.shape;
  const shortcut = averagePool(plan, x, { kernel: 2 });
  const target = [batch!, Math.floor(height! / 2), Math.floor(width! / 2), channels];
  const sum = add(
    plan,
    withZerosBehind(plan, biasAct(plan, second, secondBias), target),
    withZerosBehind(plan, shortcut, target),
  );
  return relu(plan, sum, plan.tensor('no bias', [channels]));
}

function convolution(
  plan: PlanBuilder,
  network: PerceptualNetwork<TensorHost>,
  layer: string,
  x: Tensor,
  stored: ConvShape,
  options: Conv2dOptions,
): Tensor {
  const weight = network
    .parameters(`${layer}.`)
    .arranged(plan, 'weight for conv2d', { name: 'weight', stored, arrangement: tapsFirst(stored) });
  return conv2d(plan, x, weight, options);
}

function bias(plan: PlanBuilder, network: PerceptualNetwork<TensorHost>, layer: string, channels: number): Tensor {
  return network.parameters(`${layer}.`).tensor(plan, 'bias', [channels]);
}

function relu(plan: PlanBuilder, x: Tensor, addend: Tensor): Tensor {
  return biasAct(plan, x, addend, { activation: 'relu', gain: 1 });
}

/** Zeros behind all axes, up to a shape. */
function withZerosBehind(plan: PlanBuilder, x: Tensor, shape: readonly number[]): Tensor {
  return shape.reduce((filled, extent, axis) => {
    const missing = extent - filled.shape[axis]!;
    if (missing === 0) return filled;
    return concatenate(plan, [filled, plan.tensor('zeros', filled.shape.with(axis, missing))], axis);
  }, x);
}

/** The features of every place at length 1. */
function directions(plan: PlanBuilder, features: Tensor): Tensor {
  const squares = sumColumns(plan, multiply(plan, features, features));
  const inverse = inverseSquareRoot(plan, squares, LENGTH_OFFSET);
  return multiply(plan, features, repeatColumns(plan, inverse, features.shape[3]!));
}

function resizedTo(plan: PlanBuilder, picture: Tensor, side: number): Tensor {
  return resizeBilinear(plan, picture, { height: side, width: side, antialias: true });
}
