/**
 * How a run is trained as arguments of the official `training_loop` and `StyleGAN2Loss`, so that it goes on there with the same losses, rates and
 * schedules. What the official code counts in thousands of images is given in these.
 */
import type { GeneratorConfig } from '../../models/config';
import { discriminatorChannels, LAST_SIDE } from '../../models/discriminator-config';
import { AUGMENTATION_TARGETS } from '../gan/augmentation-control';
import { DISCRIMINATOR_INTERVAL, type GanSettings, GENERATOR_INTERVAL, r1WeightFor } from '../gan/settings';
import type { Arguments } from './arguments';

const THOUSAND = 1000;
const ADAM = { class_name: 'torch.optim.Adam', betas: [0, 0.99], eps: 1e-8 };
const COLOURS = { brightness: 1, contrast: 1, lumaflip: 1, hue: 1, saturation: 1 };
const WARPS = { xflip: 1, rotate90: 1, xint: 1, scale: 1, rotate: 1, aniso: 1, xfrac: 1 };

/** Pictures of a step in the official runs. */
const BATCH = 32;
/** What the official discriminator clamps at, which lets it run in half precision. */
const CLAMP = 256;

/** @param images real ones that the run has seen */
export function trainingArguments(settings: GanSettings, images: number): Arguments {
  const { generator, schedule, augmentation } = settings;
  return {
    images,
    batch_size: settings.batch,
    G_opt_kwargs: { ...ADAM, lr: settings.generatorRate },
    D_opt_kwargs: { ...ADAM, lr: settings.discriminatorRate },
    G_reg_interval: GENERATOR_INTERVAL,
    D_reg_interval: DISCRIMINATOR_INTERVAL,
    ema_kimg: settings.averageImages / THOUSAND,
    ema_rampup: settings.averageRampUp ?? null,
    loss_kwargs: {
      class_name: 'training.loss.StyleGAN2Loss',
      r1_gamma: settings.r1Weight,
      dual_discrimination: true,
      filter_mode: 'antialiased',
      style_mixing_prob: 0,
      blur_init_sigma: schedule.blurSigma,
      blur_fade_kimg: schedule.blurImages / THOUSAND,
      gpc_reg_prob: generator.conditioning.zeroed ? null : schedule.swapProbability,
      gpc_reg_fade_kimg: schedule.swapImages / THOUSAND,
      neural_rendering_resolution_initial: schedule.firstResolution,
      neural_rendering_resolution_final:
        schedule.lastResolution === schedule.firstResolution ? null : schedule.lastResolution,
      neural_rendering_resolution_fade_kimg: schedule.resolutionImages / THOUSAND,
    },
    ...(augmentation !== 'none' && {
      augment_kwargs: {
        class_name: 'training.augment.AugmentPipe',
        ...COLOURS,
        ...(augmentation === 'all' && WARPS),
      },
      ada_target: AUGMENTATION_TARGETS.target,
      ada_kimg: AUGMENTATION_TARGETS.images / THOUSAND,
      ada_interval: AUGMENTATION_TARGETS.interval,
    }),
  };
}

/**
 * Settings for a model that comes without a run, as the official training has them for one that it goes on from: a new discriminator with the generator's
 * channels, no blur, no fades.
 */
export function settingsToGoOn(generator: GeneratorConfig): GanSettings {
  const { channelBase, channelMax } = generator.backbone;
  const { imageResolution, rendering, mapping } = generator;
  const wDim = discriminatorChannels({ channelBase, channelMax }, LAST_SIDE);
  const resolution = { firstResolution: rendering.neuralResolution, lastResolution: rendering.neuralResolution };
  return {
    seed: 0,
    generator,
    discriminator: {
      resolution: imageResolution,
      imageChannels: 3,
      channelBase,
      channelMax,
      convClamp: CLAMP,
      mapping: { zDim: 0, cDim: mapping.cDim, wDim, numWs: undefined, layers: 8, lrMultiplier: 0.01 },
      deviationGroup: 4,
      deviationChannels: 1,
      labelNoise: 0,
    },
    batch: BATCH,
    microBatches: 1,
    schedule: {
      ...resolution,
      resolutionImages: 0,
      swapProbability: 0.5,
      swapImages: 0,
      blurSigma: 0,
      blurImages: 0,
    },
    r1Weight: r1WeightFor(imageResolution, BATCH),
    densityWeight: 0.25,
    densityDistance: 0.004,
    generatorRate: 0.0025,
    discriminatorRate: 0.002,
    averageImages: 10_000,
    averageRampUp: undefined,
    isMirrored: false,
    frozenLayers: 0,
    augmentation: 'none',
  };
}
