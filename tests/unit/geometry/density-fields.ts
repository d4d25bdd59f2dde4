/** Densities whose surfaces are known: signed distances, positive inside, on the grid that the meshing takes. */
import { type DensityGrid, voxelCentre } from '../../../src/geometry/voxel-grid';

export type Field = (x: number, y: number, z: number) => number;

/** @param side length of the box's side */
export function fieldGrid(resolution: number, side: number, field: Field): DensityGrid {
  const at = (index: number) => voxelCentre({ resolution, side }, index);
  const values = Float32Array.from({ length: resolution ** 3 }, (_, index) =>
    field(
      at(index % resolution),
      at(Math.floor(index / resolution) % resolution),
      at(Math.floor(index / resolution ** 2)),
    ),
  );
  return { resolution, side, values };
}

export const SPHERE_RADIUS = 0.3;
/** A sphere a little off the centre. */
export const sphere: Field = (x, y, z) => SPHERE_RADIUS - Math.hypot(x - 0.02, y + 0.05, z - 0.01);

export const TORUS = { ring: 0.6, tube: 0.2 };
/** A torus about the y axis. */
export const torus: Field = (x, y, z) => TORUS.tube - Math.hypot(Math.hypot(x, z) - TORUS.ring, y);
