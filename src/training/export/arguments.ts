/**
 * A network as the arguments of the official constructors, so that the official code can build it: `TriPlaneGenerator` and `DualDiscriminator`. The
 * inverse of what models/generator-config.ts and models/discriminator-config.ts read.
 *
 * The official generator has planes of 256 x 256 and four super-resolutions with fixed sizes. Whatever is otherwise (smaller planes, other axes, other
 * channels) is built by two classes of our own, interop/pytorch/trifold_networks.py, out of the official parts.
 */
import { OFFICIAL_SUPER_RESOLUTION, type SuperResolutionLayout } from '../../checkpoints/official/super-resolution';
import type { GeneratorConfig, PlaneAxes } from '../../models/config';
import type { DiscriminatorConfig } from '../../models/discriminator-config';

export type Argument = null | boolean | number | string | readonly Argument[] | Arguments;
/** Keyword arguments in Python's names; `class_name` says what they construct. */
export interface Arguments {
  readonly [name: string]: Argument;
}

const OFFICIAL_GENERATOR = 'training.triplane.TriPlaneGenerator';
const OFFICIAL_DISCRIMINATOR = 'training.dual_discriminator.DualDiscriminator';
const OWN_GENERATOR = 'trifold_networks.TrifoldGenerator';
const OWN_SUPER_RESOLUTION = 'trifold_networks.TrifoldSuperResolution';

const OFFICIAL_PLANE_SIDE = 256;
const OFFICIAL_W_DIM = 512;
/** What official layers clamp at where they may run in half precision. */
const HALF_CLAMP = 256;
/** How many of the largest sides the official code runs in half precision where it does. */
const HALF_SIDES = 4;
/** The layers whose gain the official constructor takes from here. */
const FUSED = 'inference_only';
/** Regularisation of the density (EG3D supplement), which is among the generator's arguments: its weight, and how far apart two points are. */
export interface DensityRegularisation {
  readonly densityWeight: number;
  readonly densityDistance: number;
}

const PUBLISHED_AXES: PlaneAxes = [
  [0, 1],
  [0, 2],
  [2, 0],
];

/** The official super-resolution that a generator has; undefined if it is none of them. */
export function officialSuperResolution({
  superResolution,
  imageResolution,
}: Pick<GeneratorConfig, 'superResolution' | 'imageResolution'>):
  | (SuperResolutionLayout & { readonly className: string })
  | undefined {
  const { wDim, inputResolution, resize, blocks, convClamp } = superResolution;
  if (wDim !== OFFICIAL_W_DIM || (convClamp !== undefined && convClamp !== HALF_CLAMP)) return undefined;
  for (const [className, layout] of Object.entries(OFFICIAL_SUPER_RESOLUTION)) {
    const side = layout.upsample.reduce((length, doubles) => (doubles ? 2 * length : length), layout.inputResolution);
    const isSame =
      layout.inputResolution === inputResolution &&
      layout.resize === resize &&
      side === imageResolution &&
      blocks.every(({ channels, upsample }, at) => {
        return channels === layout.channels[at] && upsample === layout.upsample[at];
      });
    if (isSame) return { ...layout, className };
  }
  return undefined;
}

/** What both networks are told by the data: c_dim, img_resolution, img_channels. */
export function dataArguments({ mapping, imageResolution }: GeneratorConfig): Arguments {
  return { c_dim: mapping.cDim, img_resolution: imageResolution, img_channels: 3 };
}

/**
 * Arguments of the generator, without those of the data. `neural_rendering_resolution` is none; it is set on the network afterwards.
 */
export function generatorArguments(config: GeneratorConfig, density: DensityRegularisation): Arguments {
  const { mapping, backbone } = config;
  const official = officialSuperResolution(config);
  const isOfficial =
    official !== undefined &&
    backbone.resolution === OFFICIAL_PLANE_SIDE &&
    String(config.rendering.planeAxes) === String(PUBLISHED_AXES);
  return {
    class_name: isOfficial ? OFFICIAL_GENERATOR : OWN_GENERATOR,
    z_dim: mapping.zDim,
    w_dim: mapping.wDim,
    mapping_kwargs: mappingArguments(mapping),
    rendering_kwargs: renderingArguments(config, density, official?.className),
    channel_base: backbone.channelBase,
    channel_max: backbone.channelMax,
    fused_modconv_default: FUSED,
    num_fp16_res: 0,
    conv_clamp: backbone.convClamp ?? null,
    sr_num_fp16_res: config.superResolution.convClamp === HALF_CLAMP ? HALF_SIDES : 0,
    sr_kwargs: superResolutionArguments(config, official !== undefined),
    ...(!isOfficial && { plane_resolution: backbone.resolution, plane_axes: config.rendering.planeAxes }),
  };
}

