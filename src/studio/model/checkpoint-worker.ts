/**
 * The worker that reads model files, so that a large or hostile one never holds up the page: it can be stopped at any moment by ending
 * the worker, and what it used is gone with it. It is handed a file, asks the network for nothing, and is ended when it has answered.
 */
import { transfer } from 'comlink';
import { readCheckpoint } from '../../checkpoints/read-checkpoint';
import { serve } from '../shared/workers';
import { fingerprintOf } from './fingerprint';
import type { KnownConfiguration } from './model-facts';
import { type PackedCheckpoint, packCheckpoint } from './packed-checkpoint';

const PROGRESS_INTERVAL_MILLISECONDS = 50;

type ProgressListener = (readBytes: number, totalBytes: number) => void;

const functions = {
  /** @param like completes a state dict that was saved alone */
  async read(
    file: Blob,
    like: KnownConfiguration | undefined,
    onProgress?: ProgressListener,
  ): Promise<PackedCheckpoint> {
    const packed = packCheckpoint(await readCheckpoint(file, { like, onProgress: throttled(onProgress) }));
    return transfer(packed, [...packed.buffers]);
  },

  fingerprint(file: Blob, onProgress?: ProgressListener): Promise<string> {
    return fingerprintOf(file, { onProgress: throttled(onProgress) });
  },
};

export type CheckpointWorker = typeof functions;

serve(functions);

/** A listener that passes on no more than the page can show. */
function throttled(listener: ProgressListener = () => {}): (readBytes: number, totalBytes: number | undefined) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (readBytes, totalBytes = 0) => {
    const now = performance.now();
    if (now - last < PROGRESS_INTERVAL_MILLISECONDS && readBytes < totalBytes) return;
    last = now;
    listener(readBytes, totalBytes);
  };
}
