/**
 * Paths through w space. A cubic spline through keyframes moves without a jerk from face to face; the one here is the not-a-knot spline
 * that the official video script uses (scipy's `interp1d(kind='cubic')`), over keyframes one unit of time apart that repeat for ever.
 */

import { TrifoldError } from '../../errors';

/** Repetitions before and after the loop, so that the spline's ends are far from where it is read (the official script's choice). */
const REPEATS = 2;
const FEWEST_KNOTS = 4;

/** Keyframes that do not fit together. */
export class LatentPathError extends TrifoldError {
  override readonly code = 'latent-path';

  constructor(message: string) {
    super(message, 'Give keyframes of one length, as many as the message asks for.');
  }
}

/**
 * A closed, smooth path through keyframes.
 * @param keyframes at least one; all of the same length (for example num_ws * w_dim)
 * @returns the point at time t, where keyframe k is at t = k and t = keyframes.length is the first again
 */
export function loopThroughKeyframes(keyframes: readonly Float32Array[]): (t: number) => Float32Array {
  const count = keyframes.length;
  if (count === 0) throw new LatentPathError('A path needs at least one keyframe.');
  const tiled = Array.from({ length: count * (2 * REPEATS + 1) }, (_, index) => keyframes[index % count]!);
  const spline = cubicSpline(tiled);
  return (t) => spline((((t % count) + count) % count) + REPEATS * count);
}

/**
 * The not-a-knot cubic spline through points at t = 0, 1, 2, ...
 * @param points four or more, of one length
 * @returns the point at time t; t is limited to [0, points.length - 1]
 */
export function cubicSpline(points: readonly Float32Array[]): (t: number) => Float32Array {
  const last = points.length - 1;
  const width = points[0]?.length ?? 0;
  if (points.length < FEWEST_KNOTS) {
    throw new LatentPathError(`A cubic spline needs ${FEWEST_KNOTS} points or more, got ${points.length}.`);
  }
  for (const point of points) {
    if (point.length !== width) {
      throw new LatentPathError(`All points of a path have one length; found ${point.length} beside ${width}.`);
    }
  }
  const curvature = secondDerivatives(points, width);
  return (time) => {
    const t = Math.min(Math.max(time, 0), last);
    const k = Math.min(Math.floor(t), last - 1);
    const b = t - k;
    const a = 1 - b;
    const [p, q, m, n] = [points[k]!, points[k + 1]!, curvature[k]!, curvature[k + 1]!];
    return Float32Array.from(
      p,
      (value, i) => a * value + b * q[i]! + ((a ** 3 - a) * m[i]! + (b ** 3 - b) * n[i]!) / 6,
    );
  };
}

/**
 * Second derivatives at the knots. Continuity of the first derivative gives m[k-1] + 4 m[k] + m[k+1] = 6 d[k], with d the second difference;
 * not-a-knot at the ends makes m[1] = d[1] and m[last-1] = d[last-1], and the rest is one sweep of the Thomas algorithm.
 */
function secondDerivatives(points: readonly Float32Array[], width: number): Float64Array[] {
  const last = points.length - 1;
  const result = points.map(() => new Float64Array(width));
  const pivots = new Float64Array(points.length);
  for (let column = 0; column < width; column++) {
    const difference = (k: number) => points[k + 1]![column]! - 2 * points[k]![column]! + points[k - 1]![column]!;
    const set = (k: number, value: number) => {
      result[k]![column] = value;
    };
    const get = (k: number) => result[k]![column]!;
    set(1, difference(1));
    set(last - 1, difference(last - 1));
    for (let k = 2; k <= last - 2; k++) {
      const fixed = (k === 2 ? get(1) : 0) + (k === last - 2 ? get(last - 1) : 0);
      const carried = k === 2 ? 0 : 1 / pivots[k - 1]!;
      pivots[k] = 4 - carried;
      set(k, 6 * difference(k) - fixed - (k === 2 ? 0 : get(k - 1) * carried));
    }
    for (let k = last - 2; k >= 2; k--) {
      set(k, (get(k) - (k === last - 2 ? 0 : get(k + 1))) / pivots[k]!);
    }
    set(0, 2 * get(1) - get(2));
    set(last, 2 * get(last - 1) - get(last - 2));
  }
  return result;
}
