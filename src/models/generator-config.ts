/**
 * Reads a generator's configuration from a model file's metadata. Two layouts are known:
 *
 * - ours (`format: eg3d-generator`): one flat JSON object under `config`, written by Trifold's own training and converter;
 * - the arguments of the official implementation under `init_kwargs`, with `rendering_kwargs` inside (the reference vectors' files).
 *
 * What the tensors themselves decide (plane resolution, channels of the super-resolution, layers of the mapping) is taken from them.
 */
import type { Checkpoint } from '../checkpoints/checkpoint';
import { OFFICIAL_SUPER_RESOLUTION } from '../checkpoints/official/super-resolution';
import type {
  GeneratorConfig,
  NoiseMode,
  PlaneAxes,
  RenderingConfig,
  SuperResolutionBlock,
  SuperResolutionConfig,
} from './config';
import { Fields, ModelConfigError } from './config-fields';

export { ModelConfigError } from './config-fields';

/** What this module needs of an open model file. */
export type TensorDirectory = Pick<Checkpoint, 'metadata' | 'has' | 'info'>;

/** Axes of the three planes by the names that our files may use instead of the axes themselves. The published EG3D weights repeat the XZ plane, transposed. */
const PLANE_AXES: Readonly<Record<string, PlaneAxes>> = {
  xyz: [
    [0, 1],
    [0, 2],
    [2, 1],
  ],
  eg3d: [
    [0, 1],
    [0, 2],
    [2, 0],
  ],
};

/** Channels a plane has in every EG3D model; the backbone makes three times as many. */
const PLANE_CHANNELS = 32;

/** Normalised focal length of the official FFHQ cameras (18.83 degrees); official files do not name it. */
const DEFAULT_FOCAL = 4.2647;
const DEFAULT_RADIUS = 2.7;

/** Prefix of the generator's tensors: `param.` in the reference vectors' files, none in model files. */
export function tensorPrefix(file: TensorDirectory): string {
  for (const prefix of ['', 'param.']) if (file.has(`${prefix}backbone.synthesis.b4.const`)) return prefix;
  throw new ModelConfigError('backbone.synthesis.b4.const', undefined, 'the file has no tri-plane generator in it');
}

/**
 * The configuration of the generator in a model file.
 * @throws ModelConfigError naming the field, its value and what is wrong with it
 */
export function readGeneratorConfig(file: TensorDirectory): GeneratorConfig {
  if (file.metadata.config !== undefined) return fromOwnLayout(file, new Fields(file.metadata.config, 'config'));
  if (file.metadata.init_kwargs !== undefined) {
    return fromOfficialArguments(file, new Fields(file.metadata.init_kwargs, 'init_kwargs'));
  }
  throw new ModelConfigError('config', undefined, 'the file names no configuration in its metadata');
}

function fromOwnLayout(file: TensorDirectory, fields: Fields): GeneratorConfig {
  return assemble(file, fields, {
    rendering: fields,
    mappingLayers: fields.integer('mapping_layers', 1),
    mappingLrMultiplier: fields.number('mapping_lr_mul', 0.01),
    backboneClamp: fields.optionalNumber('conv_clamp'),
    imageResolution: fields.integer('img_resolution', 1),
    neuralResolution: fields.integer('neural_rendering_resolution', 1),
    superResolution: readSuperResolution(fields),
  });
}

/** The super-resolution in our own layout, of a generator or of a student. @throws ModelConfigError */
export function readSuperResolution(fields: Fields): SuperResolutionConfig {
  const channels = fields.get('sr_channels');
  if (!isNumberArray(channels, 2)) throw new ModelConfigError('sr_channels', channels, 'expected two channel counts');
  const upsample = fields.get('sr_upsample') ?? [true, true];
  if (!isBooleanPair(upsample))
    throw new ModelConfigError('sr_upsample', upsample, 'expected [true or false, true or false]');
  const resize = fields.string('sr_resize', 'when-different');
  if (resize !== 'when-different' && resize !== 'when-smaller') {
    throw new ModelConfigError('sr_resize', resize, 'known are when-different, when-smaller');
  }
  const block = (index: 0 | 1): SuperResolutionBlock => ({ channels: channels[index]!, upsample: upsample[index]! });
  return {
    wDim: fields.integer('w_dim', 1),
    inputChannels: PLANE_CHANNELS,
    inputResolution: fields.integer('sr_input_resolution', 1),
    resize,
    antialias: fields.boolean('sr_antialias', true),
    blocks: [block(0), block(1)],
    convClamp: fields.optionalNumber('sr_conv_clamp'),
    noiseMode: noiseMode(fields),
  };
}

