/**
 * The worker that finds surfaces in densities and writes mesh files: marching cubes over 256^3 voxels takes seconds, in which the page goes on
 * drawing. It asks the network for nothing and is ended by the page.
 */
import { transfer } from 'comlink';
import type { Mesh } from '../../geometry/mesh';
import { encodeMesh, type MeshFormat } from '../../geometry/mesh-files';
import { extractSurface, type SurfaceOptions } from '../../geometry/surface';
import { encodeMrc } from '../../geometry/volume-mrc';
import type { DensityGrid } from '../../geometry/voxel-grid';
import { serve } from '../shared/workers';

let density: DensityGrid | undefined;

const functions = {
  /** Hands over the grid that all else is about. */
  setGrid(grid: DensityGrid): void {
    density = grid;
  },

  /** @throws NoSurfaceError */
  async surface(options: SurfaceOptions, onProgress?: (share: number) => void): Promise<Mesh> {
    const mesh = await extractSurface(grid(), options, { onProgress });
    return transfer(mesh, [mesh.positions.buffer, mesh.indices.buffer]);
  },

  async meshFile(format: MeshFormat, mesh: Mesh, name: string): Promise<Uint8Array<ArrayBuffer>> {
    return handedOver(await encodeMesh(format, mesh, name));
  },

  /** The grid itself as MRC. */
  volumeFile(): Uint8Array<ArrayBuffer> {
    return handedOver(encodeMrc(grid()));
  },
};

export type MeshWorker = typeof functions;

serve(functions);

function grid(): DensityGrid {
  if (!density) throw new Error('There is no density yet.');
  return density;
}

function handedOver(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return transfer(bytes, [bytes.buffer]);
}
