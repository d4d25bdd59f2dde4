/** The discriminator as data, and how its configuration is read from the arguments of the official implementation. */
import type { MappingConfig } from './config';
import { Fields, ModelConfigError } from './config-fields';

/** EG3D's dual discriminator (section 4.3): a residual StyleGAN2 discriminator of two pictures at once, conditioned on the camera. */
export interface DiscriminatorConfig {
  /** Side of the large picture, a power of two above 4. */
  readonly resolution: number;
  /** Of each of the two pictures. */
  readonly imageChannels: number;
  /** Channels at side r are min(channelBase / r, channelMax), rounded down. */
  readonly channelBase: number;
  readonly channelMax: number;
  /** Largest magnitude after each convolution; undefined for none. */
  readonly convClamp: number | undefined;
  /** From the camera label to what the features are compared with; undefined without conditioning. */
  readonly mapping: MappingConfig | undefined;
  /** Samples whose deviation from each other is measured; undefined for the whole batch. */
  readonly deviationGroup: number | undefined;
  /** Channels that say so; 0 for none. */
  readonly deviationChannels: number;
  /** Noise on the label, in parts of its standard deviation in the batch; 0 for none. */
  readonly labelNoise: number;
}

/** Side of the last block. */
export const LAST_SIDE = 4;

/** Channels at a side. */
export function discriminatorChannels(
  { channelBase, channelMax }: Pick<DiscriminatorConfig, 'channelBase' | 'channelMax'>,
  side: number,
): number {
  return Math.min(Math.floor(channelBase / side), channelMax);
}

/**
 * From the arguments that the official DualDiscriminator was made with (`init_kwargs`).
 * @throws ModelConfigError naming the field, its value and what is wrong with it
 */
export function readDiscriminatorConfig(json: string | object): DiscriminatorConfig {
  const fields = new Fields(json, 'init_kwargs');
  const part = (name: string) => new Fields(fields.get(name) ?? {}, name);
  const architecture = fields.string('architecture', 'resnet');
  if (architecture !== 'resnet') throw new ModelConfigError('architecture', architecture, 'only "resnet" is supported');
  const resolution = fields.integer('img_resolution', 2 * LAST_SIDE);
  if (!Number.isInteger(Math.log2(resolution))) {
    throw new ModelConfigError('img_resolution', resolution, 'expected a power of two of 8 or more');
  }
  const channelBase = fields.integer('channel_base', 1, 32768);
  const channelMax = fields.integer('channel_max', 1, 512);
  const cDim = fields.integer('c_dim', 0);
  const wDim = fields.optionalNumber('cmap_dim') ?? discriminatorChannels({ channelBase, channelMax }, LAST_SIDE);
  const mapping = part('mapping_kwargs');
  const epilogue = part('epilogue_kwargs');
  return {
    resolution,
    imageChannels: fields.integer('img_channels', 1),
    channelBase,
    channelMax,
    convClamp: fields.optionalNumber('conv_clamp'),
    mapping:
      cDim === 0 || wDim === 0
        ? undefined
        : {
            zDim: 0,
            cDim,
            wDim,
            numWs: undefined,
            layers: mapping.integer('num_layers', 1, 8),
            embedFeatures: mapping.optionalNumber('embed_features') ?? wDim,
            layerFeatures: mapping.optionalNumber('layer_features') ?? wDim,
            lrMultiplier: mapping.number('lr_multiplier', 0.01),
          },
    deviationGroup: epilogue.get('mbstd_group_size') === null ? undefined : epilogue.integer('mbstd_group_size', 1, 4),
    deviationChannels: epilogue.integer('mbstd_num_channels', 0, 1),
    labelNoise: fields.number('disc_c_noise', 0),
  };
}
