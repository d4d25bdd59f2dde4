/** What changes over the course of a GAN's training, as functions of how many real images it has seen (EG3D, section 5 and the supplement's "training details"). */

/** The schedule of one run. Counts are of images. */
export interface TrainingSchedule {
  /** Side of the volume rendering at the beginning, and from `resolutionImages` on. */
  readonly firstResolution: number;
  readonly lastResolution: number;
  readonly resolutionImages: number;
  /** How often the generator is conditioned on another pose than the one it is seen from: 1 at the beginning, this from `swapImages` on. */
  readonly swapProbability: number;
  readonly swapImages: number;
  /** Deviation of the blur, in pixels, of what the discriminator sees at the beginning; it ends at `blurImages`. */
  readonly blurSigma: number;
  readonly blurImages: number;
}

/** What the schedule says at some point. */
export interface ScheduledValues {
  readonly resolution: number;
  readonly swapProbability: number;
  readonly blurSigma: number;
}

export function scheduledValues(schedule: TrainingSchedule, images: number): ScheduledValues {
  const { firstResolution, lastResolution, resolutionImages, swapProbability, swapImages, blurSigma, blurImages } =
    schedule;
  const grown = progress(images, resolutionImages);
  return {
    resolution: roundHalfToEven(firstResolution * (1 - grown) + lastResolution * grown),
    swapProbability: 1 + progress(images, swapImages) * (swapProbability - 1),
    blurSigma: blurImages > 0 ? blurSigma * (1 - progress(images, blurImages)) : 0,
  };
}

/**
 * Share of the weights in their moving average (EMA) after a batch: 1 - 0.5^(batch / halfLife).
 * @param halfLife in images: after so many, half of what the average held is left
 * @param images seen so far; at most `rampUp` times as many are the half-life, so that the average of a young network is young. Default: no ramp
 */
export function averageShare(
  batch: number,
  halfLife: number,
  images = Number.POSITIVE_INFINITY,
  rampUp = 0.05,
): number {
  return -Math.expm1((-Math.LN2 * batch) / Math.max(Math.min(halfLife, images * rampUp), 1e-8));
}

/** 0 at the beginning, 1 from `end` on; 1 if there is no end to come to. */
function progress(images: number, end: number): number {
  return end > 0 ? Math.min(images / end, 1) : 1;
}

/** As numpy rounds. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
