/**
 * The page's end of the checkpoint worker: one worker for one question, ended when it has answered or is no longer wanted.
 */
import type { Remote } from 'comlink';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { CheckpointError } from '../../checkpoints/errors';
import { RemoteWorker, WorkerError } from '../shared/workers';
import type { CheckpointWorker } from './checkpoint-worker';
import type { KnownConfiguration } from './model-facts';
import { unpackCheckpoint } from './packed-checkpoint';
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
      `The part of the page that reads files stopped: ${details}.`,
      'Reload the page and try again. If the file is very large, close other tabs first: memory may have run out.',
    );
  }
}

/** What the worker says of a file, under the code of the error there. */
export class UnreadableFileError extends CheckpointError {
  override readonly code: string;

  constructor(cause: WorkerError) {
    super(cause.message, { remedy: remedyFor(cause.foreignName) ?? cause.remedy, cause });
    this.code = cause.code;
  }
}

export interface ReadingOptions extends WorkOptions {
  /** Completes a state dict that was saved alone. */
  readonly like?: KnownConfiguration | undefined;
}

/** @throws CheckpointError (with the code of the reader's error), ReaderFailedError, the signal's reason if aborted */
export async function readInWorker(file: Blob, options: ReadingOptions = {}): Promise<Checkpoint> {
  const packed = await ask((worker, report) => worker.read(file, options.like, report), options);
  return unpackCheckpoint(packed);
}

/** `fingerprintOf`, away from the page. @throws CheckpointError, ReaderFailedError, the signal's reason if aborted */
export function fingerprintInWorker(file: Blob, options: WorkOptions = {}): Promise<string> {
  return ask((worker, report) => worker.fingerprint(file, report), options);
}

async function ask<Answer>(
  question: (worker: Remote<CheckpointWorker>, report: WorkOptions['onProgress']) => Promise<Answer>,
  { signal, onProgress }: WorkOptions,
): Promise<Answer> {
  signal?.throwIfAborted();
  const script = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { type: 'module' });
  const worker = new RemoteWorker<CheckpointWorker>(script, (details) => new ReaderFailedError(details), signal);
  try {
    return await worker.ask(question, onProgress);
  } catch (error) {
    throw error instanceof WorkerError ? new UnreadableFileError(error) : error;
  } finally {
    worker.end();
  }
}

/** What to do about errors of the browser itself. */
function remedyFor(name: string | undefined): string | undefined {
  switch (name) {
    case 'NotFoundError':
    case 'NotReadableError':
      return 'The file was moved, changed or locked since it was chosen, or it is a folder: choose it again.';
    case 'RangeError':
      return 'There may not be enough memory for this file: close other tabs and try again.';
  }
}
