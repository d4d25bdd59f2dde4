/**
 * What decides a run of distillation, as plain data, and presets of it (NeRF-GAN distillation, sections 3.3 and 4.3). The paper has 128 rays and 512
 * pixels; most presets here have fewer of both, for adapters of less.
 */
import { r1WeightFor } from '../gan/settings';

/** Which losses train the student: the rows of the paper's Table 3, and its baseline. */
export const LOSS_SETS = {
  lr: {
    label: 'LR',
    description: 'The feature image and the small picture. The super-resolution stays the generator’s.',
    low: true,
    high: false,
    adversarial: false,
  },
  hr: {
    label: 'HR',
    description: 'The large picture alone.',
    low: false,
    high: true,
    adversarial: false,
  },
  'lr+hr': {
    label: 'LR + HR',
    description: 'Both pictures: the first stage of the full objective, for ever.',
    low: true,
    high: true,
    adversarial: false,
  },
  'hr+adv': {
    label: 'HR + ADV',
    description: 'The large picture, then a discriminator as well.',
    low: false,
    high: true,
    adversarial: true,
  },
  full: {
    label: 'LR + HR + ADV',
    description: 'Both pictures, then a discriminator as well: the paper’s objective.',
    low: true,
    high: true,
    adversarial: true,
  },
  'pc-gan': {
    label: 'PC-GAN',
    description:
      'The baseline: the same network as a pose-conditioned GAN. It never sees what the generator makes of a code.',
    low: false,
    high: false,
    adversarial: true,
  },
} as const;

export type LossSet = keyof typeof LOSS_SETS;

/** Whether the student's pictures are compared with the generator's. */
export function isTaught({ losses }: { readonly losses: LossSet }): boolean {
  return LOSS_SETS[losses].low || LOSS_SETS[losses].high;
}

/** Factors on the losses of equations 1 to 3; 0 leaves one out. */
export interface LossWeights {
  /** Smooth L1 of all features. */
  readonly features: number;
  /** L1 of the small picture. */
  readonly low: number;
  readonly lowPerceptual: number;
  /** L1 of the large picture. */
  readonly high: number;
  readonly highPerceptual: number;
  /** Of the discriminator's opinion, beside reconstruction; on its own it counts in full. */
  readonly adversarial: number;
}

export interface StyleGan3Sizes {
  readonly layers: number;
  readonly criticalLayers: number;
  /** Pixels around the picture. */
  readonly marginSize: number;
}

/** Degrees, both ends included. */
export interface StudentViews {
  readonly yaw: readonly [number, number];
  readonly pitch: readonly [number, number];
}

/** All counts of images are of pictures that the student has made to learn from. */
export interface StudentSettings {
  /** Of the weights before the first step, and of the faces and cameras that are learnt from. */
  readonly seed: number;
  readonly architecture: 'stylegan2' | 'stylegan3-t';
  /** Side of the feature image: a power of two, 8 or more. The picture is larger by as much as the generator's is. */
  readonly neuralResolution: number;
  /** Of the feature network: channels at side r are min(channelBase / r, channelMax). */
  readonly channelBase: number;
  readonly channelMax: number;
  readonly stylegan3: StyleGan3Sizes;
  readonly mappingLayers: number;
  readonly losses: LossSet;
  readonly weights: LossWeights;
  /** Pictures of a step. */
  readonly batch: number;
  readonly rate: number;
  /** Images after which the discriminator joins, where the losses have one beside reconstruction (the two-stage training of section 3.3); 0: at once. */
  readonly adversarialImages: number;
  /** Channels of the discriminator. */
  readonly discriminatorBase: number;
  readonly discriminatorMax: number;
  readonly discriminatorRate: number;
  /** Weight of R1 (gamma). */
  readonly r1Weight: number;
  /** Share of the generator's renderings among the real pictures, where there are others (alpha); 1 where there are none. */
  readonly renderedShare: number;
  /** Faces that are learnt from, each rendered when it is first drawn and then kept; 0: others in each step. */
  readonly faces: number;
  /** Cameras that each of them is seen from. */
  readonly viewsPerFace: number;
  /** Samples of a ray when the generator renders. */
  readonly depthSamples: number;
  readonly importanceSamples: number;
  /** Cameras that are learnt from: yaw and pitch are uniform in these ranges, in degrees; distance and focal length are the generator's. */
  readonly views: StudentViews;
  /** Half-life of the moving average of the student, in images. */
  readonly averageImages: number;
}

