/** Schedules of a GAN's training, against those of the official loss and loop. */
import { expect, test } from 'vitest';
import { averageShare, scheduledValues } from '../../../src/training/schedule';
import { readFixture } from '../fixtures';

const training = readFixture('training');

/** What the metadata of the fixture names. */
const SCHEDULE = {
  firstResolution: 64,
  lastResolution: 128,
  resolutionImages: 1e6,
  swapProbability: 0.5,
  swapImages: 1e6,
  blurSigma: 10,
  blurImages: 200e3,
};

test('resolution, swapping and blur are those of the reference at every point of it', () => {
  const rows = training.floats('schedule.nimg_nres_swapprob_blursigma');
  expect(rows).toHaveLength(9 * 4);
  for (let row = 0; row < rows.length; row += 4) {
    const [images, ...expected] = rows.subarray(row, row + 4);
    const { resolution, swapProbability, blurSigma } = scheduledValues(SCHEDULE, images!);
    expect([resolution, swapProbability, blurSigma].map(Math.fround), `after ${images} images`).toEqual(expected);
  }
});

test('a schedule without end has come to it from the first image on', () => {
  const atOnce = { ...SCHEDULE, resolutionImages: 0, swapImages: 0, blurImages: 0 };
  expect(scheduledValues(atOnce, 0)).toEqual({ resolution: 128, swapProbability: 0.5, blurSigma: 0 });
});

test('resolutions half way between two are rounded to the even one, as numpy rounds', () => {
  const between = { ...SCHEDULE, firstResolution: 64, lastResolution: 65, resolutionImages: 2 };
  expect(scheduledValues(between, 1).resolution).toBe(64);
  expect(scheduledValues({ ...between, firstResolution: 65, lastResolution: 66 }, 1).resolution).toBe(66);
});

test('the share of a batch in the moving average is that of the reference', () => {
  const { ema_beta: beta, ema_nimg: halfLife } = JSON.parse(training.metadata.iter!);
  expect(1 - averageShare(2, halfLife)).toBeCloseTo(beta, 12);
});

test('the average of a young network has a short half-life', () => {
  expect(averageShare(4, 10_000, 80)).toBeCloseTo(0.5, 12);
  expect(averageShare(4, 10_000, 0)).toBe(1);
  expect(averageShare(4, 10_000, 1e9)).toBe(averageShare(4, 10_000));
});
