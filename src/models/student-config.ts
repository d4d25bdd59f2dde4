/**
 * Reads the configuration of a convolutional student (NeRF-GAN distillation, section 3.2) from its file's metadata: `format: eg3d-student`,
 * the generator's own fields under `config`, and the student's under `config.student` (docs/model-format.md).
 */
import { LABEL_LENGTH } from '../camera/conventions';
import type { TrainedViews } from '../camera/trained-views';
import type { MappingConfig, StyleGan3Config, SuperResolutionConfig, SynthesisConfig } from './config';
import { Fields, ModelConfigError } from './config-fields';
import { readAlphaFeature, readSuperResolution, type TensorDirectory } from './generator-config';

/** The network that takes the place of volume rendering: w' to the feature image. */
export type FeatureNetworkConfig =
  | { readonly kind: 'stylegan2'; readonly synthesis: SynthesisConfig }
  | { readonly kind: 'stylegan3'; readonly synthesis: StyleGan3Config };

export interface StudentConfig {
  /** (the generator's w, camera) to w', for one layer at a time: z is w, and w' is not broadcast. */
  readonly mapping: MappingConfig;
  readonly features: FeatureNetworkConfig;
  readonly superResolution: SuperResolutionConfig;
  /** Side of the feature image. */
  readonly neuralResolution: number;
  /** Side of the final picture. */
  readonly imageResolution: number;
  /** Channel of the feature image that holds 1 - 2 alpha; undefined where none does. */
  readonly alphaFeature: number | undefined;
  /** SHA-256 of the generator's file that it was distilled from; undefined if the file does not say. */
  readonly teacherSha256: string | undefined;
  /** Cameras of its training; undefined if the file does not say. */
  readonly trainedViews: TrainedViews | undefined;
}

export const STUDENT_FORMAT = 'eg3d-student';
/** Channels of the feature image, as the generator's decoder makes them. */
const FEATURE_CHANNELS = 32;

const ARCHITECTURES = ['stylegan2', 'stylegan3-t', 'stylegan3-r'] as const;

/** Whether a student was distilled from a generator, as far as their hashes tell. */
export type TeacherMatch = 'match' | 'mismatch' | 'unknown';

/** @param generatorSha256 of the generator's file; undefined if it is not known */
export function matchTeacher(
  { teacherSha256 }: Pick<StudentConfig, 'teacherSha256'>,
  generatorSha256: string | undefined,
): TeacherMatch {
  if (!teacherSha256 || !generatorSha256) return 'unknown';
  return teacherSha256 === generatorSha256 ? 'match' : 'mismatch';
}

/** Whether a file holds a student rather than a generator. */
export function isStudentFile({ metadata }: Pick<TensorDirectory, 'metadata'>): boolean {
  return metadata.format === STUDENT_FORMAT;
}

/**
 * The configuration of the student in a model file.
 * @throws ModelConfigError naming the field, its value and what is wrong with it
 */
export function readStudentConfig({ metadata }: Pick<TensorDirectory, 'metadata'>): StudentConfig {
  if (metadata.format !== STUDENT_FORMAT) {
    throw new ModelConfigError('format', metadata.format, `this is no student: expected "${STUDENT_FORMAT}"`);
  }
  if (metadata.config === undefined) throw new ModelConfigError('config', undefined, 'the file names no configuration');
  const fields = new Fields(metadata.config, 'config');
  const student = fields.object('student');
  const wDim = fields.integer('w_dim', 1);
  const cDim = fields.integer('c_dim', 1);
  if (cDim !== LABEL_LENGTH)
    throw new ModelConfigError('c_dim', cDim, `a student takes a camera of ${LABEL_LENGTH} numbers`);
  const neuralResolution = fields.integer('neural_rendering_resolution', 1);
  return {
    mapping: {
      zDim: wDim,
      cDim,
      wDim,
      numWs: undefined,
      layers: student.integer('mapping_layers', 1),
      lrMultiplier: student.number('mapping_lr_mul', 0.01),
    },
    features: readFeatureNetwork(fields, student, wDim, neuralResolution),
    superResolution: readSuperResolution(fields),
    neuralResolution,
    imageResolution: fields.integer('img_resolution', 1),
    alphaFeature: readAlphaFeature(fields),
    teacherSha256: readHash(metadata.teacher_sha256),
    trainedViews: readTrainedViews(metadata.trained_views),
  };
}

function readFeatureNetwork(fields: Fields, student: Fields, wDim: number, resolution: number): FeatureNetworkConfig {
  const name = student.string('architecture', 'stylegan2');
  const architecture = ARCHITECTURES.find((known) => known === name);
  if (!architecture) {
    throw new ModelConfigError('student.architecture', name, `known are ${ARCHITECTURES.join(', ')}`);
  }
  const common = {
    wDim,
    resolution,
    imageChannels: FEATURE_CHANNELS,
    channelBase: student.integer('channel_base', 1, 32768),
    channelMax: student.integer('channel_max', 1, 512),
  };
  if (architecture === 'stylegan2') {
    return { kind: 'stylegan2', synthesis: { ...common, convClamp: fields.optionalNumber('conv_clamp') } };
  }
  const isRotationEquivariant = architecture === 'stylegan3-r';
  return {
    kind: 'stylegan3',
    synthesis: {
      ...common,
      layers: student.integer('num_layers', 1, 14),
      criticalLayers: student.integer('num_critical', 1, 2),
      firstCutoff: student.number('first_cutoff', 2),
      firstStopband: student.number('first_stopband', 2 ** 2.1),
      lastStopbandRelative: student.number('last_stopband_rel', 2 ** 0.3),
      marginSize: student.integer('margin_size', 0, 10),
      outputScale: student.number('output_scale', 0.25),
      convKernel: readConvKernel(student, isRotationEquivariant ? 1 : 3),
      radialFilters: student.boolean('use_radial_filters', isRotationEquivariant),
      convClamp: student.number('conv_clamp', 256),
    },
  };
}

function readConvKernel(student: Fields, fallback: 1 | 3): 1 | 3 {
  const side = student.integer('conv_kernel', 1, fallback);
  if (side === 1 || side === 3) return side;
  throw new ModelConfigError('student.conv_kernel', side, 'expected 1 or 3');
}

function readHash(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ModelConfigError('teacher_sha256', text, 'expected 64 lower-case hexadecimal digits');
  }
  return text;
}

/** Reads ranges of cameras: `{"yaw": [-180, 180], "pitch": [-30, 40], "radius": [2.7, 2.7]}`, degrees and scene units. */
export function readTrainedViews(json: string | object | undefined): TrainedViews | undefined {
  if (json === undefined) return undefined;
  const fields = new Fields(json, 'trained_views');
  const yaw = fields.get('yaw') === undefined ? undefined : readRange(fields, 'yaw');
  return { ...(yaw && { yaw }), pitch: readRange(fields, 'pitch'), radius: readRange(fields, 'radius') };
}

function readRange(fields: Fields, name: string): [number, number] {
  const value = fields.get(name);
  const [low, high]: unknown[] = Array.isArray(value) ? value : [];
  if (typeof low !== 'number' || typeof high !== 'number' || !(low <= high)) {
    throw new ModelConfigError(`trained_views.${name}`, value, 'expected two ascending numbers');
  }
  return [low, high];
}