function mappingArguments({
  layers,
  lrMultiplier,
  embedFeatures,
  layerFeatures,
}: {
  readonly layers: number;
  readonly lrMultiplier: number;
  readonly embedFeatures?: number;
  readonly layerFeatures?: number;
}): Arguments {
  return {
    num_layers: layers,
    lr_multiplier: lrMultiplier,
    ...(embedFeatures !== undefined && { embed_features: embedFeatures }),
    ...(layerFeatures !== undefined && { layer_features: layerFeatures }),
  };
}

function renderingArguments(
  config: GeneratorConfig,
  density: DensityRegularisation,
  superResolution: string | undefined,
): Arguments {
  const { rendering, conditioning, camera } = config;
  const { rayLimits } = rendering;
  return {
    image_resolution: config.imageResolution,
    superresolution_module:
      superResolution === undefined ? OWN_SUPER_RESOLUTION : `training.superresolution.${superResolution}`,
    superresolution_noise_mode: config.superResolution.noiseMode,
    sr_antialias: config.superResolution.antialias,
    clamp_mode: 'softplus',
    disparity_space_sampling: rendering.disparitySampling,
    depth_resolution: rendering.depthSamples,
    depth_resolution_importance: rendering.importanceSamples,
    ray_start: rayLimits === 'auto' ? 'auto' : rayLimits.start,
    ray_end: rayLimits === 'auto' ? 'auto' : rayLimits.end,
    box_warp: rendering.boxWarp,
    white_back: rendering.whiteBackground,
    decoder_lr_mul: rendering.decoderLrMultiplier,
    c_gen_conditioning_zero: conditioning.zeroed,
    c_scale: conditioning.scale,
    avg_camera_radius: camera.radius,
    avg_camera_pivot: camera.pivot,
    camera_focal: camera.focal, // the official code does not look at it; it comes back with the network
    density_reg: density.densityWeight,
    density_reg_p_dist: density.densityDistance,
    reg_type: 'l1',
  };
}

function superResolutionArguments({ backbone, superResolution }: GeneratorConfig, isOfficial: boolean): Arguments {
  if (isOfficial) {
    // The official modules take these two and do not use them.
    return { channel_base: backbone.channelBase, channel_max: backbone.channelMax, fused_modconv_default: FUSED };
  }
  return {
    w_dim: superResolution.wDim,
    input_resolution: superResolution.inputResolution,
    block_channels: superResolution.blocks.map(({ channels }) => channels),
    upsample: superResolution.blocks.map(({ upsample }) => upsample),
    resize: superResolution.resize,
    conv_clamp: superResolution.convClamp ?? null,
    fused_modconv_default: FUSED,
  };
}

/** Arguments of the discriminator, without those of the data. @param frozenLayers from the picture on, as freeze-D counts them */
export function discriminatorArguments(config: DiscriminatorConfig, frozenLayers = 0): Arguments {
  const { mapping, deviationGroup, deviationChannels } = config;
  return {
    class_name: OFFICIAL_DISCRIMINATOR,
    channel_base: config.channelBase,
    channel_max: config.channelMax,
    num_fp16_res: config.convClamp === undefined ? 0 : HALF_SIDES, // halves overflow where nothing clamps
    conv_clamp: config.convClamp ?? null,
    cmap_dim: mapping?.wDim ?? 0,
    disc_c_noise: config.labelNoise,
    block_kwargs: { freeze_layers: frozenLayers },
    mapping_kwargs: mapping === undefined ? {} : mappingArguments(mapping),
    epilogue_kwargs: { mbstd_group_size: deviationGroup ?? null, mbstd_num_channels: deviationChannels },
  };
}
