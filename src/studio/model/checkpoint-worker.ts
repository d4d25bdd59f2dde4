/**
 * The worker that reads model files, so that a large or hostile one never holds up the page: it can be stopped at any moment by ending
 * the worker, and what it used is gone with it. It is handed a file, asks the network for nothing, and answers one request.
 */
import { readCheckpoint } from '../../checkpoints/read-checkpoint';
import { type CheckpointReply, type CheckpointRequest, packCheckpoint, packError } from './checkpoint-messages';
import { fingerprintOf } from './fingerprint';

/** The part of `DedicatedWorkerGlobalScope` that is used; the DOM's types and the worker's cannot be loaded side by side. */
interface WorkerScope {
  postMessage(message: CheckpointReply, transfer?: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<CheckpointRequest>) => void): void;
}

const scope = globalThis as typeof globalThis & WorkerScope;
const PROGRESS_INTERVAL_MILLISECONDS = 50;

scope.addEventListener('message', async ({ data: request }) => {
  try {
    if (request.kind === 'read') {
      const checkpoint = packCheckpoint(
        await readCheckpoint(request.file, { like: request.like, onProgress: progressReporter() }),
      );
      scope.postMessage({ kind: 'read', checkpoint }, [...checkpoint.buffers]);
    } else {
      const fingerprint = await fingerprintOf(request.file, { onProgress: progressReporter() });
      scope.postMessage({ kind: 'fingerprint', fingerprint });
    }
  } catch (error) {
    scope.postMessage({ kind: 'error', error: packError(error) });
  }
});

/** A listener that passes on no more than the page can show. */
function progressReporter(): (readBytes: number, totalBytes: number | undefined) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (readBytes, totalBytes = 0) => {
    const now = performance.now();
    if (now - last < PROGRESS_INTERVAL_MILLISECONDS && readBytes < totalBytes) return;
    last = now;
    scope.postMessage({ kind: 'progress', readBytes, totalBytes });
  };
}
