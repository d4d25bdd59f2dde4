/** The layers of a generator as a list, from its configuration: for counting FLOPs and for making random weights. */
import type { GeneratorConfig, SuperResolutionConfig, SynthesisConfig } from '../../src/models/config';
import { channelsAt } from '../../src/models/synthesis';

export interface Layer {
  /** Where its weights are in a file: "backbone.synthesis.b8.conv0." */
  readonly name: string;
  /** A modulated 3x3 convolution, or the 1x1 convolution that adds to the picture. */
  readonly kind: 'convolution' | 'picture';
  readonly inChannels: number;
  readonly outChannels: number;
  /** Of the result. */
  readonly side: number;
  /** Whether it doubles the side. */
  readonly upsamples: boolean;
  readonly wDim: number;
}

export function backboneLayers(config: SynthesisConfig): Layer[] {
  const { wDim, imageChannels } = config;
  const layers: Layer[] = [];
  for (let side = 4, inChannels = channelsAt(config, 4); side <= config.resolution; side *= 2) {
    const outChannels = channelsAt(config, side);
    const block = { side, outChannels, wDim, kind: 'convolution' } as const;
    const name = `backbone.synthesis.b${side}.`;
    if (side > 4) layers.push({ ...block, name: `${name}conv0.`, inChannels, upsamples: true });
    layers.push({ ...block, name: `${name}conv1.`, inChannels: outChannels, upsamples: false });
    layers.push(pictureLayer(`${name}torgb.`, outChannels, imageChannels, side, wDim));
    inChannels = outChannels;
  }
  return layers;
}

export function superResolutionLayers({
  blocks,
  inputChannels,
  inputResolution,
  wDim,
}: SuperResolutionConfig): Layer[] {
  let [inChannels, side] = [inputChannels, inputResolution];
  return blocks.flatMap(({ channels: outChannels, upsample }, index): Layer[] => {
    side *= upsample ? 2 : 1;
    const name = `superresolution.block${index}.`;
    const block = { side, outChannels, wDim, kind: 'convolution' } as const;
    const first = { ...block, name: `${name}conv0.`, inChannels, upsamples: upsample };
    inChannels = outChannels;
    const second = { ...block, name: `${name}conv1.`, inChannels, upsamples: false };
    return [first, second, pictureLayer(`${name}torgb.`, outChannels, 3, side, wDim)];
  });
}

function pictureLayer(name: string, inChannels: number, outChannels: number, side: number, wDim: number): Layer {
  return { name, kind: 'picture', inChannels, outChannels, side, upsamples: false, wDim };
}

/** Multiplications and additions of the plain way, without those that the number of pixels does not multiply. */
export function layerFlops({ kind, inChannels, outChannels, side, upsamples }: Layer): number {
  const pixels = side * side;
  if (kind === 'picture') return 2 * inChannels * outChannels * pixels;
  const filter = upsamples ? 2 * 16 * outChannels * pixels : 0;
  return 2 * 9 * inChannels * outChannels * (upsamples ? pixels / 4 : pixels) + filter;
}

export const sumOfFlops = (layers: readonly Layer[]) => layers.reduce((sum, layer) => sum + layerFlops(layer), 0);

/** Reading the planes and decoding, at all samples of all rays: every sample in full, as the reference does. */
export function rayMarchFlops({ rendering }: GeneratorConfig): number {
  const { planeAxes, planeChannels, decoderHiddenWidth, decoderOutputs } = rendering;
  const samples = rendering.neuralResolution ** 2 * (rendering.depthSamples + rendering.importanceSamples);
  const reading = 8 * planeAxes.length * planeChannels;
  return samples * (reading + 2 * decoderHiddenWidth * (planeChannels + 1 + decoderOutputs));
}

/** The label's embedding and the fully connected layers. */
export function mappingFlops({ mapping }: GeneratorConfig): number {
  const { zDim, cDim, wDim, layers, embedFeatures = wDim, layerFeatures = wDim } = mapping;
  const first = cDim * embedFeatures + (zDim + embedFeatures) * layerFeatures;
  return 2 * (first + (layers - 1) * layerFeatures * wDim);
}
