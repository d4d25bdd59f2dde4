/**
 * PSNR and SSIM against scikit-image 0.19.3 (Debian 12's python3-skimage):
 *
 * ```python
 * import numpy as np
 * from skimage.metrics import peak_signal_noise_ratio, structural_similarity
 *
 * def smooth(side, shift):
 *     y, x, c = np.mgrid[0:side, 0:side, 0:3]
 *     return np.float32(0.9 * np.sin(0.3 * x + 0.2 * c + shift) * np.cos(0.17 * y * (1 + c)))
 *
 * def wave(side, phase):
 *     i = np.arange(side * side * 3)
 *     return np.float32(1.2 * np.sin(i * 0.37 + phase) * np.cos(i * i % 101)).reshape(side, side, 3)
 *
 * def compare(a, b):
 *     a, b = np.clip(a, -1, 1).astype('f8'), np.clip(b, -1, 1).astype('f8')
 *     print(peak_signal_noise_ratio(a, b, data_range=2),
 *           structural_similarity(a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=2, channel_axis=2))
 *
 * compare(smooth(24, 0), smooth(24, 0.4))
 * compare(smooth(40, 0), smooth(40, 0.05))
 * compare(wave(11, 0), wave(11, 2))
 * compare(wave(32, 0), wave(32, 0.2))
 * ```
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PictureSizeError, psnr, ssim } from '../../../src/render/pictures/picture-difference';

type Pattern = (side: number, shift: number) => Float32Array;

const smooth: Pattern = (side, shift) =>
  Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side, i % 3];
    return 0.9 * Math.sin(0.3 * x + 0.2 * c + shift) * Math.cos(0.17 * y * (1 + c));
  });

/** Goes beyond [-1, 1]. */
const wave: Pattern = (side, phase) =>
  Float32Array.from({ length: side * side * 3 }, (_, i) => 1.2 * Math.sin(i * 0.37 + phase) * Math.cos((i * i) % 101));

const pictures = fc
  .integer({ min: 11, max: 16 })
  .chain((side) =>
    fc.tuple(
      fc.constant(side),
      fc.float32Array({ minLength: side * side * 3, maxLength: side * side * 3, min: -2, max: 2, noNaN: true }),
    ),
  );

describe('against scikit-image', () => {
  const cases: readonly [string, Pattern, number, number, number, number][] = [
    ['smooth, far apart', smooth, 24, 0.4, 20.71147406817665, 0.6674429823708609],
    ['smooth, close', smooth, 40, 0.05, 38.94793733324574, 0.9707135725295709],
    ['busy, one window only', wave, 11, 2, 6.329979996856986, 0.18378747888432947],
    ['busy, close', wave, 32, 0.2, 24.9138337634575, 0.8506057484604991],
  ];
  // Both work in double precision; the sums are taken in another order.
  test.each(cases)('%s', (_, pattern, side, shift, decibels, similarity) => {
    const [first, second] = [pattern(side, 0), pattern(side, shift)];
    expect(psnr(first, second)).toBeCloseTo(decibels, 6);
    expect(ssim(first, second, side)).toBeCloseTo(similarity, 9);
  });
});

describe('properties', () => {
  test('equal pictures: no noise, and all structure', () => {
    fc.assert(
      fc.property(pictures, ([side, picture]) => {
        expect(psnr(picture, picture.slice())).toBe(Number.POSITIVE_INFINITY);
        expect(ssim(picture, picture.slice(), side)).toBeCloseTo(1, 12);
      }),
    );
  });

  test('neither asks which picture is the first', () => {
    fc.assert(
      fc.property(pictures, ([side, picture]) => {
        const other = wave(side, 1);
        expect(psnr(picture, other)).toBe(psnr(other, picture));
        expect(ssim(picture, other, side)).toBeCloseTo(ssim(other, picture, side), 12);
      }),
    );
  });

  test('what a screen cuts off does not count', () => {
    const white = new Float32Array(11 * 11 * 3).fill(1);
    expect(
      psnr(
        white,
        white.map(() => 7),
      ),
    ).toBe(Number.POSITIVE_INFINITY);
    expect(
      ssim(
        white,
        white.map(() => 7),
        11,
      ),
    ).toBeCloseTo(1, 12);
  });

  test('black against white is 0 dB', () => {
    const white = new Float32Array(12).fill(1);
    expect(
      psnr(
        white,
        white.map((value) => -value),
      ),
    ).toBe(0);
  });
});

describe('sizes', () => {
  test('pictures of other sizes are refused, with both sizes', () => {
    const [small, large] = [new Float32Array(11 * 11 * 3), new Float32Array(12 * 12 * 3)];
    expect(() => psnr(small, large)).toThrow(PictureSizeError);
    expect(() => ssim(small, large, 12)).toThrow(/363 values.*432 values/);
    expect(() => ssim(large, large, 11)).toThrow(PictureSizeError);
  });

  test('a picture smaller than the window is refused', () => {
    const tiny = new Float32Array(10 * 10 * 3);
    expect(() => ssim(tiny, tiny, 10)).toThrow(/window of 11 pixels.*side of 10/);
  });
});
