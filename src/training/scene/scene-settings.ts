/** What decides how a scene is learnt, as plain data, and presets: the three of EG3D's section 3 at equal capacity, in sizes for all devices. */
import type { WritableTensor } from '../../checkpoints/safetensors';
import { TrifoldError } from '../../errors';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import { stepDraws } from '../draws';
import { MIP_NERF, MIP_NERF_FIELD, type MipNerfSettings } from './mip-nerf-field';
import { type FieldKind, type FieldKindName, type FieldSamples, type FieldTensor, initialTensors } from './scene-field';
import type { NetworkSettings } from './scene-network';
import { TRI_PLANE_FIELD, type TriPlaneSettings } from './tri-plane-field';
import { VOXEL_FIELD, type VoxelSettings, voxelSideLike } from './voxel-field';

/** Which field, and how large it is. */
export type FieldSettings =
  | ({ readonly kind: 'tri-planes' } & TriPlaneSettings)
  | ({ readonly kind: 'voxels' } & VoxelSettings)
  | ({ readonly kind: 'mip-nerf' } & MipNerfSettings);

export interface SceneSettings {
  /** Of the weights before the first step. */
  readonly seed: number;
  readonly field: FieldSettings;
  /** Steps over which learning rates fall; the run may be longer. */
  readonly steps: number;
  /** Rays that are drawn for a step. Those whose samples find room are learnt from. */
  readonly rays: number;
  /** Rows for samples. */
  readonly samples: number;
  /** Steps of a ray along the box's side. */
  readonly stepsAcross: number;
  readonly occupancy: OccupancySettings;
  /** Learning rates of features in space, and of networks. */
  readonly gridRate: number;
  readonly networkRate: number;
  /** Share of the learning rates at the end; between they fall exponentially. */
  readonly lastRate: number;
}

export interface OccupancySettings {
  /** Cells of the grid's side. */
  readonly side: number;
  /** Density above which a cell is occupied. */
  readonly threshold: number;
  /** The step from which on the threshold is what it is; it rises until then. */
  readonly until: number;
  /** What all cells have at first, but those that are carved away (carving.ts). */
  readonly first: number;
  /** What is left of a cell's number after a step in which no sample falls into it. */
  readonly share: number;
  /** Each so-and-so-many-th step looks everywhere, for what has come to be where nothing was. */
  readonly exploreEach: number;
}

export interface ScenePreset {
  readonly label: string;
  /** For people. */
  readonly description: string;
  settings(choices: { readonly seed: number }): SceneSettings;
}

/** Settings that no scene can be learnt with. */
export class SceneSettingError extends TrifoldError {
  override readonly code = 'scene-setting';

  constructor(
    readonly setting: string,
    readonly value: unknown,
    readonly limit: string,
  ) {
    super(
      `The setting "${setting}" of a scene is ${JSON.stringify(value)}; it must be ${limit}.`,
      'Take a preset, or change what is named.',
    );
  }
}

/** A field of given settings. */
export interface OpenField {
  readonly kind: FieldKindName;
  readonly tensors: readonly FieldTensor[];
  wire(plan: PlanBuilder, parameters: ParameterScope, samples: FieldSamples): Tensor;
}

export function fieldOf(settings: FieldSettings): OpenField {
  switch (settings.kind) {
    case 'tri-planes':
      return opened(TRI_PLANE_FIELD, settings);
    case 'voxels':
      return opened(VOXEL_FIELD, settings);
    case 'mip-nerf':
      return opened(MIP_NERF_FIELD, settings);
  }
}

function opened<Settings>(field: FieldKind<Settings>, settings: Settings): OpenField {
  return {
    kind: field.name,
    tensors: field.tensors(settings),
    wire: (plan, parameters, samples) => field.wire(plan, parameters, settings, samples),
  };
}

/** Draws of weights must not be those of a step. */
const WEIGHTS_PHASE = 1;

/** What is learnt of a scene before the first step. */
export function firstTensors({ seed, field }: SceneSettings): WritableTensor[] {
  return initialTensors(fieldOf(field).tensors, stepDraws(seed, 0, WEIGHTS_PHASE));
}

