/**
 * A generator and a discriminator before their first step: all parameters of the official layout, by their names and shapes, as StyleGAN2 and EG3D draw
 * them. Weights are standard normal, those of slowed layers over their learning-rate multiplier, since equalised layers scale where they are read
 * (StyleGAN2, appendix C; ProGAN, section 4.1); biases are 0, those of style layers 1.
 *
 * The filters, which are no parameters and the same in every network, are not among them, as in the reference's files.
 */
import { type Checkpoint, floatsOfShape } from '../../checkpoints/checkpoint';
import { parseSafetensors, writeSafetensors } from '../../checkpoints/safetensors';
import { elementCount } from '../../gpu/tensor';
import type { GeneratorConfig, MappingConfig, SuperResolutionConfig, SynthesisConfig } from '../../models/config';
import { type DiscriminatorConfig, discriminatorChannels, LAST_SIDE } from '../../models/discriminator-config';
import { NumpyRandomState } from '../../models/numpy-random';
import { channelsAt } from '../../models/synthesis';

/** How a tensor begins: normal numbers with this deviation, or all the same. */
type Beginning = { readonly deviation: number } | { readonly value: number };

/** A tensor of a network's file. */
export interface NetworkTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begins: Beginning;
}

const PICTURE_CHANNELS = 3;
export const NORMAL: Beginning = { deviation: 1 };
export const ZERO: Beginning = { value: 0 };

/** Gives the numbers that a tensor begins with. */
export type BeginningValues = (tensor: NetworkTensor, index: number) => Float32Array;

/**
 * As drawn for a seed: numpy's `RandomState([seed, network, number of the tensor, 0])` for each tensor.
 * @param network tells apart the networks of one run
 */
export function drawn(seed: number, network: number): BeginningValues {
  return ({ shape, begins }, index) => {
    const count = elementCount(shape);
    if ('value' in begins) return new Float32Array(count).fill(begins.value);
    const normal = new NumpyRandomState([seed, network, index, 0]).randn(count);
    return Float32Array.from(normal, (value) => value * begins.deviation);
  };
}

/**
 * As an open file has them, which must have them all.
 * @param prefix before each name
 * @throws MissingTensorError, CheckpointTensorError for a tensor of another shape: both name it
 */
export function copied(from: Checkpoint, prefix = ''): BeginningValues {
  return ({ name, shape }) => floatsOfShape(from, prefix + name, shape);
}

/** For those who only want to know sizes. */
export const zeros: BeginningValues = ({ shape }) => new Float32Array(elementCount(shape));

/** A network in a file in memory. @throws what `values` throws */
export function networkFile(
  tensors: readonly NetworkTensor[],
  values: BeginningValues,
  metadata: Readonly<Record<string, string>> = {},
): Checkpoint {
  const filled = tensors.map((tensor, index) => ({
    name: tensor.name,
    shape: tensor.shape,
    data: values(tensor, index),
  }));
  return parseSafetensors(writeSafetensors(filled, metadata));
}

/** All tensors of a generator, by their official names. */
export function generatorTensors(config: GeneratorConfig): NetworkTensor[] {
  const { mapping, backbone, rendering, superResolution } = config;
  const { planeChannels, decoderHiddenWidth: hidden, decoderOutputs, decoderLrMultiplier } = rendering;
  return [
    ...mappingTensors('backbone.mapping.', mapping),
    { name: 'backbone.mapping.w_avg', shape: [mapping.wDim], begins: ZERO },
    ...synthesisTensors('backbone.synthesis.', backbone),
    ...dense('decoder.net.0', planeChannels, hidden, { lrMultiplier: decoderLrMultiplier }),
    ...dense('decoder.net.2', hidden, 1 + decoderOutputs, { lrMultiplier: decoderLrMultiplier }),
    ...superResolutionTensors(superResolution),
  ];
}

/** Those of the super-resolution, of a generator or of a student. */
export function superResolutionTensors(config: SuperResolutionConfig): NetworkTensor[] {
  let inChannels = config.inputChannels;
  let side = config.inputResolution;
  return config.blocks.flatMap(({ channels, upsample }, index) => {
    side *= upsample ? 2 : 1;
    const shape = { inChannels, channels, side, imageChannels: PICTURE_CHANNELS, wDim: config.wDim };
    inChannels = channels;
    return synthesisBlock(`superresolution.block${index}.`, shape);
  });
}

