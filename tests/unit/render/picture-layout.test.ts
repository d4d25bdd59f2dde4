/** Where two pictures go on one canvas: every canvas pixel belongs to exactly one of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coarseSize, type PicturePlace, sideBySide, wipe } from '../../../src/render/pictures/picture-layout';

const sizes = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) });

/** How many of the clips each pixel of the canvas lies in, and no clip beyond the canvas. */
function expectCovered({ width, height }: { width: number; height: number }, places: readonly PicturePlace[]): void {
  const counts = new Uint8Array(width * height);
  for (const { clip } of places) {
    expect(Object.values(clip).every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
    expect(clip.x + clip.width).toBeLessThanOrEqual(width);
    expect(clip.y + clip.height).toBeLessThanOrEqual(height);
    for (let y = clip.y; y < clip.y + clip.height; y++) {
      for (let x = clip.x; x < clip.x + clip.width; x++) counts[y * width + x]! += 1;
    }
  }
  expect(counts.every((count) => count === 1)).toBe(true);
}

describe('side by side', () => {
  test('covers the canvas once, with regions of the same size inside the clips', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const places = sideBySide(size);
        expectCovered(size, places);
        const [first, second] = places;
        expect([first.region.width, first.region.height]).toEqual([second.region.width, second.region.height]);
        for (const { region, clip } of places) {
          expect([region.x, region.y]).toEqual([clip.x, clip.y]);
          expect(region.width <= clip.width && region.height <= clip.height).toBe(true);
        }
      }),
    );
  });

  test('a wide canvas has them next to each other, a high one above each other', () => {
    const left = { x: 0, y: 0, width: 50, height: 60 };
    const right = { ...left, x: 50 };
    expect(sideBySide({ width: 100, height: 60 })).toEqual([
      { region: left, clip: left },
      { region: right, clip: right },
    ]);
    const upper = { x: 0, y: 0, width: 60, height: 50 };
    const lower = { ...upper, y: 50 };
    expect(sideBySide({ width: 60, height: 100 })).toEqual([
      { region: upper, clip: upper },
      { region: lower, clip: lower },
    ]);
  });

  test('an odd pixel in the middle stays empty', () => {
    const [first, second] = sideBySide({ width: 101, height: 60 });
    expect(first.region).toEqual({ x: 0, y: 0, width: 50, height: 60 });
    expect(first.clip.width).toBe(51);
    expect(second.region).toEqual({ x: 51, y: 0, width: 50, height: 60 });
  });
});

describe('wipe', () => {
  test('covers the canvas once, and both pictures lie over all of it', () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: -0.5, max: 1.5, noNaN: true }), (size, share) => {
        const places = wipe(size, share);
        expectCovered(size, places);
        for (const { region } of places) expect(region).toEqual({ x: 0, y: 0, ...size });
      }),
    );
  });

  test('the share is that of the first picture, at the left', () => {
    const widths = (share: number) => wipe({ width: 80, height: 20 }, share).map(({ clip }) => clip.width);
    expect(widths(0)).toEqual([0, 80]);
    expect(widths(0.25)).toEqual([20, 60]);
    expect(widths(1)).toEqual([80, 0]);
    expect(wipe({ width: 80, height: 20 }, 0.25)[1].clip).toEqual({ x: 20, y: 0, width: 60, height: 20 });
  });
});

describe('a canvas for coarse pictures', () => {
  test('has four times the side of the picture, and keeps its shape', () => {
    expect(coarseSize({ width: 768, height: 768 }, 64, 1)).toEqual({ width: 256, height: 256 });
    expect(coarseSize({ width: 900, height: 600 }, 48, 1)).toEqual({ width: 288, height: 192 });
    expect(coarseSize({ width: 1536, height: 768 }, 64, 2)).toEqual({ width: 512, height: 256 });
    expect(coarseSize({ width: 768, height: 1536 }, 64, 2)).toEqual({ width: 256, height: 512 });
  });

  test('is never larger than the full one, and never empty', () => {
    expect(coarseSize({ width: 200, height: 150 }, 64, 1)).toEqual({ width: 200, height: 150 });
    expect(coarseSize({ width: 20_000, height: 1 }, 16, 2)).toEqual({ width: 20_000, height: 1 });
  });
});
