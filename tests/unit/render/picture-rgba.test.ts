/** Pictures for files: sizes, opaque and without their background. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourBytes } from '../../../src/render/pictures/picture-bytes';
import { ChosenSizeError, evenPicture, rgbaCutOut, rgbaPicture } from '../../../src/render/pictures/picture-rgba';
import { resampled } from '../../../src/render/pictures/resample';

/** [side, side, 3] from a function of the pixel. */
function image(side: number, colourAt: (x: number, y: number) => readonly number[]): Float32Array {
  return Float32Array.from(
    Array.from({ length: side * side }, (_, pixel) => colourAt(pixel % side, Math.floor(pixel / side))).flat(),
  );
}

describe('resampled', () => {
  it('leaves a picture of the wanted side alone', () => {
    const values = image(4, (x, y) => [x, y, 0]);
    expect(resampled(values, 3, 4)).toBe(values);
  });

  it('keeps one colour, whatever the sides are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('lanczos' as const, 'catmull-rom' as const),
        (side, target, kernel) => {
          const values = resampled(new Float32Array(side * side * 2).fill(0.7), 2, target, kernel);
          expect(values.length).toBe(target * target * 2);
          expect(Math.max(...values.map((value) => Math.abs(value - 0.7)))).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps a ramp in its place, larger and smaller', () => {
    const side = 48;
    const ramp = image(side, (x, y) => [(x + 0.5) / side, (y + 0.5) / side, 0]);
    for (const target of [24, 37, 96, 131]) {
      const margin = Math.ceil((4 * target) / Math.min(side, target)); // beyond the edge the last pixel goes on
      for (const kernel of ['lanczos', 'catmull-rom'] as const) {
        const values = resampled(ramp, 3, target, kernel);
        for (let x = margin; x < target - margin; x++) {
          const pixel = (Math.floor(target / 2) * target + x) * 3;
          expect(Math.abs(values[pixel]! - (x + 0.5) / target)).toBeLessThan(0.1 / Math.max(side, target));
        }
      }
    }
  });

  it('averages what it leaves out: a checkerboard becomes grey', () => {
    const board = image(64, (x, y) => [(x + y) % 2 ? 1 : -1, 0, 0]);
    const small = resampled(board, 3, 16);
    expect(Math.max(...small.map(Math.abs))).toBeLessThan(0.05);
  });

  it('rings beside an edge with Lanczos, and with the cubic of Catmull and Rom undershoots once', () => {
    const edge = image(16, (x) => [x < 8 ? 0 : 1, 0, 0]);
    const isBrightBeside = (kernel: 'lanczos' | 'catmull-rom') => {
      const row = resampled(edge, 3, 64, kernel).subarray(0, 30 * 3);
      return row.some((value) => value > 0.001);
    };
    expect(isBrightBeside('catmull-rom')).toBe(false);
    expect(isBrightBeside('lanczos')).toBe(true);
  });
});

describe('rgbaPicture', () => {
  const side = 16;
  const noise = image(side, (x, y) => [Math.sin(x + 3 * y), Math.cos(5 * x - y), ((x * y) % 7) / 3 - 1.2]);

  it('has the bytes of the RGB picture, opaque', () => {
    const { data, width, height } = rgbaPicture(noise, side);
    const rgb = colourBytes(noise, 3);
    expect([width, height]).toEqual([side, side]);
    expect([...data.filter((_, at) => at % 4 < 3)]).toEqual([...rgb.data]);
    expect(data.every((value, at) => at % 4 < 3 || value === 255)).toBe(true);
  });

  it.each([0, 15, 4097, 100.5, Number.NaN])('refuses a side of %d', (wanted) => {
    expect(() => rgbaPicture(noise, wanted)).toThrow(ChosenSizeError);
  });
});

describe('rgbaCutOut', () => {
  const side = 16;
  const cutOut = Float32Array.from({ length: side * side * 4 }, (_, at) => {
    const alpha = ((Math.floor(at / 4) * 37) % 101) / 100;
    return at % 4 === 3 ? alpha : alpha * ((at % 7) / 6);
  });

  it('over any background it is what the premultiplied picture is', () => {
    const { data } = rgbaCutOut(cutOut, side);
    for (const background of [0, 0.3, 1]) {
      let largest = 0;
      for (let at = 0; at < data.length; at += 4) {
        const opacity = data[at + 3]! / 255;
        for (let channel = 0; channel < 3; channel++) {
          const over = (opacity * data[at + channel]!) / 255 + (1 - opacity) * background;
          const expected = cutOut[at + channel]! + (1 - cutOut[at + 3]!) * background;
          largest = Math.max(largest, Math.abs(over - expected));
        }
      }
      expect(largest * 255).toBeLessThan(1.5); // a byte of colour and one of alpha
    }
  });

  it('is transparent where nothing is, also beside an edge that is enlarged', () => {
    const half = Float32Array.from({ length: side * side * 4 }, (_, at) => Number(Math.floor(at / 4) % side < 8));
    const { data } = rgbaCutOut(half, 64);
    for (let x = 0; x < 64; x++) {
      const opacity = data[(20 * 64 + x) * 4 + 3]!;
      if (x < 28) expect(opacity).toBe(255);
      if (x > 35) expect(opacity).toBe(0);
    }
  });

  it('refuses a side out of range', () => {
    expect(() => rgbaCutOut(cutOut, 5000)).toThrow(ChosenSizeError);
  });
});

describe('evenPicture', () => {
  it('repeats the last row and column of an odd side', () => {
    const odd = rgbaPicture(
      image(17, (x, y) => [x / 16, y / 16, 0]),
      17,
    );
    const even = evenPicture(odd);
    expect([even.width, even.height]).toEqual([18, 18]);
    const at = (x: number, y: number) => [...even.data.subarray((y * 18 + x) * 4, (y * 18 + x) * 4 + 4)];
    const was = (x: number, y: number) => [...odd.data.subarray((y * 17 + x) * 4, (y * 17 + x) * 4 + 4)];
    expect(at(5, 9)).toEqual(was(5, 9));
    expect(at(17, 9)).toEqual(was(16, 9));
    expect(at(17, 17)).toEqual(was(16, 16));
    expect(evenPicture(even)).toBe(even);
  });
});
