/**
 * From densities to a surface: marching cubes, the largest piece, smoothing. Pure arithmetic, for a worker; a live preview of the level needs the
 * grid once and this for every level.
 */
import type { LongJob } from './long-job';
import { marchingCubes } from './marching-cubes';
import { largestComponent, type Mesh } from './mesh';
import { smoothMesh } from './mesh-smoothing';
import type { DensityGrid } from './voxel-grid';

export interface SurfaceOptions {
  /** Density that counts as the surface; the official script takes 10. */
  readonly level: number;
  /** Rounds of smoothing. Default: 0. */
  readonly smoothing?: number;
  /** Keep loose pieces and closed cavities too. Default: the largest piece alone. */
  readonly allComponents?: boolean;
}

/** The surface of a grid at a level, without colours and normals. @throws NoSurfaceError; the signal's reason */
export async function extractSurface(grid: DensityGrid, options: SurfaceOptions, job: LongJob = {}): Promise<Mesh> {
  const everything = await marchingCubes(grid, options.level, job);
  const wanted = options.allComponents ? everything : largestComponent(everything);
  return smoothMesh(wanted, options.smoothing ?? 0);
}