function fromOfficialArguments(file: TensorDirectory, fields: Fields): GeneratorConfig {
  const rendering = fields.object('rendering_kwargs');
  const mapping = fields.object('mapping_kwargs');
  const className = rendering.string('superresolution_module').split('.').pop()!;
  const module = Object.hasOwn(OFFICIAL_SUPER_RESOLUTION, className) ? OFFICIAL_SUPER_RESOLUTION[className] : undefined;
  if (!module) {
    const known = Object.keys(OFFICIAL_SUPER_RESOLUTION).join(', ');
    throw new ModelConfigError('superresolution_module', className, `not supported; known are ${known}`);
  }
  const prefix = tensorPrefix(file);
  const block = (index: 0 | 1): SuperResolutionBlock => ({
    channels: firstExtent(file, `${prefix}superresolution.block${index}.conv1.weight`),
    upsample: module.upsample[index],
  });
  const neural = Number(file.metadata.neural_rendering_resolution ?? 64);
  if (!Number.isInteger(neural) || neural < 1) {
    throw new ModelConfigError('neural_rendering_resolution', neural, 'expected a positive integer');
  }
  return assemble(file, fields, {
    rendering,
    mappingLayers: mapping.integer('num_layers', 1, 8),
    mappingLrMultiplier: mapping.number('lr_multiplier', 0.01),
    backboneClamp: fields.optionalNumber('conv_clamp'),
    imageResolution: fields.integer('img_resolution', 1),
    neuralResolution: neural,
    superResolution: {
      wDim: fields.integer('w_dim', 1),
      inputChannels: PLANE_CHANNELS,
      inputResolution: module.inputResolution,
      resize: module.resize,
      antialias: rendering.boolean('sr_antialias', true),
      blocks: [block(0), block(1)],
      // The official blocks clamp at 256 whenever they are allowed to run in half precision, also where they do not.
      convClamp: fields.integer('sr_num_fp16_res', 0, 0) > 0 ? 256 : undefined,
      noiseMode: noiseMode(rendering),
    },
  });
}

interface LayoutSpecificParts {
  readonly rendering: Fields;
  readonly mappingLayers: number;
  readonly mappingLrMultiplier: number;
  readonly backboneClamp: number | undefined;
  readonly imageResolution: number;
  readonly neuralResolution: number;
  readonly superResolution: SuperResolutionConfig;
}

function assemble(file: TensorDirectory, fields: Fields, parts: LayoutSpecificParts): GeneratorConfig {
  const prefix = tensorPrefix(file);
  const wDim = fields.integer('w_dim', 1);
  const resolution = planeResolution(file, prefix);
  const pivot = parts.rendering.get('avg_camera_pivot') ?? [0, 0, 0];
  if (!isNumberArray(pivot, 3)) throw new ModelConfigError('avg_camera_pivot', pivot, 'expected three numbers');
  return {
    mapping: {
      zDim: fields.integer('z_dim', 1),
      cDim: fields.integer('c_dim', 0),
      wDim,
      numWs: 2 * Math.log2(resolution) - 2,
      layers: parts.mappingLayers,
      ...mappingWidths(file, prefix, wDim, parts.mappingLayers),
      lrMultiplier: parts.mappingLrMultiplier,
    },
    backbone: {
      wDim,
      resolution,
      imageChannels: 3 * PLANE_CHANNELS,
      channelBase: fields.integer('channel_base', 1, 32768),
      channelMax: fields.integer('channel_max', 1, 512),
      convClamp: parts.backboneClamp,
    },
    rendering: readRendering(parts.rendering, parts.neuralResolution),
    superResolution: parts.superResolution,
    conditioning: {
      zeroed: parts.rendering.boolean('c_gen_conditioning_zero', false),
      scale: parts.rendering.number('c_scale', 0), // a missing c_scale counts as 0 in the official code
    },
    camera: {
      radius: parts.rendering.number('avg_camera_radius', DEFAULT_RADIUS),
      pivot: [pivot[0]!, pivot[1]!, pivot[2]!],
      focal: parts.rendering.number('camera_focal', DEFAULT_FOCAL),
    },
    imageResolution: parts.imageResolution,
  };
}

