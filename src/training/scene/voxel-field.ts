/**
 * A dense grid of voxels (EG3D, section 3: "a dense feature volume of equal capacity"): a point takes the trilinear mean of the eight features around it, and
 * the network of the tri-planes makes density and colour of that. A grid of side N has N^3 features where tri-planes have 3 N^2, so that with as many
 * parameters it is much coarser.
 */
import type { PlanBuilder } from '../../gpu/plan';
import { reshaped, type Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import { sampleGrid3d } from '../../pipelines/volume/grid-3d';
import { BOX_SIDE, type FieldKind, type FieldSamples, type FieldTensor } from './scene-field';
import { type NetworkSettings, networkTensors, wireNetwork } from './scene-network';

export interface VoxelSettings {
  /** Voxels of the grid's side. */
  readonly side: number;
  /** Features of a voxel: a multiple of four. */
  readonly channels: number;
  readonly network: NetworkSettings;
}

const VOXELS = 'voxels';
const NETWORK = 'decoder.';
/** Deviation of voxels that have learnt nothing. */
const FIRST_DEVIATION = 0.1;

export const VOXEL_FIELD: FieldKind<VoxelSettings> = {
  name: 'voxels',
  tensors,
  wire,
};

/** The side of the grid whose features are about as many as those of tri-planes. */
export function voxelSideLike(planes: { readonly side: number; readonly channels: number }, channels: number): number {
  return Math.round(Math.cbrt((3 * planes.side ** 2 * planes.channels) / channels));
}

/** "voxels" is [D, H, W, C], as the kernels read it: x runs along W, y along H, z along D. */
function voxelsShape({ side, channels }: VoxelSettings): [number, number, number, number] {
  return [side, side, side, channels];
}

function tensors(settings: VoxelSettings): FieldTensor[] {
  const features = { name: VOXELS, shape: voxelsShape(settings), deviation: FIRST_DEVIATION, isGrid: true };
  return [features, ...networkTensors(NETWORK, settings.channels, settings.network)];
}

function wire(
  plan: PlanBuilder,
  parameters: ParameterScope,
  settings: VoxelSettings,
  { points, total }: FieldSamples,
): Tensor {
  const shape = voxelsShape(settings);
  const { master } = parameters.parameter(VOXELS, shape);
  const features = sampleGrid3d(plan, reshaped(master, [1, ...shape]), points, { boxSide: BOX_SIDE, total });
  const rows = reshaped(features, features.shape.slice(1));
  return wireNetwork(plan, parameters.scope(NETWORK), rows, points, settings.network);
}
