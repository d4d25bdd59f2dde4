/**
 * Pictures at another size: each new pixel is a weighted sum of the old ones around its place, first along the rows, then along the columns.
 * When a picture gets smaller the kernel gets wider by the same factor, so that nothing is skipped over (no aliasing). Pixels are squares
 * whose centres lie at k + 1/2 (the same convention as the networks' own resizing, shaders/resampling/resize-bilinear.wgsl); beyond the edge the
 * last pixel goes on.
 */

/**
 * Lanczos with three lobes keeps edges crisp, and rings a little beside them. The cubic of Catmull and Rom, with which pictures come to the
 * screen, undershoots and no more: the edge of an alpha, cut off at 0, has no ring of faint veil around it.
 */
export type ResampleKernel = 'lanczos' | 'catmull-rom';

const LANCZOS_LOBES = 3;

const KERNELS: Readonly<Record<ResampleKernel, { readonly reach: number; readonly weight: (x: number) => number }>> = {
  lanczos: { reach: LANCZOS_LOBES, weight: (x) => sinc(x) * sinc(x / LANCZOS_LOBES) },
  'catmull-rom': { reach: 2, weight: catmullRom },
};

/**
 * A square picture at another side; itself if the side is the same.
 * @param values [side, side, channels]
 * @param target the new side, 1 or more
 * @returns [target, target, channels]
 */
export function resampled(
  values: Float32Array,
  channels: number,
  target: number,
  kernel: ResampleKernel = 'lanczos',
): Float32Array {
  const side = Math.sqrt(values.length / channels);
  if (side === target) return values;
  const taps = tapsFor(side, target, kernel);
  const rows = alongRows(values, side, channels, taps);
  return alongColumns(rows, target, channels, taps);
}

/** For one new pixel: the first old pixel that counts, and the weights from there on; they sum to 1. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function tapsFor(side: number, target: number, kernel: ResampleKernel): Taps[] {
  const { reach, weight } = KERNELS[kernel];
  const widening = Math.max(1, side / target);
  return Array.from({ length: target }, (_, index) => {
    const centre = ((index + 0.5) * side) / target - 0.5;
    const [low, high] = [Math.ceil(centre - reach * widening), Math.floor(centre + reach * widening)];
    const first = Math.max(0, low);
    const last = Math.min(side - 1, high);
    const weights = new Float64Array(last - first + 1);
    let sum = 0;
    for (let at = low; at <= high; at++) {
      const share = weight((at - centre) / widening);
      weights[Math.min(last, Math.max(first, at)) - first]! += share;
      sum += share;
    }
    return { first, weights: weights.map((share) => share / sum) };
  });
}

/** [height, side, channels] to [height, target, channels]. */
function alongRows(values: Float32Array, side: number, channels: number, taps: readonly Taps[]): Float32Array {
  const height = values.length / (side * channels);
  const result = new Float32Array(height * taps.length * channels);
  for (let y = 0; y < height; y++) {
    taps.forEach(({ first, weights }, x) => {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) {
          sum += weights[tap]! * values[(y * side + first + tap) * channels + channel]!;
        }
        result[(y * taps.length + x) * channels + channel] = sum;
      }
    });
  }
  return result;
}

/** [height, width, channels] to [target, width, channels]. */
function alongColumns(values: Float32Array, width: number, channels: number, taps: readonly Taps[]): Float32Array {
  const rowLength = width * channels;
  const result = new Float32Array(taps.length * rowLength);
  const sums = new Float64Array(rowLength);
  taps.forEach(({ first, weights }, y) => {
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const from = (first + tap) * rowLength;
      for (let at = 0; at < rowLength; at++) sums[at]! += weight * values[from + at]!;
    }
    result.set(sums, y * rowLength);
  });
  return result;
}

function catmullRom(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return (1.5 * distance - 2.5) * distance ** 2 + 1;
  return distance < 2 ? ((2.5 - 0.5 * distance) * distance - 4) * distance + 2 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
