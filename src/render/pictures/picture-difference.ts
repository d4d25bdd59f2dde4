/**
 * How far two pictures of the same view are apart: peak signal-to-noise ratio and structural similarity (Wang, Bovik, Sheikh and
 * Simoncelli 2004, "Image quality assessment: from error visibility to structural similarity"). Both agree with scikit-image.
 *
 * Pictures are [side, side, 3] values in [-1, 1]. Values beyond that are cut off first, as a screen does.
 */

import { TrifoldError } from '../../errors';

/** Two pictures do not have the same size, or are too small to be compared. */
export class PictureSizeError extends TrifoldError {
  override readonly code = 'picture-size';

  constructor(
    message: string,
    /** Number of values of the picture. */
    readonly values: number,
    /** Number of values there should be. */
    readonly expected: number,
  ) {
    super(message, 'Compare pictures of the same resolution, at least 11 x 11 pixels.');
  }
}

const CHANNELS = 3;
/** From -1 to 1. */
const PEAK_TO_PEAK = 2;

const SIGMA = 1.5;
/** 3.5 sigma, which makes the 11 x 11 window of the paper. */
const RADIUS = 5;
const WINDOW = 2 * RADIUS + 1;
/** C1 and C2, which keep the quotients of dark and of even regions finite (equations 7 and 9 of the paper: K1 = 0.01, K2 = 0.03). */
const MEAN_FLOOR = (0.01 * PEAK_TO_PEAK) ** 2;
const VARIANCE_FLOOR = (0.03 * PEAK_TO_PEAK) ** 2;

/**
 * Peak signal-to-noise ratio in dB over all pixels and channels: the higher, the more alike; Infinity for equal pictures.
 * @throws PictureSizeError when the sizes differ
 */
export function psnr(first: Float32Array, second: Float32Array): number {
  expectValues(second, first.length);
  let sum = 0;
  for (let i = 0; i < first.length; i++) sum += (onScreen(first[i]!) - onScreen(second[i]!)) ** 2;
  return 10 * Math.log10(PEAK_TO_PEAK ** 2 / (sum / first.length));
}

/**
 * Mean structural similarity: 1 for equal pictures, about 0 for unrelated ones. The mean over the three channels and over all
 * windows that lie in the picture as a whole, weighted with a Gaussian of sigma 1.5, with the variances of the whole population: as
 * scikit-image's `structural_similarity(first, second, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=2,
 * channel_axis=2)`, which leaves out the same border.
 * @param side in pixels, 11 or more
 * @throws PictureSizeError when a picture is not [side, side, 3] or smaller than the window
 */
export function ssim(first: Float32Array, second: Float32Array, side: number): number {
  if (side < WINDOW) {
    const message = `The structural similarity has a window of ${WINDOW} pixels; the pictures have a side of ${side}.`;
    throw new PictureSizeError(message, first.length, WINDOW * WINDOW * CHANNELS);
  }
  for (const picture of [first, second]) expectValues(picture, side * side * CHANNELS);
  let sum = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    sum += channelSimilarity(channelOf(first, channel), channelOf(second, channel), side);
  }
  return sum / CHANNELS;
}

/**
 * The mean similarity of one channel. The Gaussian is applied to rows as they come and then to the last eleven filtered rows, so that
 * what is in use stays in the processor's cache.
 */
function channelSimilarity(first: Float64Array, second: Float64Array, side: number): number {
  const inner = side - 2 * RADIUS;
  const newRows = (length: number) => Array.from({ length: 4 }, () => new Float64Array(length));
  // Both means, the mean of the product, and that of the sum of the squares: the formula asks for the sum of the variances only.
  const raw = newRows(side);
  const [firsts, seconds, products, squares] = [raw[0]!, raw[1]!, raw[2]!, raw[3]!];
  const shifted = raw.map((row) => Array.from({ length: WINDOW }, (_, tap) => row.subarray(tap, tap + inner)));
  const rows = Array.from({ length: WINDOW }, () => newRows(inner)); // row y is the one at y % WINDOW
  const windows = newRows(inner);
  let sum = 0;
  for (let y = 0; y < side; y++) {
    const start = y * side;
    for (let x = 0; x < side; x++) {
      const a = first[start + x]!;
      const b = second[start + x]!;
      firsts[x] = a;
      seconds[x] = b;
      products[x] = a * b;
      squares[x] = a * a + b * b;
    }
    for (let kind = 0; kind < 4; kind++) weigh(shifted[kind]!, rows[y % WINDOW]![kind]!);
    if (y < WINDOW - 1) continue;
    for (let kind = 0; kind < 4; kind++) {
      const lastRows = rows.map((_, tap) => rows[(y + 1 + tap) % WINDOW]![kind]!);
      weigh(lastRows, windows[kind]!);
    }
    sum += rowSimilarity(windows[0]!, windows[1]!, windows[2]!, windows[3]!);
  }
  return sum / (inner * inner);
}

/** The sum of the similarities along a row of windows (equation 13 of the paper). */
function rowSimilarity(
  firstMeans: Float64Array,
  secondMeans: Float64Array,
  products: Float64Array,
  squares: Float64Array,
): number {
  let sum = 0;
  for (let x = 0; x < products.length; x++) {
    const product = firstMeans[x]! * secondMeans[x]!;
    const energy = firstMeans[x]! ** 2 + secondMeans[x]! ** 2;
    const covariance = products[x]! - product;
    const variances = squares[x]! - energy;
    const likeness = (2 * product + MEAN_FLOOR) * (2 * covariance + VARIANCE_FLOOR);
    sum += likeness / ((energy + MEAN_FLOOR) * (variances + VARIANCE_FLOOR));
  }
  return sum;
}

/** Eleven arrays weighted with the Gaussian: neighbouring rows, or one row at eleven offsets. Taps of equal weight go together. */
function weigh(taps: readonly Float64Array[], sum: Float64Array): void {
  const middle = taps[RADIUS]!;
  for (let x = 0; x < sum.length; x++) sum[x] = middle[x]! * GAUSSIAN[0]!;
  for (let distance = 1; distance <= RADIUS; distance++) {
    const weight = GAUSSIAN[distance]!;
    const before = taps[RADIUS - distance]!;
    const after = taps[RADIUS + distance]!;
    for (let x = 0; x < sum.length; x++) sum[x]! += (before[x]! + after[x]!) * weight;
  }
}

/** The weights of a line of the window, from its middle outwards; a line of weights, both sides counted, sums up to one. */
const GAUSSIAN = gaussianHalf();

function gaussianHalf(): Float64Array {
  const weights = Float64Array.from({ length: RADIUS + 1 }, (_, distance) => Math.exp(-0.5 * (distance / SIGMA) ** 2));
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -weights[0]!);
  return weights.map((weight) => weight / total);
}

function channelOf(picture: Float32Array, channel: number): Float64Array {
  const values = new Float64Array(picture.length / CHANNELS);
  for (let pixel = 0; pixel < values.length; pixel++) values[pixel] = onScreen(picture[pixel * CHANNELS + channel]!);
  return values;
}

function onScreen(value: number): number {
  return Math.min(1, Math.max(-1, value));
}

function expectValues(picture: Float32Array, expected: number): void {
  if (picture.length === expected) return;
  throw new PictureSizeError(
    `A picture of ${picture.length} values cannot be compared: the other size is ${expected} values.`,
    picture.length,
    expected,
  );
}
