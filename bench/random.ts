/** Numbers for inputs and weights: the same in every run, everywhere. */
import { floatFromHalf, halvesFromFloats } from '../src/numbers/half';

/** `count` numbers of mean 0 and deviation 1, near enough to a normal distribution: the sum of three uniform ones. */
export function randomValues(count: number, seed: number): Float32Array {
  let state = (seed * 0x9e3779b9) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  return Float32Array.from({ length: count }, () => uniform() + uniform() + uniform());
}

/** The nearest 16-bit floats, as the weights of the bundled model are: kernels may pack those without loss. */
export function roundedToHalves(values: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halvesFromFloats(values), floatFromHalf);
}
