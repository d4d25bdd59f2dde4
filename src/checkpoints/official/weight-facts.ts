/**
 * What the weights alone tell about a generator: sizes of the latent codes and label, layers of the mapping network, channels of the
 * backbone, channels of the super-resolution. Field names are those of docs/model-format.md.
 */
import { UnsupportedModelError } from '../errors';
import { superResolutionOfSides } from './super-resolution';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };
/** A configuration in our own layout, or a part of one. */
export type LayoutFields = Record<string, Json>;
/** The shape of a tensor by its official name; undefined if there is none. */
export type ShapeOf = (name: string) => readonly number[] | undefined;

const PLANE_CHANNELS = 96;
const LABEL_LENGTH = 25;
/** The paper's networks end at 256, a deep one at 1024. */
const LARGEST_SIDE = 4096;
const RE_EXPORT = 'Only generators of the official EG3D layout can be opened.';

/** @throws UnsupportedModelError for weights that are no tri-plane generator of the official kind; the value names what is there */
export function factsOfWeights(shapeOf: ShapeOf): LayoutFields {
  const extent = (name: string, axis: number): number => {
    const found = shapeOf(name)?.[axis];
    if (found !== undefined) return found;
    throw new UnsupportedModelError(`The weights have no tensor "${name}".`, { tensor: name, remedy: RE_EXPORT });
  };
  let layers = 0;
  while (shapeOf(`backbone.mapping.fc${layers}.weight`)) layers++;
  const hasLabel = shapeOf('backbone.mapping.embed.weight') !== undefined;
  const embedded = hasLabel ? extent('backbone.mapping.embed.weight', 0) : 0;
  const labelLength = hasLabel ? extent('backbone.mapping.embed.weight', 1) : 0;
  if (hasLabel && labelLength !== LABEL_LENGTH) {
    throw new UnsupportedModelError(`The generator is conditioned on ${labelLength} numbers, not on a camera.`, {
      value: labelLength,
      limit: LABEL_LENGTH,
      remedy: RE_EXPORT,
    });
  }
  const sides = backboneSides(shapeOf);
  const last = sides[sides.length - 1]!;
  const planes = extent(`backbone.synthesis.b${last}.torgb.weight`, 0);
  if (planes !== PLANE_CHANNELS) {
    throw new UnsupportedModelError(`The backbone makes ${planes} channels, not three planes of 32.`, {
      value: planes,
      limit: PLANE_CHANNELS,
      remedy: RE_EXPORT,
    });
  }
  const channels = sides.map((side) => extent(`backbone.synthesis.b${side}.conv1.weight`, 0));
  return {
    z_dim: extent('backbone.mapping.fc0.weight', 1) - embedded,
    c_dim: labelLength,
    w_dim: extent('backbone.synthesis.b4.conv1.affine.weight', 1),
    mapping_layers: layers,
    ...channelRule(sides, channels),
    sr_channels: [0, 1].map((block) => extent(`superresolution.block${block}.conv1.weight`, 0)),
  };
}

/**
 * The super-resolution module that the weights belong to: the sides of its noise planes tell it.
 * @throws UnsupportedModelError for sides of no known module
 */
export function superResolutionOfWeights(shapeOf: ShapeOf): LayoutFields {
  const sides = [0, 1].map((block) => shapeOf(`superresolution.block${block}.conv0.noise_const`)?.[0] ?? 0);
  const found = superResolutionOfSides(sides[0]!, sides[1]!);
  if (!found) {
    throw new UnsupportedModelError(`The super-resolution works at ${sides.join(' and ')} pixels; no known one does.`, {
      value: sides.join(', '),
      remedy: 'Open the whole network instead of its state dict, or a model of the official super-resolution modules.',
    });
  }
  return {
    sr_input_resolution: found.inputResolution,
    sr_upsample: found.upsample,
    sr_resize: found.resize,
    img_resolution: sides[1]!,
  };
}

function backboneSides(shapeOf: ShapeOf): number[] {
  const sides: number[] = [];
  for (let side = 4; side <= LARGEST_SIDE && shapeOf(`backbone.synthesis.b${side}.conv1.weight`); side *= 2) {
    sides.push(side);
  }
  if (sides.length > 0) return sides;
  throw new UnsupportedModelError('The weights hold no StyleGAN2 backbone ("backbone.synthesis.b4.conv1.weight").', {
    tensor: 'backbone.synthesis.b4.conv1.weight',
    remedy: RE_EXPORT,
  });
}

/** Base and maximum of the official rule, channels(side) = min(base / side, maximum). */
function channelRule(sides: readonly number[], channels: readonly number[]): LayoutFields {
  const channelMax = channels[0]!;
  // Where the rule rounds down, a base from `least` on and below `most` gives these channels.
  let least = 0;
  let most = Infinity;
  sides.forEach((side, index) => {
    least = Math.max(least, channels[index]! * side);
    if (channels[index]! < channelMax) most = Math.min(most, (channels[index]! + 1) * side);
  });
  if (!(least < most)) {
    throw new UnsupportedModelError(
      `The backbone's channels ${channels.join(', ')} follow no rule min(base / side, max).`,
      {
        value: channels.join(', '),
        remedy: RE_EXPORT,
      },
    );
  }
  return { channel_base: least, channel_max: channelMax };
}
