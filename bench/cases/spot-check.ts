/** Compares some numbers of a result, spread over all of it, with what the plain way gives. */
import type { Check } from '../racer';

export type { Check };

/** Numbers of a result that are checked. */
export const SPOTS = 500;
/** Largest error over the root mean square of the result: sums of a thousand f32 products, in any order, stay far below. */
const TOLERANCE = 1e-4;

/** @param plain computes the number at an index */
export function spotCheck(output: Float32Array, plain: (at: number) => number, spots = SPOTS): Check {
  let largest = 0;
  let squares = 0;
  for (let spot = 0; spot < spots; spot++) {
    const at = Math.floor(((spot + 0.5) / spots) * output.length);
    const expected = plain(at);
    squares += expected ** 2;
    const error = Math.abs(output[at]! - expected);
    largest = error <= largest ? largest : error; // also takes NaN
  }
  return { largestError: largest / Math.sqrt(squares / spots), allowed: TOLERANCE };
}
