/**
 * A crisp alpha for a picture out of the soft one of the rays. The super-resolution draws edges that the few rays cannot know, so their alpha,
 * enlarged, would keep a rim of background. But the background's colour B is known, and the head's colour F near an edge is like the one
 * just inside; with both, alpha follows from the picture itself (matting with a known background). For every pixel C on an edge it is the a
 * that makes |C - (a F + (1 - a) B)|^2 + p (a - a0)^2 least, where a0 is the rays' alpha: that decides where F is hardly unlike B,
 * and the more the further inside the head it is, for a head may have spots of the background's colour.
 */
import { resampled } from './resample';

/** Rays that took so much count as inside. */
const INSIDE = 0.98;
/** Less than this is nothing. */
const OUTSIDE = 1 / 255;
/** F is the mean over the inside within so many rays to each side. */
const REACH_IN_RAYS = 5;
/** p (1 - a0), against squared distances of colours, where black and white are 12 apart (2 in each of 3 channels). */
const TRUST_IN_RAYS = 0.05;

/**
 * @param colours the picture at its final size, [side, side, 3], about -1 to 1
 * @param alpha of the rays, [r, r, 1]
 * @param background -1 black, 1 white
 * @returns [side, side, 1], 0..1
 */
export function matteOf(colours: Float32Array, alpha: Float32Array, background: number): Float32Array {
  const side = Math.sqrt(colours.length / 3);
  // The lobes of the Lanczos kernel would leave a ring of faint veil around the head.
  const matte = resampled(alpha, 1, side, 'triangle');
  const reach = Math.max(1, Math.round((REACH_IN_RAYS * side) / Math.sqrt(alpha.length)));
  const inside = boxSums(insideColours(colours, matte), 4, side, reach);
  return matte.map((rays, pixel) => {
    const count = inside[pixel * 4 + 3]!;
    if (rays < OUTSIDE) return 0;
    if (rays >= 1 || count < 1) return Math.min(1, rays);
    const trust = TRUST_IN_RAYS / (1 - rays);
    let along = trust * rays;
    let length = trust;
    for (let channel = 0; channel < 3; channel++) {
      const head = inside[pixel * 4 + channel]! / count - background;
      along += (colours[pixel * 3 + channel]! - background) * head;
      length += head * head;
    }
    return Math.min(1, Math.max(0, along / length));
  });
}

/** Colour and 1 where the head is solid, else 0: [side, side, 4]. */
function insideColours(colours: Float32Array, matte: Float32Array): Float64Array {
  const result = new Float64Array(matte.length * 4);
  matte.forEach((rays, pixel) => {
    if (rays <= INSIDE) return;
    result.set(colours.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    result[pixel * 4 + 3] = 1;
  });
  return result;
}

/** Sums over squares of 2 reach + 1 pixels a side, cut off at the edges: running sums, in place, along rows and then along columns. */
function boxSums(values: Float64Array, channels: number, side: number, reach: number): Float64Array {
  const line = new Float64Array(side);
  const [pixel, row] = [channels, side * channels];
  for (const [step, across] of [
    [pixel, row],
    [row, pixel],
  ] as const) {
    for (let index = 0; index < side; index++) {
      for (let channel = 0; channel < channels; channel++) {
        const start = index * across + channel;
        let sum = 0;
        for (let at = 0; at < side; at++) line[at] = values[start + at * step]!;
        for (let at = 0; at < reach && at < side; at++) sum += line[at]!;
        for (let at = 0; at < side; at++) {
          if (at + reach < side) sum += line[at + reach]!;
          if (at - reach > 0) sum -= line[at - reach - 1]!;
          values[start + at * step] = sum;
        }
      }
    }
  }
  return values;
}
