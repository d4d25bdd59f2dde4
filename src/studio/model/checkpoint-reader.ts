/**
 * The page's end of the checkpoint worker: one worker for one question, ended when it has answered or is no longer wanted.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { type CheckpointReply, type CheckpointRequest, unpackCheckpoint, unpackError } from './checkpoint-messages';
import type { KnownConfiguration } from './model-facts';
import { WeightsError } from './weights-errors';

export interface WorkOptions {
  /** Ends the work at once; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((readBytes: number, totalBytes: number) => void) | undefined;
}

/** The worker itself did not run: its script was not served, or the browser ended it. */
export class ReaderFailedError extends WeightsError {
  override readonly code = 'reader-failed';

  constructor(details: string) {
    super(
      `The part of the page that reads files stopped: ${details || 'no reason was given'}.`,
      'Reload the page and try again. If the file is very large, close other tabs first: memory may have run out.',
    );
  }
}

export interface ReadingOptions extends WorkOptions {
  /** Completes a state dict that was saved alone. */
  readonly like?: KnownConfiguration | undefined;
}

/** @throws CheckpointError (with the name of the reader's error), ReaderFailedError, the signal's reason if aborted */
export async function readInWorker(file: Blob, options: ReadingOptions = {}): Promise<Checkpoint> {
  const reply = await ask({ kind: 'read', file, like: options.like }, options);
  if (reply.kind !== 'read') throw new ReaderFailedError(`it answered "${reply.kind}"`);
  return unpackCheckpoint(reply.checkpoint);
}

/** `fingerprintOf`, away from the page. @throws CheckpointError, ReaderFailedError, the signal's reason if aborted */
export async function fingerprintInWorker(file: Blob, options: WorkOptions = {}): Promise<string> {
  const reply = await ask({ kind: 'fingerprint', file }, options);
  if (reply.kind !== 'fingerprint') throw new ReaderFailedError(`it answered "${reply.kind}"`);
  return reply.fingerprint;
}

type Answer = Exclude<CheckpointReply, { kind: 'progress' | 'error' }>;

async function ask(request: CheckpointRequest, { signal, onProgress }: WorkOptions): Promise<Answer> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { type: 'module' });
  let stop = () => {};
  try {
    return await new Promise<Answer>((resolve, reject) => {
      stop = () => reject(signal?.reason);
      signal?.addEventListener('abort', stop);
      worker.addEventListener('error', (event) => reject(new ReaderFailedError(event.message ?? '')));
      worker.addEventListener('messageerror', () => reject(new ReaderFailedError('its answer was lost')));
      worker.addEventListener('message', ({ data: reply }: MessageEvent<CheckpointReply>) => {
        if (reply.kind === 'progress') onProgress?.(reply.readBytes, reply.totalBytes);
        else if (reply.kind === 'error') reject(unpackError(reply.error));
        else resolve(reply);
      });
      worker.postMessage(request);
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    worker.terminate();
  }
}
