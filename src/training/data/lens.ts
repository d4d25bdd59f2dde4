/**
 * Lenses. Rays here are a pinhole camera's. A little distortion is left out, and a note says how much that is; a lens that bends more is refused,
 * and so are fisheyes and panoramas, by name.
 */
import { LensError, quoted } from './errors';
import type { NoteBook } from './notes';

/** The polynomial model of OpenCV, which COLMAP and nerfstudio use. */
export interface Distortion {
  /** Factors of r^2, r^4, r^6, r^8. */
  readonly radial: readonly number[];
  /** The same, below the line. */
  readonly denominator?: readonly number[];
  /** p1, p2. */
  readonly tangential?: readonly [number, number];
}

/** How far a pixel may be from where a pinhole camera sees it, in picture sizes. */
const LARGEST_SHIFT = 0.02;
/** Less than a hundredth of a pixel in 1000. */
const NO_SHIFT = 1e-5;

/**
 * @param intrinsics 9 numbers, in picture sizes
 * @param name of the camera or picture
 * @throws LensError for more distortion than can be left out
 */
export function leaveDistortionOut(
  distortion: Distortion,
  intrinsics: Float64Array,
  name: string,
  notes: NoteBook,
): void {
  const shift = largestShift(distortion, intrinsics);
  if (shift < NO_SHIFT) return;
  const percent = `${Number((100 * shift).toPrecision(2))} %`;
  if (!(shift <= LARGEST_SHIFT)) {
    const message = `The lens of ${quoted(name)} moves pixels by up to ${percent} of the picture; pinhole cameras are needed here.`;
    throw new LensError(message, shift, LARGEST_SHIFT);
  }
  notes.add('distortion', `it moves pixels by up to ${percent} of the picture in ${quoted(name)}`);
}

/** @throws LensError */
export function refuseLens(model: string, name: string): never {
  throw new LensError(
    `The camera of ${quoted(name)} is of the model ${quoted(model)}; pinhole cameras are needed here.`,
    model.slice(0, 80),
    'SIMPLE_PINHOLE, PINHOLE',
  );
}

/** Over a grid of pixels, in picture sizes. */
function largestShift({ radial, denominator = [], tangential = [0, 0] }: Distortion, intrinsics: Float64Array): number {
  const [fx = 1, , cx = 0, , fy = 1, cy = 0] = intrinsics;
  const [p1, p2] = tangential;
  const steps = [0, 0.25, 0.5, 0.75, 1];
  let largest = 0;
  for (const u of steps) {
    for (const v of steps) {
      const [x, y] = [(u - cx) / fx, (v - cy) / fy];
      const square = x * x + y * y;
      const factor = polynomial(radial, square) / polynomial(denominator, square) - 1;
      const dx = x * factor + 2 * p1 * x * y + p2 * (square + 2 * x * x);
      const dy = y * factor + 2 * p2 * x * y + p1 * (square + 2 * y * y);
      largest = Math.max(largest, Math.abs(fx * dx), Math.abs(fy * dy));
    }
  }
  return largest;
}

/** 1 + k1 x + k2 x^2 + ... */
function polynomial(factors: readonly number[], x: number): number {
  return 1 + factors.reduceRight((sum, factor) => (sum + factor) * x, 0);
}