/** What a preset does not decide. */
export interface StudentChoices {
  readonly seed: number;
  /** Default: the preset's. */
  readonly losses?: LossSet | undefined;
}

export interface StudentPreset {
  readonly label: string;
  /** For people. */
  readonly description: string;
  /** Of a run that shows what the preset can do. */
  readonly steps: number;
  settings(choices: StudentChoices): StudentSettings;
}

/** Of the discriminator's regularisation: it runs in every so-many-th step. */
export const R1_INTERVAL = 16;

/** Between front and side; where heads of photographs are. Distances are the generator's own. */
const VIEWS: StudentViews = { yaw: [-60, 60], pitch: [-20, 30] };

const COMMON = {
  architecture: 'stylegan2',
  stylegan3: { layers: 8, criticalLayers: 2, marginSize: 4 },
  mappingLayers: 2,
  losses: 'lr+hr',
  weights: { features: 1, low: 1, lowPerceptual: 1, high: 1, highPerceptual: 1, adversarial: 0.1 },
  batch: 4,
  rate: 0.002,
  adversarialImages: 2000,
  discriminatorBase: 2048,
  discriminatorMax: 64,
  discriminatorRate: 0.002,
  renderedShare: 0.5,
  faces: 256,
  viewsPerFace: 4,
  views: VIEWS,
  averageImages: 1000,
} as const;

type Sizes = Pick<
  StudentSettings,
  'neuralResolution' | 'channelBase' | 'channelMax' | 'depthSamples' | 'importanceSamples'
> &
  Partial<Omit<StudentSettings, 'seed'>>;

function preset(sizes: Sizes, words: Omit<StudentPreset, 'settings'>): StudentPreset {
  const batch = sizes.batch ?? COMMON.batch;
  return {
    ...words,
    settings: ({ seed, losses }) => ({
      ...COMMON,
      r1Weight: r1WeightFor(2 * sizes.neuralResolution, batch),
      ...sizes,
      ...(losses && { losses }),
      seed,
    }),
  };
}

export const STUDENT_PRESETS = {
  '32': preset(
    { neuralResolution: 32, channelBase: 2048, channelMax: 128, depthSamples: 24, importanceSamples: 24 },
    {
      label: '32 rays, StyleGAN2',
      description: 'Pictures of 64 x 64 from the bundled generator: learns without a graphics card.',
      steps: 1000,
    },
  ),
  'stylegan3-32': preset(
    {
      architecture: 'stylegan3-t',
      neuralResolution: 32,
      channelBase: 1024,
      channelMax: 48,
      depthSamples: 24,
      importanceSamples: 24,
    },
    {
      label: '32 rays, StyleGAN3',
      description: 'The same with a network in which details move with the head, at more cost.',
      steps: 1000,
    },
  ),
  '64': preset(
    {
      neuralResolution: 64,
      channelBase: 2048,
      channelMax: 128,
      depthSamples: 24,
      importanceSamples: 24,
      losses: 'full',
      faces: 0,
      adversarialImages: 40_000,
      discriminatorBase: 4096,
      discriminatorMax: 128,
    },
    {
      label: '64 rays, StyleGAN2',
      description: 'Pictures of 128 x 128 from the bundled generator, other faces in each step: for a graphics card.',
      steps: 20_000,
    },
  ),
  '128': preset(
    {
      neuralResolution: 128,
      channelBase: 2048,
      channelMax: 128,
      depthSamples: 48,
      importanceSamples: 48,
      losses: 'full',
      adversarialImages: 100_000,
      batch: 8,
      faces: 0,
      averageImages: 2500,
      discriminatorBase: 8192,
      discriminatorMax: 256,
    },
    {
      label: '128 rays, StyleGAN2',
      description:
        'Pictures of 256 x 256 from the bundled generator, other faces in each step: for a large graphics card.',
      steps: 50_000,
    },
  ),
} as const satisfies Record<string, StudentPreset>;

export type StudentPresetName = keyof typeof STUDENT_PRESETS;
