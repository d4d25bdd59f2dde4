/**
 * The student before its first step: its configuration, its size, and its file. The mapping and the feature network begin at random, as StyleGAN2 and
 * StyleGAN3 do; the super-resolution begins as the generator's (NeRF-GAN distillation, section 3.2), but for the baseline, which is told nothing.
 *
 * The student has no noise: a face from a camera is to be one picture, and noise would stand still while the head turns.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { GeneratorConfig, StyleGan3Config, SynthesisConfig } from '../../models/config';
import { ModelConfigError, readGeneratorConfig, tensorPrefix } from '../../models/generator-config';
import { generatorConfigJson } from '../../models/generator-config-json';
import { NumpyRandomState } from '../../models/numpy-random';
import {
  type FeatureNetworkConfig,
  readStudentConfig,
  STUDENT_FORMAT,
  type StudentConfig,
} from '../../models/student-config';
import { stylegan3Geometry } from '../../models/stylegan3/geometry';
import { channelsAt } from '../../models/synthesis';
import {
  type BeginningValues,
  copied,
  dense,
  drawn,
  mappingTensors,
  type NetworkTensor,
  NORMAL,
  networkFile,
  superResolutionTensors,
  synthesisTensors,
  ZERO,
} from '../gan/initial-weights';
import type { StudentSettings } from './settings';

/** Tells the student's random numbers from those of the discriminator. */
const NETWORK_NUMBER = 2;
const SUPER_RESOLUTION = 'superresolution.';
/** Learning rate of the mapping's layers, in parts of the others': a network of two layers learns at the full one. */
const MAPPING_RATE = 1;

/** What a student's file says about itself. */
export interface StudentFacts {
  /** SHA-256 of the generator's file, in hexadecimal digits. */
  readonly teacherSha256?: string | undefined;
  /** For `training`, what made it. */
  readonly training?: object | undefined;
}

/**
 * The metadata of a student's file (docs/model-format.md): what `readStudentConfig` reads.
 * @param teacher whose picture is made smaller with the feature image
 * @throws ModelConfigError for a resolution that the generator's super-resolution cannot be brought to
 */
export function studentMetadata(
  settings: StudentSettings,
  teacher: GeneratorConfig,
  { teacherSha256, training }: StudentFacts = {},
): Record<string, string> {
  const { neuralResolution, architecture, views, stylegan3 } = settings;
  const scale = neuralResolution / teacher.rendering.neuralResolution;
  const inputResolution = teacher.superResolution.inputResolution * scale;
  if (!Number.isInteger(inputResolution)) {
    const reason = `the generator's super-resolution takes ${teacher.superResolution.inputResolution} pixels for ${teacher.rendering.neuralResolution} rays`;
    throw new ModelConfigError('neuralResolution', neuralResolution, reason);
  }
  const layers = {
    num_layers: stylegan3.layers,
    num_critical: stylegan3.criticalLayers,
    margin_size: stylegan3.marginSize,
  };
  const { radius } = teacher.camera;
  return {
    format: STUDENT_FORMAT,
    config: JSON.stringify({
      ...JSON.parse(generatorConfigJson(teacher)),
      neural_rendering_resolution: neuralResolution,
      sr_input_resolution: inputResolution,
      img_resolution: teacher.imageResolution * scale,
      // Noise planes have the generator's sizes.
      ...(scale !== 1 && { superresolution_noise_mode: 'none' }),
      student: {
        architecture,
        mapping_layers: settings.mappingLayers,
        mapping_lr_mul: MAPPING_RATE,
        channel_base: settings.channelBase,
        channel_max: settings.channelMax,
        ...(architecture === 'stylegan3-t' && layers),
      },
    }),
    trained_views: JSON.stringify({ ...views, radius: [radius, radius] }),
    ...(teacherSha256 && { teacher_sha256: teacherSha256 }),
    ...(training && { training: JSON.stringify(training) }),
  };
}

/** @throws as {@link studentMetadata} */
export function studentConfigOf(settings: StudentSettings, teacher: GeneratorConfig): StudentConfig {
  return readStudentConfig({ metadata: studentMetadata(settings, teacher) });
}

/** All tensors of a student's file. */
export function studentTensors({ mapping, features, superResolution }: StudentConfig): NetworkTensor[] {
  const enlarging = superResolutionTensors(superResolution);
  const isNoise = ({ name }: NetworkTensor) => /\.noise_(const|strength)$/.test(name);
  return [
    ...mappingTensors('mapping.', mapping),
    ...(features.kind === 'stylegan2'
      ? synthesisTensors('synthesis.', features.synthesis)
      : stylegan3Tensors('synthesis.', features.synthesis)),
    ...(superResolution.noiseMode === 'none' ? enlarging.filter((tensor) => !isNoise(tensor)) : enlarging),
  ];
}

/** Which of them learn: neither noise, nor StyleGAN3's frequencies and averages; the super-resolution where the losses look at what it makes. */
export function isLearnedByStudent(name: string, learnsSuperResolution: boolean): boolean {
  if (name.startsWith(SUPER_RESOLUTION) && !learnsSuperResolution) return false;
  return /\.(weight|bias)$|(^|\.)b4\.const$/.test(name);
}

/**
 * The student before its first step.
 * @param teacher the generator's file
 * @throws MissingTensorError, CheckpointTensorError
 */
