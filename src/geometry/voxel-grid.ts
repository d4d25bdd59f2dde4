/**
 * A regular grid of densities. It divides the model's box into N^3 voxels and has one sample in the middle of each: sample k along an axis lies at
 * (k + 0.5) side / N - side / 2. (The sheared grid of the official script, tests/support/density-volume.ts, has samples on the box's faces.)
 */

/** Samples in the middle of the voxels of a cube that is centred at the origin. */
export interface DensityGrid {
  /** Voxels on a side, N. */
  readonly resolution: number;
  /** Length of the cube's side in scene units. */
  readonly side: number;
  /** [N, N, N] as z, y, x: index (z N + y) N + x. */
  readonly values: Float32Array;
}

/** Where sample `index` of a grid lies along an axis, in scene units. */
export function voxelCentre({ resolution, side }: Omit<DensityGrid, 'values'>, index: number): number {
  return ((index + 0.5) * side) / resolution - side / 2;
}

/** Length of a voxel's side in scene units. */
export function voxelSide({ resolution, side }: Omit<DensityGrid, 'values'>): number {
  return side / resolution;
}
