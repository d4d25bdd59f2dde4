import { describe, expect, test } from 'vitest';
import { DIFFERENCE_SHARE, differenceRgba, pictureRgba } from '../../../src/studio/compare/comparison-pictures';

/** Pixels of one grey, -1 to 1. */
const grey = (...values: number[]) => Float32Array.from(values.flatMap((value) => [value, value, value]));

describe('pictures of a comparison', () => {
  test('go from black to white, opaque, and are cut off beyond', () => {
    expect([...pictureRgba(grey(-1, 0, 1, -7, 7))]).toEqual(
      [0, 128, 255, 0, 255].flatMap((value) => [value, value, value, 255]),
    );
  });

  test('differences: blue where the second is darker, white where it is the same, red where it is brighter', () => {
    const [darker, same, brighter] = pixels(differenceRgba(grey(0.5, 0.2, -0.5), grey(-0.5, 0.2, 0.5)));
    expect(darker![2]).toBeGreaterThan(2 * darker![0]!);
    expect(Math.min(...same!)).toBeGreaterThan(230);
    expect(brighter![0]).toBeGreaterThan(2 * brighter![2]!);
  });

  test('differences of the range and beyond have the ends of the map; what a screen cuts off makes none', () => {
    const [atRange, beyond, offScreen] = pixels(
      differenceRgba(grey(0, -1, 1), grey(2 * DIFFERENCE_SHARE, 1, 9)), // values go from -1 to 1, shares from 0 to 1
    );
    expect(beyond).toEqual(atRange);
    expect(Math.min(...offScreen!)).toBeGreaterThan(230);
  });
});

function pixels(rgba: Uint8ClampedArray): number[][] {
  return Array.from({ length: rgba.length / 4 }, (_, pixel) => [...rgba.subarray(pixel * 4, pixel * 4 + 3)]);
}
