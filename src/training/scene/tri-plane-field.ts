/**
 * Tri-planes (EG3D, section 3): three planes of features that stand on each other at right angles. A point takes the sum of what it meets on each, and a small
 * network makes density and colour of that.
 */
import type { PlanBuilder } from '../../gpu/plan';
import { reshaped, type Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import { sumTriPlanes } from '../../pipelines/volume/tri-planes';
import { BOX_SIDE, type FieldKind, type FieldSamples, type FieldTensor } from './scene-field';
import { type NetworkSettings, networkTensors, wireNetwork } from './scene-network';

export interface TriPlaneSettings {
  /** Texels of a plane's side. */
  readonly side: number;
  /** Features of a texel: a multiple of four. */
  readonly channels: number;
  readonly network: NetworkSettings;
}

/** Coordinates (0 = x, 1 = y, 2 = z) along the width and the height of each plane. */
const AXES = [
  [0, 1],
  [0, 2],
  [2, 1],
] as const;

const PLANES = 'planes';
const NETWORK = 'decoder.';
/** Deviation of planes that have learnt nothing. */
const FIRST_DEVIATION = 0.1;

export const TRI_PLANE_FIELD: FieldKind<TriPlaneSettings> = {
  name: 'tri-planes',
  tensors,
  wire,
};

/** "planes" is [H, W, 3, C], as the kernels read it. */
function planesShape({ side, channels }: TriPlaneSettings): [number, number, number, number] {
  return [side, side, AXES.length, channels];
}

function tensors(settings: TriPlaneSettings): FieldTensor[] {
  const features = { name: PLANES, shape: planesShape(settings), deviation: FIRST_DEVIATION, isGrid: true };
  return [features, ...networkTensors(NETWORK, settings.channels, settings.network)];
}

function wire(
  plan: PlanBuilder,
  parameters: ParameterScope,
  settings: TriPlaneSettings,
  { points, total }: FieldSamples,
): Tensor {
  const { side, channels, network } = settings;
  const { master } = parameters.parameter(PLANES, planesShape(settings));
  const planes = reshaped(master, [1, side, side, AXES.length * channels]);
  const options = { planeAxes: AXES, planeChannels: channels, boxWarp: BOX_SIDE };
  const features = sumTriPlanes(plan, planes, points, total, options);
  return wireNetwork(plan, parameters.scope(NETWORK), features, points, network);
}