export function freshStudent(settings: StudentSettings, config: StudentConfig, teacher: Checkpoint): Checkpoint {
  const random = drawn(settings.seed, NETWORK_NUMBER);
  const taught = copied(teacher, tensorPrefix(teacher));
  const waves = config.features.kind === 'stylegan3' ? fourierWaves(settings.seed, config.features.synthesis) : {};
  const values: BeginningValues = (tensor, index) => {
    const isTaught = tensor.name.startsWith(SUPER_RESOLUTION) && settings.losses !== 'pc-gan';
    return waves[tensor.name] ?? (isTaught ? taught : random)(tensor, index);
  };
  return networkFile(studentTensors(config), values, studentMetadata(settings, readGeneratorConfig(teacher)));
}

function stylegan3Tensors(prefix: string, config: StyleGan3Config): NetworkTensor[] {
  const { wDim, convKernel } = config;
  const { input, layers } = stylegan3Geometry(config);
  const { channels } = input;
  return [
    { name: `${prefix}input.freqs`, shape: [channels, 2], begins: ZERO },
    { name: `${prefix}input.phases`, shape: [channels], begins: ZERO },
    { name: `${prefix}input.transform`, shape: [3, 3], begins: ZERO },
    { name: `${prefix}input.weight`, shape: [channels, channels], begins: NORMAL },
    { name: `${prefix}input.affine.weight`, shape: [4, wDim], begins: ZERO },
    { name: `${prefix}input.affine.bias`, shape: [4], begins: ZERO },
    ...layers.flatMap(({ name, inChannels, outChannels, isPicture }): NetworkTensor[] => {
      const side = isPicture ? 1 : convKernel;
      return [
        { name: `${prefix}${name}.weight`, shape: [outChannels, inChannels, side, side], begins: NORMAL },
        { name: `${prefix}${name}.bias`, shape: [outChannels], begins: ZERO },
        { name: `${prefix}${name}.magnitude_ema`, shape: [], begins: { value: 1 } },
        ...dense(`${prefix}${name}.affine`, wDim, inChannels, { bias: 1 }),
      ];
    }),
  ];
}

/**
 * What StyleGAN3's input begins with (Karras et al. 2021, appendix F): frequencies spread evenly over the disc below the bandwidth, any phase, and no
 * turn or shift.
 */
function fourierWaves(seed: number, config: StyleGan3Config): Readonly<Record<string, Float32Array>> {
  const { channels, bandwidth } = stylegan3Geometry(config).input;
  const random = new NumpyRandomState([seed, NETWORK_NUMBER, channels, 1]);
  const normal = random.randn(2 * channels);
  const frequencies = new Float32Array(2 * channels);
  for (let wave = 0; wave < channels; wave++) {
    const [x, y] = [normal[2 * wave]!, normal[2 * wave + 1]!];
    // A normal pair's length has the distribution of sqrt(-2 ln(1 - u)), so this is uniform in the disc.
    const length = Math.hypot(x, y);
    const radius = bandwidth * Math.sqrt(-Math.expm1((-length * length) / 2));
    frequencies[2 * wave] = (x / length) * radius;
    frequencies[2 * wave + 1] = (y / length) * radius;
  }
  return {
    'synthesis.input.freqs': frequencies,
    'synthesis.input.phases': Float32Array.from(random.rand(channels), (value) => value - 0.5),
    'synthesis.input.transform': Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    'synthesis.input.affine.bias': Float32Array.of(1, 0, 0, 0),
  };
}

/** What one picture costs in the feature network, in FLOP: convolutions and filters, two for a product that is added. */
export function featureFlops(features: FeatureNetworkConfig): number {
  return features.kind === 'stylegan2' ? stylegan2Flops(features.synthesis) : stylegan3Flops(features.synthesis);
}

function stylegan2Flops(config: SynthesisConfig): number {
  let sum = 0;
  for (let side = 4; side <= config.resolution; side *= 2) {
    const channels = channelsAt(config, side);
    // A layer that doubles the side has every tap on every pixel of the small one, and a filter of 4 x 4 behind.
    if (side > 4) {
      sum += 2 * 9 * channelsAt(config, side / 2) * channels * (side / 2) ** 2 + 2 * 16 * channels * side ** 2;
    }
    sum += 2 * 9 * channels ** 2 * side ** 2 + 2 * channels * config.imageChannels * side ** 2;
  }
  return sum;
}

function stylegan3Flops(config: StyleGan3Config): number {
  const { input, layers } = stylegan3Geometry(config);
  const ofLayers = layers.map((layer) => {
    const { inChannels, outChannels, inSize, outSize, upFactor, downFactor, upTaps, downTaps } = layer;
    const side = layer.isPicture ? 1 : config.convKernel;
    const convolved = inSize + side - 1;
    const wide = (outSize - 1) * downFactor + downTaps;
    // Filters run along one axis after the other.
    const up = (upTaps / upFactor) * (wide * convolved + wide * wide);
    const down = downTaps * (outSize * wide + outSize * outSize);
    return (
      2 * side ** 2 * inChannels * outChannels * convolved ** 2 + (layer.isPicture ? 0 : 2 * outChannels * (up + down))
    );
  });
  return ofLayers.reduce((sum, flops) => sum + flops, 2 * input.channels ** 2 * input.size ** 2);
}
