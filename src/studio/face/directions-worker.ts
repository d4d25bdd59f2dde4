/**
 * The worker that finds directions of w: sums of products over ten thousand samples and the eigenvectors of their covariance take seconds,
 * in which the page goes on drawing. It asks the network for nothing, serves one model, and is ended by the page.
 */
import { directionsOf, type LatentDirections, LatentMoments } from '../../models/faces/directions';
import { serve } from '../shared/workers';

let moments: LatentMoments | undefined;

const functions = {
  /**
   * Takes in samples of w, [N, wDim].
   * @returns how many there are with these
   * @throws LatentSamplesError
   */
  take(rows: Float32Array, wDim: number): number {
    moments ??= new LatentMoments(wDim);
    moments.add(rows);
    return moments.samples;
  },

  /** The directions of all samples taken in. @throws LatentSamplesError */
  find(): LatentDirections {
    if (!moments) throw new Error('There were no samples.');
    return directionsOf(moments);
  },
};

export type DirectionsWorker = typeof functions;

serve(functions);
