/** The page's end of the worker that finds surfaces and writes mesh files (mesh-worker.ts). */
import type { Remote } from 'comlink';
import type { Mesh } from '../../geometry/mesh';
import type { MeshFormat } from '../../geometry/mesh-files';
import type { SurfaceOptions } from '../../geometry/surface';
import type { DensityGrid } from '../../geometry/voxel-grid';
import { RemoteWorker, WorkerError } from '../shared/workers';
import { ExportError } from './export-errors';
import type { MeshWorker } from './mesh-worker';

/** The worker says that there is no such surface, did not run, or was ended by the browser. */
export class MeshFailedError extends ExportError {
  override readonly code = 'mesh-failed';

  /** @param cause what the worker has thrown */
  constructor(message: string, cause?: WorkerError) {
    const isOurs = cause !== undefined && cause.foreignName === undefined;
    super(message, isOurs ? cause.remedy : 'Choose a lower resolution, or close other tabs: memory may have run out.', {
      cause,
    });
  }
}

export class SurfaceWorker {
  readonly #worker = new RemoteWorker<MeshWorker>(
    new Worker(new URL('./mesh-worker.ts', import.meta.url), { type: 'module' }),
    (details) => new MeshFailedError(`The part of the page that makes meshes stopped: ${details}.`),
  );
  readonly #hasGrid: Promise<void>;

  /** @param grid what the surfaces are in; it is copied */
  constructor(grid: DensityGrid) {
    this.#hasGrid = this.#worker.ask((worker) => worker.setGrid(grid));
    this.#hasGrid.catch(() => {}); // whoever asks is told
  }

  /** @throws MeshFailedError; the reason of {@link end} */
  surface(options: SurfaceOptions, onProgress?: (share: number) => void): Promise<Mesh> {
    return this.#ask((worker, report) => worker.surface(options, report), onProgress);
  }

  /** @throws MeshFailedError; the reason of {@link end} */
  meshFile(format: MeshFormat, mesh: Mesh, name: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#ask((worker) => worker.meshFile(format, mesh, name));
  }

  /** @throws MeshFailedError; the reason of {@link end} */
  volumeFile(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#ask((worker) => worker.volumeFile());
  }

  /** Stops whatever it does, and frees its memory. Whoever waits for an answer gets the reason. */
  end(reason?: unknown): void {
    this.#worker.end(reason);
  }

  async #ask<Answer>(
    question: (worker: Remote<MeshWorker>, report?: (share: number) => void) => Promise<Answer>,
    onProgress?: (share: number) => void,
  ): Promise<Answer> {
    try {
      await this.#hasGrid;
      return await this.#worker.ask(question, onProgress);
    } catch (error) {
      throw error instanceof WorkerError ? new MeshFailedError(error.message, error) : error;
    }
  }
}
