/** PSNR and SSIM beside numbers that numpy gives for the formulas of the papers, window by window, in double precision. */
import { expect, test } from 'vitest';
import { psnr, ssim } from '../../../../src/training/measures/picture-likeness';

const [HEIGHT, WIDTH] = [20, 17];
const a = Array.from({ length: HEIGHT * WIDTH * 3 }, (_, at) => ((at * 7919) % 256) / 255);
const b = a.map((value, at) => Math.min(1, Math.max(0, value + (((at * 104729) % 31) - 15) / 100)));

test('both, of a picture and a disturbed one', () => {
  expect(psnr(a, b)).toBeCloseTo(21.31781908785872, 9);
  expect(ssim(a, b, { width: WIDTH, height: HEIGHT })).toBeCloseTo(0.96159115615396, 9);
});

test('of a picture and itself', () => {
  expect(psnr(a, a)).toBe(Number.POSITIVE_INFINITY);
  expect(ssim(a, a, { width: WIDTH, height: HEIGHT })).toBeCloseTo(1, 12);
});

test('a picture smaller than the window has no SSIM', () => {
  expect(() => ssim(a, b, { width: 10, height: 34 })).toThrow(RangeError);
});
