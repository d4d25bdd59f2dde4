/**
 * The tensors of the official networks, parameters and buffers, by name and shape (PyTorch's: out, in, kernel height, kernel width), as
 * `load_state_dict(strict=True)` wants them. They follow from a network's configuration alone; tests compare them with the networks of the reference.
 */

import type { GeneratorConfig, MappingConfig, SuperResolutionConfig, SynthesisConfig } from '../config';
import { type DiscriminatorConfig, discriminatorChannels, LAST_SIDE } from '../discriminator-config';
import { officialSuperResolution } from './arguments';

/** Shapes by name. */
export type Shapes = Map<string, readonly number[]>;

/** Of every layer that may resample: a buffer, always [1, 3, 3, 1] times itself over 64. */
export const FILTER_NAME = 'resample_filter';
const FILTER_SHAPE = [4, 4];
const KERNEL = 3;

/** Of a `TriPlaneGenerator`. A network that was trained has also `dataset_label_std` [c_dim], which the training puts there. */
export function generatorShapes(config: GeneratorConfig): Shapes {
  const { rendering } = config;
  const hidden = rendering.decoderHiddenWidth;
  const outputs = 1 + rendering.decoderOutputs;
  return new Map([
    ...under('backbone.synthesis', synthesisShapes(config.backbone)),
    ...under('backbone.mapping', mappingShapes(config.mapping)),
    ...(config.mapping.numWs === undefined ? [] : entry('backbone.mapping.w_avg', [config.mapping.wDim])),
    ...under('superresolution', superResolutionShapes(config)),
    ...dense('decoder.net.0', rendering.planeChannels, hidden),
    ...dense('decoder.net.2', hidden, outputs),
  ]);
}

/** Of a `DualDiscriminator`. */
export function discriminatorShapes(config: DiscriminatorConfig): Shapes {
  const channels = (side: number) => discriminatorChannels(config, side);
  const shapes: Shapes = new Map([[FILTER_NAME, FILTER_SHAPE]]);
  const add = (shapesOfPart: Iterable<[string, readonly number[]]>) => {
    for (const [name, shape] of shapesOfPart) shapes.set(name, shape);
  };
  for (let side = config.resolution; side > LAST_SIDE; side /= 2) {
    const [inside, outside] = [channels(side), channels(side / 2)];
    add(entry(`b${side}.${FILTER_NAME}`, FILTER_SHAPE));
    if (side === config.resolution) add(convolution(`b${side}.fromrgb`, 2 * config.imageChannels, inside, 1));
    add(convolution(`b${side}.conv0`, inside, inside, KERNEL));
    add(convolution(`b${side}.conv1`, inside, outside, KERNEL));
    add(convolution(`b${side}.skip`, inside, outside, 1, false));
  }
  if (config.mapping) add(under('mapping', mappingShapes(config.mapping)));
  const last = channels(LAST_SIDE);
  add(convolution(`b${LAST_SIDE}.conv`, last + config.deviationChannels, last, KERNEL));
  add(dense(`b${LAST_SIDE}.fc`, last * LAST_SIDE * LAST_SIDE, last));
  add(dense(`b${LAST_SIDE}.out`, last, config.mapping?.wDim ?? 1));
  return shapes;
}

function mappingShapes({
  zDim,
  cDim,
  wDim,
  layers,
  embedFeatures = wDim,
  layerFeatures = wDim,
}: MappingConfig): Shapes {
  const shapes: Shapes = new Map(cDim > 0 ? dense('embed', cDim, embedFeatures) : []);
  for (let layer = 0; layer < layers; layer++) {
    const inputs = layer > 0 ? layerFeatures : zDim + (cDim > 0 ? embedFeatures : 0);
    const outputs = layer < layers - 1 ? layerFeatures : wDim;
    for (const [name, shape] of dense(`fc${layer}`, inputs, outputs)) shapes.set(name, shape);
  }
  return shapes;
}

function synthesisShapes({ wDim, resolution, imageChannels, channelBase, channelMax }: SynthesisConfig): Shapes {
  const channels = (side: number) => Math.min(Math.floor(channelBase / side), channelMax);
  const shapes: Shapes = new Map([
    ['b4.const', [channels(4), 4, 4]],
    [`b4.${FILTER_NAME}`, FILTER_SHAPE],
    ...styledConvolution('b4.conv1', channels(4), channels(4), 4, wDim),
    ...toRgb('b4.torgb', channels(4), imageChannels, wDim),
  ]);
  for (let side = 8; side <= resolution; side *= 2) {
    const block = blockShapes(channels(side / 2), channels(side), side, imageChannels, wDim);
    for (const [name, shape] of under(`b${side}`, block)) shapes.set(name, shape);
  }
  return shapes;
}

function superResolutionShapes(config: GeneratorConfig): Shapes {
  const { inputChannels, inputResolution, blocks, wDim }: SuperResolutionConfig = config.superResolution;
  const side0 = inputResolution * (blocks[0].upsample ? 2 : 1);
  const side1 = side0 * (blocks[1].upsample ? 2 : 1);
  const hasFilter = officialSuperResolution(config)?.hasFilter ?? false;
  return new Map([
    ...(hasFilter ? entry(FILTER_NAME, FILTER_SHAPE) : []),
    ...under('block0', blockShapes(inputChannels, blocks[0].channels, side0, 3, wDim)),
    ...under('block1', blockShapes(blocks[0].channels, blocks[1].channels, side1, 3, wDim)),
  ]);
}

function blockShapes(inside: number, outside: number, side: number, imageChannels: number, wDim: number): Shapes {
  return new Map([
    [FILTER_NAME, FILTER_SHAPE],
    ...styledConvolution('conv0', inside, outside, side, wDim),
    ...styledConvolution('conv1', outside, outside, side, wDim),
    ...toRgb('torgb', outside, imageChannels, wDim),
  ]);
}

function styledConvolution(name: string, inside: number, outside: number, side: number, wDim: number): Shapes {
  return new Map<string, readonly number[]>([
    ...convolution(name, inside, outside, KERNEL),
    [`${name}.noise_strength`, []],
    [`${name}.noise_const`, [side, side]],
    ...dense(`${name}.affine`, wDim, inside),
  ]);
}

function toRgb(name: string, inside: number, outside: number, wDim: number): Shapes {
  return new Map<string, readonly number[]>([
    [`${name}.weight`, [outside, inside, 1, 1]],
    [`${name}.bias`, [outside]],
    ...dense(`${name}.affine`, wDim, inside),
  ]);
}

function convolution(name: string, inside: number, outside: number, kernel: number, hasBias = true): Shapes {
  return new Map<string, readonly number[]>([
    [`${name}.weight`, [outside, inside, kernel, kernel]],
    ...(hasBias ? entry(`${name}.bias`, [outside]) : []),
    [`${name}.${FILTER_NAME}`, FILTER_SHAPE],
  ]);
}

function dense(name: string, inside: number, outside: number): Shapes {
  return new Map<string, readonly number[]>([
    [`${name}.weight`, [outside, inside]],
    [`${name}.bias`, [outside]],
  ]);
}

function entry(name: string, shape: readonly number[]): Shapes {
  return new Map([[name, shape]]);
}

function under(prefix: string, shapes: Shapes): Shapes {
  return new Map([...shapes].map(([name, shape]) => [`${prefix}.${name}`, shape]));
}