/** All tensors of a dual discriminator, by their official names. */
export function discriminatorTensors(config: DiscriminatorConfig): NetworkTensor[] {
  const tensors: NetworkTensor[] = [];
  const channelsOf = (side: number) => discriminatorChannels(config, side);
  for (let side = config.resolution; side > LAST_SIDE; side /= 2) {
    const [channels, outChannels] = [channelsOf(side), channelsOf(side / 2)];
    const name = `b${side}.`;
    // Both pictures, one behind the other.
    if (side === config.resolution)
      tensors.push(...convolution(`${name}fromrgb`, 2 * config.imageChannels, channels, 1));
    tensors.push(...convolution(`${name}conv0`, channels, channels, 3));
    tensors.push(...convolution(`${name}conv1`, channels, outChannels, 3));
    tensors.push({ name: `${name}skip.weight`, shape: [outChannels, channels, 1, 1], begins: NORMAL });
  }
  if (config.mapping) tensors.push(...mappingTensors('mapping.', config.mapping));
  const channels = channelsOf(LAST_SIDE);
  const last = `b${LAST_SIDE}.`;
  tensors.push(...convolution(`${last}conv`, channels + config.deviationChannels, channels, 3));
  tensors.push(...dense(`${last}fc`, channels * LAST_SIDE * LAST_SIDE, channels));
  tensors.push(...dense(`${last}out`, channels, config.mapping?.wDim ?? 1));
  return tensors;
}

/**
 * The layers of a discriminator in the order in which freeze-D counts them: from the picture on.
 * @returns prefixes of names, such as "b32.fromrgb."
 */
export function discriminatorLayers({ resolution }: DiscriminatorConfig): string[] {
  const layers: string[] = [];
  for (let side = resolution; side > LAST_SIDE; side /= 2) {
    if (side === resolution) layers.push(`b${side}.fromrgb.`);
    layers.push(...['conv0', 'conv1', 'skip'].map((layer) => `b${side}.${layer}.`));
  }
  return layers;
}

export function mappingTensors(prefix: string, config: MappingConfig): NetworkTensor[] {
  const { zDim, cDim, wDim, layers, lrMultiplier, embedFeatures = wDim, layerFeatures = wDim } = config;
  const tensors = cDim > 0 ? dense(`${prefix}embed`, cDim, embedFeatures) : [];
  let features = zDim + (cDim > 0 ? embedFeatures : 0);
  for (let layer = 0; layer < layers; layer++) {
    const outFeatures = layer === layers - 1 ? wDim : layerFeatures;
    tensors.push(...dense(`${prefix}fc${layer}`, features, outFeatures, { lrMultiplier }));
    features = outFeatures;
  }
  return tensors;
}

/** Those of a StyleGAN2 synthesis network. @param prefix with its final dot */
export function synthesisTensors(prefix: string, config: SynthesisConfig): NetworkTensor[] {
  const { wDim, resolution, imageChannels } = config;
  const tensors: NetworkTensor[] = [];
  for (let side = 4; side <= resolution; side *= 2) {
    const inChannels = side === 4 ? undefined : channelsAt(config, side / 2);
    const shape = { inChannels, channels: channelsAt(config, side), side, imageChannels, wDim };
    tensors.push(...synthesisBlock(`${prefix}b${side}.`, shape));
  }
  return tensors;
}

interface BlockShape {
  /** Undefined for the block that begins with a constant. */
  readonly inChannels: number | undefined;
  readonly channels: number;
  readonly side: number;
  readonly imageChannels: number;
  readonly wDim: number;
}

function synthesisBlock(
  prefix: string,
  { inChannels, channels, side, imageChannels, wDim }: BlockShape,
): NetworkTensor[] {
  const layer = (name: string, from: number): NetworkTensor[] => [
    ...convolution(`${prefix}${name}`, from, channels, 3),
    { name: `${prefix}${name}.noise_const`, shape: [side, side], begins: NORMAL },
    { name: `${prefix}${name}.noise_strength`, shape: [], begins: ZERO },
    ...dense(`${prefix}${name}.affine`, wDim, from, { bias: 1 }),
  ];
  const first =
    inChannels === undefined
      ? [{ name: `${prefix}const`, shape: [channels, side, side], begins: NORMAL }]
      : layer('conv0', inChannels);
  return [
    ...first,
    ...layer('conv1', channels),
    ...convolution(`${prefix}torgb`, channels, imageChannels, 1),
    ...dense(`${prefix}torgb.affine`, wDim, channels, { bias: 1 }),
  ];
}

function convolution(name: string, inChannels: number, outChannels: number, kernel: number): NetworkTensor[] {
  return [
    { name: `${name}.weight`, shape: [outChannels, inChannels, kernel, kernel], begins: NORMAL },
    { name: `${name}.bias`, shape: [outChannels], begins: ZERO },
  ];
}

export function dense(
  name: string,
  inFeatures: number,
  outFeatures: number,
  { lrMultiplier = 1, bias = 0 }: { readonly lrMultiplier?: number; readonly bias?: number } = {},
): NetworkTensor[] {
  return [
    { name: `${name}.weight`, shape: [outFeatures, inFeatures], begins: { deviation: 1 / lrMultiplier } },
    { name: `${name}.bias`, shape: [outFeatures], begins: { value: bias } },
  ];
}
