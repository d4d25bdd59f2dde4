/** How near a picture is to another: PSNR and SSIM, as papers on novel views tell them. */

export interface LikenessExtents {
  readonly width: number;
  readonly height: number;
}

/** Peak signal-to-noise ratio in dB: 10 log10(1 / mean squared error). @param a, b one shape, 0..1 @returns Infinity where they are equal */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2;
  return 10 * Math.log10(a.length / sum);
}

/** Wang et al. 2004, section III-B: an 11 x 11 gaussian window of deviation 1.5, C1 = (0.01)^2, C2 = (0.03)^2 for a range of 1. */
const WINDOW_SIDE = 11;
const DEVIATION = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/**
 * Structural similarity (Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004): the mean over channels and over all
 * places where the window lies within the picture, with covariances by the window's weights.
 * @param a, b [height, width, 3], 0..1
 * @returns at most 1
 * @throws RangeError for a picture smaller than the window
 */
export function ssim(a: ArrayLike<number>, b: ArrayLike<number>, { width, height }: LikenessExtents): number {
  if (Math.min(width, height) < WINDOW_SIDE)
    throw new RangeError(`SSIM takes ${WINDOW_SIDE} pixels a side, not ${width} x ${height}`);
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    const [x, y] = [a, b].map((picture) => plane(picture, channel, width * height)) as [Float64Array, Float64Array];
    const mean = (of: (at: number) => number) =>
      blurred(
        Float64Array.from(x, (_, at) => of(at)),
        width,
        height,
      );
    const meanX = mean((at) => x[at]!);
    const meanY = mean((at) => y[at]!);
    const squareX = mean((at) => x[at]! ** 2);
    const squareY = mean((at) => y[at]! ** 2);
    const product = mean((at) => x[at]! * y[at]!);
    let ofChannel = 0;
    for (let at = 0; at < meanX.length; at++) {
      const [mx, my] = [meanX[at]!, meanY[at]!];
      const [vx, vy, cxy] = [squareX[at]! - mx * mx, squareY[at]! - my * my, product[at]! - mx * my];
      ofChannel += ((2 * mx * my + C1) * (2 * cxy + C2)) / ((mx * mx + my * my + C1) * (vx + vy + C2));
    }
    sum += ofChannel / meanX.length;
  }
  return sum / 3;
}

function plane(picture: ArrayLike<number>, channel: number, pixels: number): Float64Array {
  return Float64Array.from({ length: pixels }, (_, at) => picture[3 * at + channel]!);
}

/** Under the window, wherever it lies within the picture: [height - 10, width - 10]. */
function blurred(values: Float64Array, width: number, height: number): Float64Array {
  const half = (WINDOW_SIDE - 1) / 2;
  const raw = Array.from({ length: WINDOW_SIDE }, (_, at) => Math.exp(-((at - half) ** 2) / (2 * DEVIATION ** 2)));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  const across = width - WINDOW_SIDE + 1;
  const down = height - WINDOW_SIDE + 1;
  const rows = new Float64Array(across * height);
  for (let at = 0; at < rows.length; at++) {
    const first = Math.floor(at / across) * width + (at % across);
    for (let tap = 0; tap < WINDOW_SIDE; tap++) rows[at]! += weights[tap]! * values[first + tap]!;
  }
  const result = new Float64Array(across * down);
  for (let at = 0; at < result.length; at++) {
    for (let tap = 0; tap < WINDOW_SIDE; tap++) result[at]! += weights[tap]! * rows[at + tap * across]!;
  }
  return result;
}
