/**
 * What decides a run of a generator's training, as plain data, and presets of it. A preset's networks are EG3D's (section 4), with fewer channels and
 * samples, so that they learn in a tab.
 */
import { camToWorldOf, intrinsicsOf, LABEL_LENGTH, positionOf } from '../../camera/conventions';
import type { CameraConfig, GeneratorConfig } from '../../models/config';
import type { DiscriminatorConfig } from '../../models/discriminator-config';
import type { TrainingPictures } from '../data/training-pictures';
import type { TrainingSchedule } from '../schedule';
import type { AugmentationSet } from './augmentation';

/** All counts of images are of real ones, seen so far. */
export interface GanSettings {
  /** Of the weights before the first step. */
  readonly seed: number;
  readonly generator: GeneratorConfig;
  readonly discriminator: DiscriminatorConfig;
  /** Pictures of a step. */
  readonly batch: number;
  /** Into how many parts a batch is divided, for a device that cannot hold it at once: a divisor of it. */
  readonly microBatches: number;
  readonly schedule: TrainingSchedule;
  /** Weight of R1 (gamma). */
  readonly r1Weight: number;
  readonly densityWeight: number;
  readonly densityDistance: number;
  readonly generatorRate: number;
  readonly discriminatorRate: number;
  /** Half-life of the moving average of the generator, in images. */
  readonly averageImages: number;
  /** The half-life is at most so many times the images so far; undefined for a generator that can do something already. */
  readonly averageRampUp: number | undefined;
  /** Whether each picture is learnt in the mirror, too. */
  readonly isMirrored: boolean;
  /** Layers of the discriminator, from the picture on, that stay as they are (freeze-D). */
  readonly frozenLayers: number;
  /** What is done to pictures before the discriminator sees them, for data that are few. */
  readonly augmentation: AugmentationSet;
}

/** What a preset does not decide. */
export interface GanChoices {
  readonly seed: number;
  /** Whether pictures have a white background, which the generator then does not have to learn. */
  readonly whiteBackground: boolean;
  /** From where pictures look, as {@link cameraOfPictures} tells it. */
  readonly camera: CameraConfig;
  readonly isMirrored: boolean;
}

/** Sizes of a preset. */
interface Sizes {
  readonly side: number;
  readonly latent: number;
  readonly channelBase: number;
  readonly channelMax: number;
  readonly superResolution: readonly [number, number];
  /** Samples of a ray, coarse and fine. */
  readonly samples: number;
  readonly neural: readonly [first: number, last: number];
}

export interface GanPreset {
  readonly label: string;
  /** For people. */
  readonly description: string;
  readonly side: number;
  /** Of a run from scratch that shows what the preset can do. */
  readonly steps: number;
  /** All settings, together with what a person or the data decide. */
  settings(choices: GanChoices): GanSettings;
}

/** Of the step: regularisations run in every so-many-th of them. */
export const GENERATOR_INTERVAL = 4;
export const DISCRIMINATOR_INTERVAL = 16;

/** Side of the scene's box, and what lies before and behind its middle along a ray: EG3D's settings for portraits, whose cameras are 2.7 away. */
const BOX = 1;
const BEFORE = 0.45;
const BEHIND = 0.6;

const BATCH = 8;
/** Deviation of the first blur over the side: 10 of 512 pixels. */
const FIRST_BLUR = 10 / 512;

/**
 * Weight of R1 by the heuristic of StyleGAN2-ADA (`--cfg=auto`), which fits what its authors found at other resolutions and batches. EG3D's own runs
 * have 1 (portraits of 512, batch 32), 5 (cats) and 0.3 (cars of 128), found by hand.
 */
export function r1WeightFor(side: number, batch: number): number {
  return (0.0002 * side * side) / batch;
}

function preset(sizes: Sizes, words: Pick<GanPreset, 'label' | 'description' | 'steps'>): GanPreset {
  return { ...words, side: sizes.side, settings: (choices) => settingsOfSizes(sizes, choices) };
}

export const GAN_PRESETS = {
  '32': preset(
    {
      side: 32,
      latent: 64,
      channelBase: 512,
      channelMax: 64,
      superResolution: [32, 16],
      samples: 8,
      neural: [16, 16],
    },
    { label: '32 x 32', description: 'Thumbnails: learns without a graphics card.', steps: 3000 },
  ),
  '64': preset(
    {
      side: 64,
      latent: 128,
      channelBase: 4096,
      channelMax: 128,
      superResolution: [64, 32],
      samples: 24,
      neural: [32, 32],
    },
    { label: '64 x 64', description: 'Small heads: for a graphics card.', steps: 20_000 },
  ),
  '128': preset(
    {
      side: 128,
      latent: 256,
      channelBase: 8192,
      channelMax: 256,
      superResolution: [64, 32],
      samples: 32,
      neural: [32, 64],
    },
    { label: '128 x 128', description: 'Faces with details: for a strong graphics card and patience.', steps: 60_000 },
  ),
} as const satisfies Record<string, GanPreset>;

