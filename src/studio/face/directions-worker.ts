/**
 * The worker that finds directions of w: sums of products over ten thousand samples and the eigenvectors of their covariance take seconds,
 * in which the page goes on drawing. It asks the network for nothing, serves one model, and is ended by the page.
 */
import { directionsOf, LatentMoments } from '../../models/faces/directions';
import type { DirectionsReply, DirectionsRequest } from './directions-messages';

/** The part of `DedicatedWorkerGlobalScope` that is used; the DOM's types and the worker's cannot be loaded side by side. */
interface WorkerScope {
  postMessage(message: DirectionsReply): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<DirectionsRequest>) => void): void;
}

const scope = globalThis as typeof globalThis & WorkerScope;
let moments: LatentMoments | undefined;

scope.addEventListener('message', ({ data: request }) => {
  try {
    if (request.kind === 'rows') {
      moments ??= new LatentMoments(request.wDim);
      moments.add(request.rows);
      scope.postMessage({ kind: 'taken', samples: moments.samples });
    } else if (moments) {
      scope.postMessage({ kind: 'found', directions: directionsOf(moments) });
    } else {
      scope.postMessage({ kind: 'error', message: 'There were no samples.' });
    }
  } catch (error) {
    scope.postMessage({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  }
});