function readRendering(fields: Fields, neuralResolution: number): RenderingConfig {
  const clampMode = fields.string('clamp_mode', 'softplus');
  if (clampMode !== 'softplus') throw new ModelConfigError('clamp_mode', clampMode, 'only "softplus" is supported');
  const start = fields.get('ray_start');
  const end = fields.get('ray_end');
  const isAuto = start === 'auto' && end === 'auto';
  if (!isAuto && !(typeof start === 'number' && typeof end === 'number' && end > start)) {
    throw new ModelConfigError(
      'ray_start, ray_end',
      [start, end],
      'expected two ascending numbers, or "auto" for both',
    );
  }
  return {
    planeAxes: readPlaneAxes(fields.get('plane_axes') ?? 'eg3d'),
    planeChannels: PLANE_CHANNELS,
    boxWarp: fields.positive('box_warp'),
    rayLimits: isAuto ? 'auto' : { start: Number(start), end: Number(end) },
    depthSamples: fields.integer('depth_resolution', 2),
    importanceSamples: fields.integer('depth_resolution_importance', 0, 0),
    disparitySampling: fields.boolean('disparity_space_sampling', false),
    whiteBackground: fields.boolean('white_back', false),
    decoderHiddenWidth: 64,
    decoderOutputs: PLANE_CHANNELS,
    decoderLrMultiplier: fields.number('decoder_lr_mul', 1),
    neuralResolution,
    alphaFeature: readAlphaFeature(fields),
  };
}

/** The channel of the features that tells alpha, of a generator or of a student; undefined where none does. @throws ModelConfigError */
export function readAlphaFeature(fields: Fields): number | undefined {
  const channel = fields.get('alpha_feature');
  if (channel === undefined || channel === null) return undefined;
  if (typeof channel === 'number' && Number.isInteger(channel) && channel >= 0 && channel < PLANE_CHANNELS)
    return channel;
  throw new ModelConfigError('alpha_feature', channel, `expected a channel, 0 to ${PLANE_CHANNELS - 1}`);
}

function readPlaneAxes(value: unknown): PlaneAxes {
  if (typeof value === 'string' && Object.hasOwn(PLANE_AXES, value)) return PLANE_AXES[value]!;
  const axes: unknown[] = Array.isArray(value) ? value : [];
  const pairs = axes.flatMap((pair): [0 | 1 | 2, 0 | 1 | 2][] => {
    const [u, v]: unknown[] = Array.isArray(pair) && pair.length === 2 ? pair : [];
    return isCoordinate(u) && isCoordinate(v) && u !== v ? [[u, v]] : [];
  });
  if (pairs.length === 3 && axes.length === 3) return pairs;
  const known = Object.keys(PLANE_AXES).join(', ');
  throw new ModelConfigError('plane_axes', value, `known are ${known} and three pairs of coordinates such as [0, 1]`);
}

function isCoordinate(value: unknown): value is 0 | 1 | 2 {
  return value === 0 || value === 1 || value === 2;
}

/** Widths inside the mapping network, where they differ from w's; only the tensors tell them. */
function mappingWidths(
  file: TensorDirectory,
  prefix: string,
  wDim: number,
  layers: number,
): { embedFeatures?: number; layerFeatures?: number } {
  const extent = (name: string) => (file.has(name) ? file.info(name).shape[0] : undefined) ?? wDim;
  const embedFeatures = extent(`${prefix}backbone.mapping.embed.weight`);
  const layerFeatures = layers > 1 ? extent(`${prefix}backbone.mapping.fc0.weight`) : wDim;
  return {
    ...(embedFeatures !== wDim && { embedFeatures }),
    ...(layerFeatures !== wDim && { layerFeatures }),
  };
}

function noiseMode(fields: Fields): NoiseMode {
  const mode = fields.string('superresolution_noise_mode', 'none');
  if (mode !== 'none' && mode !== 'const' && mode !== 'random') {
    throw new ModelConfigError('superresolution_noise_mode', mode, 'known are none, const, random');
  }
  return mode;
}

function planeResolution(file: TensorDirectory, prefix: string): number {
  let resolution = 4;
  while (file.has(`${prefix}backbone.synthesis.b${resolution * 2}.conv1.weight`)) resolution *= 2;
  return resolution;
}

function firstExtent(file: TensorDirectory, name: string): number {
  if (!file.has(name)) throw new ModelConfigError(name, undefined, 'the tensor is missing from the file');
  return file.info(name).shape[0]!;
}

function isNumberArray(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every((entry) => Number.isFinite(entry));
}

function isBooleanPair(value: unknown): value is [boolean, boolean] {
  return Array.isArray(value) && value.length === 2 && value.every((entry) => typeof entry === 'boolean');
}
