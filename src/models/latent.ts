/** From a seed to a latent code. */
import { NumpyRandomState } from './numpy-random';

/**
 * The latent code of a seed: `numpy.random.RandomState(seed).randn(1, zDim)` as f32, so that a seed means the same face as in the
 * official scripts.
 * @param seed 0 to 2^32 - 1
 * @throws SeedError
 */
export function seededLatent(seed: number, zDim: number): Float32Array {
  return Float32Array.from(new NumpyRandomState(seed).randn(zDim));
}
