/** What a run of distillation tells of itself, and how near pictures are to the generator's. */
import type { FigureKind } from '../loops/learner';
import { psnr } from '../measures/picture-likeness';
import type { TaughtView } from './teacher';

export const STUDENT_FIGURES: readonly FigureKind[] = [
  { name: 'psnr', label: 'PSNR to the generator, held out', unit: 'dB', better: 'higher', chart: 'psnr' },
  { name: 'psnrLow', label: 'PSNR of the small picture, held out', unit: 'dB', better: 'higher', chart: 'psnr' },
  { name: 'loss', label: 'All losses', better: 'lower', chart: 'loss' },
  { name: 'features', label: 'Features, smooth L1', better: 'lower', chart: 'loss' },
  { name: 'low', label: 'Small picture, L1', better: 'lower', chart: 'loss' },
  { name: 'lowPerceptual', label: 'Small picture, perceptual', better: 'lower', chart: 'loss' },
  { name: 'high', label: 'Large picture, L1', better: 'lower', chart: 'loss' },
  { name: 'highPerceptual', label: 'Large picture, perceptual', better: 'lower', chart: 'loss' },
  { name: 'fooling', label: 'Student against discriminator', chart: 'adversarial' },
  { name: 'telling', label: 'Discriminator', chart: 'adversarial' },
  { name: 'fakeLogit', label: 'Logit of the student’s pictures', chart: 'logits' },
  { name: 'realLogit', label: 'Logit of real pictures', chart: 'logits' },
  { name: 'r1', label: 'R1', chart: 'r1' },
];

/** A student's two pictures beside the generator's, in dB, as they are shown: what is beyond -1..1 is brought back. */
export function likeness(
  made: Pick<TaughtView, 'image' | 'feature'>,
  taught: Pick<TaughtView, 'image' | 'feature'>,
  neuralResolution: number,
): { readonly psnr: number; readonly psnrLow: number } {
  const low = ({ feature }: Pick<TaughtView, 'feature'>) => shownNumbers(lowPicture(feature, neuralResolution));
  return {
    psnr: psnr(shownNumbers(made.image), shownNumbers(taught.image)),
    psnrLow: psnr(low(made), low(taught)),
  };
}

/** The first three channels of a feature image. */
function lowPicture(feature: Float32Array, side: number): Float32Array {
  const channels = feature.length / (side * side);
  return Float32Array.from({ length: 3 * side * side }, (_, at) => feature[Math.floor(at / 3) * channels + (at % 3)]!);
}

/** -1..1 to 0..1. */
function shownNumbers(picture: Float32Array): Float32Array {
  return picture.map((value) => Math.min(1, Math.max(0, (value + 1) / 2)));
}
