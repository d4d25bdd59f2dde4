/** The page's end of the worker that finds surfaces and writes mesh files (mesh-worker.ts). */
import type { DensityGrid } from '../../geometry/density-grid';
import type { SurfaceOptions } from '../../geometry/face-mesh';
import type { Mesh } from '../../geometry/mesh';
import type { MeshFormat } from '../../geometry/mesh-files';
import { ExportError } from './export-errors';
import type { MeshReply, MeshRequest, PackedMeshError } from './mesh-messages';

/** The worker says that there is no such surface, did not run, or was ended by the browser. */
export class MeshFailedError extends ExportError {
  override readonly code = 'mesh-failed';

  constructor({ message, remedy }: PackedMeshError) {
    super(message, remedy ?? 'Choose a lower resolution, or close other tabs: memory may have run out.');
  }
}

/** One request at a time: wait for each answer before the next. */
export class SurfaceWorker {
  readonly #worker = new Worker(new URL('./mesh-worker.ts', import.meta.url), { type: 'module' });
  readonly #ended = new AbortController();

  /** @param grid what the surfaces are in; it is copied */
  constructor(grid: DensityGrid) {
    this.#post({ kind: 'grid', grid });
  }

  /** @throws MeshFailedError; the reason of {@link end} */
  async surface(options: SurfaceOptions, onProgress: (share: number) => void = () => {}): Promise<Mesh> {
    const reply = await this.#ask({ kind: 'surface', options }, 'surface', onProgress);
    return reply.mesh;
  }

  /** @throws MeshFailedError; the reason of {@link end} */
  async meshFile(format: MeshFormat, mesh: Mesh, name: string): Promise<Uint8Array<ArrayBuffer>> {
    const reply = await this.#ask({ kind: 'mesh-file', format, mesh, name }, 'file');
    return reply.bytes;
  }

  /** @throws MeshFailedError; the reason of {@link end} */
  async volumeFile(): Promise<Uint8Array<ArrayBuffer>> {
    const reply = await this.#ask({ kind: 'volume-file' }, 'file');
    return reply.bytes;
  }

  /** Stops whatever it does, and frees its memory. Whoever waits for an answer gets the reason. */
  end(reason: unknown = new DOMException('The work was stopped.', 'AbortError')): void {
    this.#worker.terminate();
    this.#ended.abort(reason);
  }

  #post(request: MeshRequest): void {
    this.#worker.postMessage(request);
  }

  #ask<Kind extends MeshReply['kind']>(
    request: MeshRequest,
    wanted: Kind,
    onProgress: (share: number) => void = () => {},
  ): Promise<Extract<MeshReply, { kind: Kind }>> {
    const { signal: ended } = this.#ended;
    return new Promise((resolve, reject) => {
      if (ended.aborted) return reject(ended.reason);
      const listening = new AbortController();
      const settle = (how: () => void) => {
        listening.abort();
        how();
      };
      const { signal } = listening;
      ended.addEventListener('abort', () => settle(() => reject(ended.reason)), { signal });
      this.#worker.addEventListener(
        'message',
        ({ data: reply }: MessageEvent<MeshReply>) => {
          if (reply.kind === 'progress') onProgress(reply.share);
          else if (isOfKind(reply, wanted)) settle(() => resolve(reply));
          else if (reply.kind === 'error') settle(() => reject(new MeshFailedError(reply.error)));
        },
        { signal },
      );
      this.#worker.addEventListener(
        'error',
        ({ message }) => {
          const words = message || 'The worker that makes meshes could not run.';
          settle(() => reject(new MeshFailedError({ message: words, remedy: undefined })));
        },
        { signal },
      );
      this.#post(request);
    });
  }
}

function isOfKind<Kind extends MeshReply['kind']>(
  reply: MeshReply,
  kind: Kind,
): reply is Extract<MeshReply, { kind: Kind }> {
  return reply.kind === kind;
}
