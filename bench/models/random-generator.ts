/** A generator with random weights, for sizes that no bundled model has. */

import {
  type Checkpoint,
  parseSafetensors,
  type WritableTensor,
  writeSafetensors,
} from '../../src/checkpoints/safetensors';
import type { GeneratorConfig } from '../../src/models/config';
import { generatorConfigJson } from '../../src/models/generator-config-json';
import { randomValues } from '../random';
import { backboneLayers, type Layer, superResolutionLayers } from './layers';

/** Of the published weights, about. */
const NOISE_STRENGTH = 0.1;

/** As StyleGAN2 begins its training: weights of deviation 1, styles around 1. */
export function randomCheckpoint(config: GeneratorConfig): Checkpoint {
  const { mapping, backbone, rendering } = config;
  let seed = 0;
  const random = (name: string, ...shape: number[]): WritableTensor => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    return { name, shape, data: randomValues(count, ++seed) };
  };
  const filled = (name: string, value: number, ...shape: number[]): WritableTensor => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    return { name, shape, data: new Float32Array(count).fill(value) };
  };
  const dense = (name: string, outputs: number, inputs: number, bias = 0) => [
    random(`${name}.weight`, outputs, inputs),
    filled(`${name}.bias`, bias, outputs),
  ];
  const layerTensors = ({ name, kind, inChannels, outChannels, side, wDim }: Layer) => {
    const kernel = kind === 'convolution' ? 3 : 1;
    const own = [
      random(`${name}weight`, outChannels, inChannels, kernel, kernel),
      filled(`${name}bias`, 0, outChannels),
      ...dense(`${name}affine`, inChannels, wDim, 1),
    ];
    if (kind === 'picture') return own;
    return [
      ...own,
      random(`${name}noise_const`, side, side),
      { name: `${name}noise_strength`, shape: [], data: Float32Array.of(NOISE_STRENGTH) },
    ];
  };
  const firstLayers = Array.from({ length: mapping.layers }, (_, index) => {
    return dense(`backbone.mapping.fc${index}`, mapping.wDim, index === 0 ? mapping.zDim + mapping.wDim : mapping.wDim);
  });
  const { decoderHiddenWidth: hidden, decoderOutputs: outputs, planeChannels } = rendering;
  const first = backboneLayers(backbone)[0]!;
  const tensors = [
    ...dense('backbone.mapping.embed', mapping.wDim, mapping.cDim),
    ...firstLayers.flat(),
    filled('backbone.mapping.w_avg', 0, mapping.wDim),
    random('backbone.synthesis.b4.const', first.inChannels, 4, 4),
    ...[...backboneLayers(backbone), ...superResolutionLayers(config.superResolution)].flatMap(layerTensors),
    ...dense('decoder.net.0', hidden, planeChannels),
    ...dense('decoder.net.2', 1 + outputs, hidden),
  ];
  return parseSafetensors(writeSafetensors(tensors, { config: generatorConfigJson(config) }));
}