/** How many numbers learn. */
export function parameterCount(settings: Pick<SceneSettings, 'field'>): number {
  return fieldOf(settings.field).tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** @throws SceneSettingError */
export function checkSceneSettings(settings: SceneSettings): void {
  const { rays, samples, stepsAcross, steps, field } = settings;
  for (const [name, value] of Object.entries({ rays, samples, steps, stepsAcross })) {
    if (!Number.isInteger(value) || value < 1) throw new SceneSettingError(name, value, 'a whole number above 0');
  }
  if ('channels' in field && field.channels % 4 !== 0) {
    throw new SceneSettingError('channels', field.channels, 'a multiple of four');
  }
}

/** EG3D, section 3: "an MLP of four layers of 128 hidden units each and a Fourier feature encoding". */
const DECODER: NetworkSettings = {
  ...{ layers: 4, width: 128 },
  encoding: { frequencies: 16, deviation: 2, seed: 7 },
};

interface Sizes {
  readonly planes: { readonly side: number; readonly channels: number };
  readonly rays: number;
  readonly samples: number;
  readonly stepsAcross: number;
  readonly steps: number;
}

/** For two cores of a processor. */
const SMALL: Sizes = { planes: { side: 128, channels: 16 }, rays: 4096, samples: 8192, stepsAcross: 128, steps: 1000 };
/** For a graphics card: the paper's planes. */
const LARGE: Sizes = {
  planes: { side: 512, channels: 48 },
  rays: 16384,
  samples: 131072,
  stepsAcross: 512,
  steps: 10000,
};
/** A step that takes no more of the light is not worth asking a network for. */
const LEAST_SHARE = 0.01;
/** Features of a voxel; with more of them the grid is coarser. */
const VOXEL_CHANNELS = 12;

function settingsOf({ planes, ...sizes }: Sizes, kind: FieldKindName, seed: number): SceneSettings {
  const fields: Record<FieldKindName, FieldSettings> = {
    'tri-planes': { kind: 'tri-planes', ...planes, network: DECODER },
    voxels: {
      kind: 'voxels',
      side: voxelSideLike(planes, VOXEL_CHANNELS),
      channels: VOXEL_CHANNELS,
      network: DECODER,
    },
    'mip-nerf': { kind: 'mip-nerf', ...MIP_NERF },
  };
  return {
    ...{ seed, field: fields[kind], ...sizes },
    occupancy: {
      ...{ side: 128, until: 1000, first: 3, share: 0.99, exploreEach: 16 },
      threshold: LEAST_SHARE * sizes.stepsAcross,
    },
    gridRate: 0.1,
    networkRate: kind === 'mip-nerf' ? 5e-4 : 3e-3,
    lastRate: 0.1,
  };
}

function preset(sizes: Sizes, kind: FieldKindName, label: string, description: string): ScenePreset {
  return { label, description, settings: ({ seed }) => settingsOf(sizes, kind, seed) };
}

export const SCENE_PRESETS = {
  'tri-planes': preset(SMALL, 'tri-planes', 'Tri-planes', "EG3D's own: quick, fine, small."),
  voxels: preset(SMALL, 'voxels', 'Voxels', 'A dense grid with as many numbers as the tri-planes: coarser.'),
  'mip-nerf': preset(SMALL, 'mip-nerf', 'Mip-NeRF', 'One large network, no grid: small and slow.'),
  'tri-planes-large': preset(LARGE, 'tri-planes', 'Tri-planes, large', "The paper's planes. For a graphics card."),
  'voxels-large': preset(LARGE, 'voxels', 'Voxels, large', 'As many numbers as large tri-planes. For a graphics card.'),
  'mip-nerf-large': preset(LARGE, 'mip-nerf', 'Mip-NeRF, large', 'More rays at once. For a graphics card.'),
} as const satisfies Record<string, ScenePreset>;

export type ScenePresetName = keyof typeof SCENE_PRESETS;
