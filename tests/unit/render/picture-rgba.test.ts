/** Pictures for files: sizes, and the transparent background. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matteOf } from '../../../src/render/pictures/matte';
import { colourBytes } from '../../../src/render/pictures/picture-bytes';
import { ChosenSizeError, evenPicture, rgbaPicture } from '../../../src/render/pictures/picture-rgba';
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
        fc.constantFrom('lanczos' as const, 'triangle' as const),
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
      for (const kernel of ['lanczos', 'triangle'] as const) {
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

  it('never overshoots with the triangle, and does with Lanczos', () => {
    const edge = image(16, (x) => [x < 8 ? 0 : 1, 0, 0]);
    const most = (kernel: 'lanczos' | 'triangle') => Math.max(...resampled(edge, 3, 64, kernel));
    expect(most('triangle')).toBeLessThanOrEqual(1 + 1e-6);
    expect(most('lanczos')).toBeGreaterThan(1.05);
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

  it.each([
    ['white', true, 1],
    ['black', false, -1],
  ] as const)('cuts out of %s: over it the picture is what it was', (_, whiteBackground, background) => {
    const rays = 8;
    const alpha = Float32Array.from({ length: rays * rays }, (_, ray) => ((ray * 37) % 101) / 100);
    const image = noise.map((value) => Math.min(1, Math.max(-1, value)));
    const { data } = rgbaPicture(image, side, { alpha, whiteBackground });
    let largest = 0;
    for (let pixel = 0; pixel < side * side; pixel++) {
      const opacity = data[pixel * 4 + 3]! / 255;
      if (opacity === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        const over = opacity * data[pixel * 4 + channel]! + (1 - opacity) * (background === 1 ? 255 : 0);
        largest = Math.max(largest, Math.abs(over - (image[pixel * 3 + channel]! * 127.5 + 127.5)));
      }
    }
    console.log(`cut out of ${background}, put back: largest difference ${largest.toFixed(3)} of 255`);
    expect(largest).toBeLessThan(1); // bytes are cut off, not rounded
  });

  it('gives the own colour of a half transparent head back', () => {
    const own = [0.5, -0.25, -1];
    const alpha = new Float32Array(side * side).fill(0.5);
    const composited = image(side, () => own.map((value) => 0.5 * value + 0.5));
    const { data } = rgbaPicture(composited, side, { alpha, whiteBackground: true });
    const [red = 0, green = 0, blue = 0, opacity] = data;
    expect(opacity).toBe(128);
    own.forEach((value, channel) => {
      expect(Math.abs([red, green, blue][channel]! - (value * 127.5 + 127.5))).toBeLessThan(2);
    });
  });

  it('is fully transparent where no ray met anything', () => {
    const { data } = rgbaPicture(noise, 64, { alpha: new Float32Array(16), whiteBackground: true });
    expect(data.every((value, at) => at % 4 < 3 || value === 0)).toBe(true);
  });

  it.each([0, 15, 4097, 100.5, Number.NaN])('refuses a side of %d', (wanted) => {
    expect(() => rgbaPicture(noise, wanted)).toThrow(ChosenSizeError);
  });
});

describe('matteOf', () => {
  it('finds the crisp edge that the rays only guess', () => {
    const [side, rays] = [128, 16];
    const isHead = (x: number, y: number) => (x - side / 2) ** 2 + (y - side / 2) ** 2 < 40 ** 2;
    const truth = image(side, (x, y) => [isHead(x + 0.5, y + 0.5) ? 1 : 0]);
    const soft = resampled(truth, 1, rays, 'triangle');
    const picture = image(side, (x, y) => (truth[y * side + x] ? [0.4, 0.1 + x / 256, -0.3] : [1, 1, 1]));
    const meanError = (alpha: Float32Array) =>
      alpha.reduce((sum, value, pixel) => sum + Math.abs(value - truth[pixel]!), 0) / alpha.length;
    const before = meanError(resampled(soft, 1, side, 'triangle'));
    const after = meanError(matteOf(picture, soft, 1));
    console.log(`matte of a disc: mean error ${after.toFixed(4)}, of the rays alone ${before.toFixed(4)}`);
    expect(after).toBeLessThan(before / 5);
  });

  it('trusts the rays where the head has the colour of the background', () => {
    const soft = Float32Array.from({ length: 64 }, (_, ray) => (ray % 8) / 7);
    const matte = matteOf(
      image(32, () => [1, 1, 1]),
      soft,
      1,
    );
    const enlarged = resampled(soft, 1, 32, 'triangle');
    expect(Math.max(...matte.map((value, pixel) => Math.abs(value - enlarged[pixel]!)))).toBeLessThan(0.01);
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
