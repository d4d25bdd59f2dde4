/**
 * The worker that finds surfaces in densities and writes mesh files: marching cubes over 256^3 voxels takes seconds, in which the page goes on
 * drawing. It asks the network for nothing and is ended by the page. Requests come one at a time.
 */
import type { DensityGrid } from '../../geometry/density-grid';
import { GeometryError } from '../../geometry/errors';
import { extractSurface } from '../../geometry/face-mesh';
import { encodeMesh } from '../../geometry/mesh-files';
import { encodeMrc } from '../../geometry/volume-mrc';
import type { MeshReply, MeshRequest } from './mesh-messages';

/** The part of `DedicatedWorkerGlobalScope` that is used; the DOM's types and the worker's cannot be loaded side by side. */
interface WorkerScope {
  postMessage(message: MeshReply, transfer?: ArrayBufferLike[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<MeshRequest>) => void): void;
}

const scope = globalThis as typeof globalThis & WorkerScope;
let grid: DensityGrid | undefined;

scope.addEventListener('message', async ({ data: request }) => {
  try {
    await answer(request);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof GeometryError ? error.remedy : undefined;
    scope.postMessage({ kind: 'error', error: { message, remedy } });
  }
});

async function answer(request: MeshRequest): Promise<void> {
  switch (request.kind) {
    case 'grid':
      grid = request.grid;
      return;
    case 'surface': {
      const onProgress = (share: number) => scope.postMessage({ kind: 'progress', share });
      const mesh = await extractSurface(present(), request.options, { onProgress });
      return scope.postMessage({ kind: 'surface', mesh }, [mesh.positions.buffer, mesh.indices.buffer]);
    }
    case 'mesh-file':
      return sendFile(await encodeMesh(request.format, request.mesh, request.name));
    case 'volume-file':
      return sendFile(encodeMrc(present()));
  }
}

function present(): DensityGrid {
  if (!grid) throw new Error('There is no density yet.');
  return grid;
}

function sendFile(bytes: Uint8Array<ArrayBuffer>): void {
  scope.postMessage({ kind: 'file', bytes }, [bytes.buffer]);
}
