/** What the tests of volume rendering share: the reference's plane axes, its decoder and its whole renderings, and models made up. */
import type { Checkpoint } from '../../src/checkpoints/safetensors';
import type { PlanBuilder } from '../../src/gpu/plan';
import type { Tensor } from '../../src/gpu/tensor';
import { fullyConnectedGain, inputsFirst } from '../../src/pipelines/dense/fully-connected';
import { rearrange, unchanged } from '../../src/pipelines/dense/rearrange';
import { type DecoderArrays, packDecoder } from '../../src/pipelines/volume/decoder';
import { type DecoderTensors, packDecoderTensors } from '../../src/pipelines/volume/pack-decoder';
import type { DecoderExtents, RenderingOptions, TriPlaneAxes } from '../../src/pipelines/volume/rendering-options';
import type { RaySampling } from '../../src/pipelines/volume/sampling';
import type { VolumeRenderInputs } from '../../src/pipelines/volume/volume-render';
import { permute } from './support';

/** The official planes: (x, y), (x, z) and (z, x); there is no yz plane. */
export const EG3D_PLANE_AXES: TriPlaneAxes = [
  [0, 1],
  [0, 2],
  [2, 0],
];

/** Extents of the official decoder. */
export const DECODER = { planeChannels: 32, decoderHiddenWidth: 64, decoderOutputs: 32 } as const;

/** A decoder's parameters; `name` is a case of the file `render`. */
export function decoderArrays(file: Checkpoint, name: string): DecoderArrays {
  const prefix = name === 'full' ? 'full.param.decoder' : `${name}.param`;
  return {
    hiddenWeight: file.floats(`${prefix}.net.0.weight`),
    hiddenBias: file.floats(`${prefix}.net.0.bias`),
    outputWeight: file.floats(`${prefix}.net.2.weight`),
    outputBias: file.floats(`${prefix}.net.2.bias`),
  };
}

/** [N, planes, C, H, W] of the file as [N, H, W, planes * C]. */
export function planesChannelsLast(file: Checkpoint, name: string): Float32Array {
  const [batch, planes, channels, height, width] = file.info(name).shape;
  return permute(file.floats(name), [batch!, planes! * channels!, height!, width!], [0, 2, 3, 1]);
}

/** The whole renderings of the file `render`, and how each was sampled. */
export const RENDER_CASES = ['full_ffhq', 'full_white', 'full_auto', 'full_disparity'] as const;
export const RENDER_MODES = ['record', 'even', 'det'] as const;

/** Options of a case, in the official names. */
interface OfficialOptions {
  ray_start: number | 'auto';
  ray_end: number | 'auto';
  box_warp: number;
  white_back?: boolean;
  depth_resolution: number;
  depth_resolution_importance: number;
  disparity_space_sampling: boolean;
  resolution: number;
}

export function caseOptions(file: Checkpoint, name: string): { rendering: RenderingOptions; resolution: number } {
  const official = JSON.parse(file.metadata[name]!) as OfficialOptions;
  const { ray_start: start, ray_end: end } = official;
  const rendering: RenderingOptions = {
    ...DECODER,
    planeAxes: EG3D_PLANE_AXES,
    boxWarp: official.box_warp,
    rayLimits: start === 'auto' || end === 'auto' ? 'auto' : { start, end },
    depthSamples: official.depth_resolution,
    importanceSamples: official.depth_resolution_importance,
    disparitySampling: official.disparity_space_sampling,
    whiteBackground: official.white_back ?? false,
  };
  return { rendering, resolution: official.resolution };
}

/** The camera of a case. */
export function caseLabel(file: Checkpoint, name: string): number[] {
  return [...file.floats(`${name}.in.cam2world`), ...file.floats(`${name}.in.intrinsics`)];
}

/** A case, with its decoder packed. */
export function caseInputs(
  plan: PlanBuilder,
  file: Checkpoint,
  name: string,
  mode: (typeof RENDER_MODES)[number],
): VolumeRenderInputs {
  const { rendering, resolution } = caseOptions(file, name);
  const packedDecoder = packDecoder(decoderArrays(file, 'full'), DECODER, 1);
  const draws = (kind: 'jitter' | 'u') => plan.constant(kind, [256, 12], file.floats(`${name}.record.in.${kind}`));
  const sampling: RaySampling =
    mode === 'record' ? { mode: 'recorded', jitter: draws('jitter'), u: draws('u') } : { mode };
  return {
    planes: plan.constant('planes', [1, 32, 32, 96], planesChannelsLast(file, 'full.in.planes')),
    decoder: plan.constant('decoder', [packedDecoder.length], packedDecoder),
    cameras: plan.constant('cameras', [1, 25], caseLabel(file, name)),
    resolution,
    rendering,
    sampling,
  };
}

/** A label that looks at the origin from (0, 0, distance), slightly turned and with an intrinsic skew. */
export function cameraAt(distance: number, turn: number): number[] {
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const rotation = [
    cosine,
    0,
    -sine,
    distance * sine,
    0,
    -1,
    0,
    0.05,
    -sine,
    0,
    -cosine,
    distance * cosine,
    0,
    0,
    0,
    1,
  ];
  return [...rotation, 1.6, 0.02, 0.47, 0, 1.5, 0.52, 0, 0, 1];
}

/** Repeatable numbers about -1 to 1. */
export const wave = (count: number, frequency: number, gain = 1) =>
  Float32Array.from({ length: count }, (_, i) => gain * Math.sin(i * frequency + i * i * 0.0137));

/** Extents are sizes of arrays in the kernels, and each combination is compiled: few, and unlike each other. */
export const ARCHITECTURES: Pick<
  RenderingOptions,
  'planeAxes' | 'planeChannels' | 'decoderHiddenWidth' | 'decoderOutputs'
>[] = [
  {
    planeAxes: [
      [0, 1],
      [0, 2],
      [2, 1],
    ],
    planeChannels: 12,
    decoderHiddenWidth: 16,
    decoderOutputs: 8,
  },
  { planeAxes: [[1, 0]], planeChannels: 4, decoderHiddenWidth: 4, decoderOutputs: 4 },
];

/** A decoder's parameters as masters, [count] each, and what is made of them: packed, and as layers. Gradients of both reach the masters. */
export function wireDecoder(plan: PlanBuilder, arrays: DecoderArrays, extents: DecoderExtents, lrMultiplier = 1) {
  const { planeChannels, decoderHiddenWidth: hidden, decoderOutputs } = extents;
  const master = (name: keyof DecoderArrays) => plan.constant(name, [arrays[name].length], arrays[name]);
  const masters: DecoderTensors = {
    hiddenWeight: master('hiddenWeight'),
    hiddenBias: master('hiddenBias'),
    outputWeight: master('outputWeight'),
    outputBias: master('outputBias'),
  };
  const layer = (weight: Tensor, bias: Tensor, inputs: number) => {
    const [outputs] = bias.shape;
    const factor = fullyConnectedGain(inputs, lrMultiplier);
    return {
      weight: rearrange(plan, weight, inputsFirst(outputs!, inputs), { factor }),
      bias: rearrange(plan, bias, unchanged([outputs!]), { factor: lrMultiplier }),
    };
  };
  return {
    masters,
    packed: packDecoderTensors(
      plan,
      masters,
      { planeChannels, decoderHiddenWidth: hidden, decoderOutputs },
      lrMultiplier,
    ),
    layers: {
      hidden: layer(masters.hiddenWeight, masters.hiddenBias, planeChannels),
      output: layer(masters.outputWeight, masters.outputBias, hidden),
    },
  };
}