export type GanPresetName = keyof typeof GAN_PRESETS;

function settingsOfSizes(sizes: Sizes, choices: GanChoices): GanSettings {
  const { side, neural } = sizes;
  return {
    seed: choices.seed,
    generator: generatorOfSizes(sizes, choices),
    discriminator: discriminatorFor(side, sizes),
    batch: BATCH,
    microBatches: 1,
    schedule: {
      firstResolution: neural[0],
      lastResolution: neural[1],
      resolutionImages: 100_000,
      swapProbability: 0.5,
      swapImages: 10_000,
      blurSigma: FIRST_BLUR * side,
      blurImages: 10_000,
    },
    r1Weight: r1WeightFor(side, BATCH),
    densityWeight: 0.25,
    densityDistance: 0.004,
    generatorRate: 0.0025,
    discriminatorRate: 0.002,
    averageImages: (BATCH * 10_000) / 32,
    averageRampUp: 0.05,
    isMirrored: choices.isMirrored,
    frozenLayers: 0,
    augmentation: 'none',
  };
}

function generatorOfSizes(sizes: Sizes, { whiteBackground, camera }: GanChoices): GeneratorConfig {
  const { side, latent, channelBase, channelMax, superResolution, samples, neural } = sizes;
  const [first, second] = superResolution;
  return {
    mapping: {
      zDim: latent,
      cDim: LABEL_LENGTH,
      wDim: latent,
      numWs: 2 * Math.log2(side) - 2,
      layers: 2,
      lrMultiplier: 0.01,
    },
    backbone: {
      wDim: latent,
      resolution: side,
      imageChannels: 96,
      channelBase,
      channelMax,
      convClamp: undefined,
    },
    rendering: {
      planeAxes: [
        [0, 1],
        [0, 2],
        [2, 1],
      ],
      planeChannels: 32,
      boxWarp: BOX,
      rayLimits: { start: camera.radius - BEFORE, end: camera.radius + BEHIND },
      depthSamples: samples,
      importanceSamples: samples,
      disparitySampling: false,
      whiteBackground,
      decoderHiddenWidth: 64,
      decoderOutputs: 32,
      decoderLrMultiplier: 1,
      neuralResolution: neural[1],
      alphaFeature: undefined,
    },
    superResolution: {
      wDim: latent,
      inputChannels: 32,
      inputResolution: side / 2,
      resize: 'when-different',
      antialias: true,
      blocks: [
        { channels: first, upsample: false },
        { channels: second, upsample: true },
      ],
      convClamp: undefined,
      noiseMode: 'none',
    },
    conditioning: { zeroed: false, scale: 1 },
    camera,
    imageResolution: side,
  };
}

/** The half-life of the average in a transfer is so many times shorter, as such a run is. */
const SHORTER_AVERAGE = 10;

/**
 * Settings for going on from an open generator: its networks in the place of the preset's, a discriminator of the same channels, and nothing that fades
 * in, since it can make pictures already (the official `--resume` has it so, too).
 * @param generator of the open model; its pictures must be of the side of the data
 */
export function transferSettings(settings: GanSettings, generator: GeneratorConfig): GanSettings {
  const { imageResolution: side, backbone, rendering } = generator;
  const { schedule, averageImages } = settings;
  const resolution = rendering.neuralResolution;
  return {
    ...settings,
    // What a channel of the features told of alpha it will not tell of what is learnt now.
    generator: { ...generator, rendering: { ...rendering, alphaFeature: undefined } },
    discriminator: discriminatorFor(side, backbone),
    schedule: { ...schedule, firstResolution: resolution, lastResolution: resolution, swapImages: 0, blurImages: 0 },
    r1Weight: r1WeightFor(side, settings.batch),
    averageImages: averageImages / SHORTER_AVERAGE,
    averageRampUp: undefined,
  };
}

/** A discriminator for pictures of a side. */
function discriminatorFor(
  side: number,
  { channelBase, channelMax }: Pick<Sizes, 'channelBase' | 'channelMax'>,
): DiscriminatorConfig {
  const wDim = Math.min(channelBase / 4, channelMax);
  return {
    resolution: side,
    imageChannels: 3,
    channelBase,
    channelMax,
    convClamp: undefined,
    mapping: {
      zDim: 0,
      cDim: LABEL_LENGTH,
      wDim,
      numWs: undefined,
      layers: 8,
      embedFeatures: wDim,
      layerFeatures: wDim,
      lrMultiplier: 0.01,
    },
    deviationGroup: 4,
    deviationChannels: 1,
    labelNoise: 0,
  };
}

/** The camera that stands for those of a data set: how far away they are, and how wide they see, in the mean. */
export function cameraOfPictures({ count, picture }: TrainingPictures): CameraConfig {
  let [radius, focal] = [0, 0];
  for (let index = 0; index < count; index++) {
    const { label } = picture(index);
    radius += Math.hypot(...positionOf(camToWorldOf(label))) / count;
    focal += intrinsicsOf(label)[0]! / count;
  }
  return { radius, pivot: [0, 0, 0], focal };
}
