/**
 * StyleGAN3's low-pass filters (Karras et al. 2021, section 3.2 and appendix C): the ideal low-pass filter times a Kaiser window, whose
 * shape follows from the length and from the width of the transition band. Separable filters come from the one-dimensional ideal (sinc);
 * radially symmetric ones from the two-dimensional (jinc), times the window along both axes.
 *
 * Official files carry their filters. These here serve files that do not, and say in tests what the filters in files are.
 */
import { ShapeError } from '../../gpu/errors';
import type { LowpassFilter } from '../../pipelines/resampling/filtered-lrelu';

/** All frequencies in the unit of the sampling rate. */
export interface LowpassDesign {
  /** Length along each axis. */
  readonly size: number;
  readonly cutoff: number;
  /** Of the transition band, from where all passes to where nothing does. */
  readonly width: number;
  readonly samplingRate: number;
  /** Whether the filter is radially symmetric in two dimensions. */
  readonly isRadial: boolean;
}

/** A filter whose taps sum to 1. @throws ShapeError for a cutoff beyond half the sampling rate */
export function designLowpassFilter(design: LowpassDesign): LowpassFilter {
  const { size, cutoff, width, samplingRate, isRadial } = design;
  if (size === 1) return { size, isSeparable: true, taps: [1] };
  if (!(cutoff > 0 && cutoff <= samplingRate / 2)) {
    throw new ShapeError(
      `low-pass filter: a cutoff of ${cutoff} at ${samplingRate} samples; expected 0 to half of these`,
    );
  }
  const beta = kaiserBeta(size, (2 * width) / samplingRate);
  const seconds = Array.from({ length: size }, (_, tap) => (tap - (size - 1) / 2) / samplingRate);
  const window = seconds.map((t) => besselI0(beta * Math.sqrt(1 - (t / seconds[0]!) ** 2)));
  const taps = isRadial
    ? seconds.flatMap((y, row) =>
        seconds.map((x, column) => jinc(cutoff, Math.hypot(x, y)) * window[row]! * window[column]!),
      )
    : seconds.map((t, tap) => sinc(cutoff, t) * window[tap]!);
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return { size, isSeparable: !isRadial, taps: taps.map((tap) => tap / sum) };
}

/**
 * Kaiser's formulas (1974): a filter of that length with that transition band attenuates the stopband by so many decibels, and a window
 * with this parameter reaches that.
 * @param width of the transition band as a fraction of half the sampling rate
 */
function kaiserBeta(size: number, width: number): number {
  const attenuation = 2.285 * (size - 1) * Math.PI * width + 7.95;
  if (attenuation > 50) return 0.1102 * (attenuation - 8.7);
  if (attenuation > 21) return 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21);
  return 0;
}

/** Impulse response of the ideal one-dimensional low-pass filter, up to a factor. */
function sinc(cutoff: number, t: number): number {
  const angle = 2 * Math.PI * cutoff * t;
  return angle === 0 ? 1 : Math.sin(angle) / angle;
}

/** Impulse response of the ideal low-pass filter of the plane, up to a factor. */
function jinc(cutoff: number, radius: number): number {
  const angle = 2 * Math.PI * cutoff * radius;
  return angle === 0 ? 0.5 : besselJ1(angle) / angle;
}

/** Modified Bessel function of the first kind of order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Bessel function of the first kind of order 1, by its integral; on a periodic function the midpoint rule is exact to rounding. */
function besselJ1(x: number): number {
  const steps = 64 + Math.ceil(2 * Math.abs(x));
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const angle = (Math.PI * (step + 0.5)) / steps;
    sum += Math.cos(angle - x * Math.sin(angle));
  }
  return sum / steps;
}
