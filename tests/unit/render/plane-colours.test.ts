/** Colours of feature planes: which directions they show, on what scale, and that they are always the same. */
import { describe, expect, it } from 'vitest';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { PlaneValueError, planeColours } from '../../../src/render/pictures/plane-colours';

const CHANNELS = 8;
const ROWS = 4000;
const [A, B, C] = [1, 5, 6];

/** Channels A, B and C vary with deviations 3, 2 and 1 about means of 1, 2 and 3, the others by 0.01. */
function features(): Float32Array {
  const deviations = new Map([
    [A, 3],
    [B, 2],
    [C, 1],
  ]);
  const draws = new NumpyRandomState(4).randn(ROWS * CHANNELS);
  const means = new Map([
    [A, 1],
    [B, 2],
    [C, 3],
  ]);
  return Float32Array.from(draws, (draw, k) => {
    const channel = k % CHANNELS;
    return (means.get(channel) ?? 0) + draw * (deviations.get(channel) ?? 0.01);
  });
}

function colours(rows: Float32Array): number[][] {
  const { basis, offsets } = planeColours(rows, CHANNELS);
  return Array.from({ length: rows.length / CHANNELS }, (_, row) =>
    [0, 1, 2].map((colour) => {
      let sum = offsets[colour]!;
      for (let k = 0; k < CHANNELS; k++) sum += basis[colour * CHANNELS + k]! * rows[row * CHANNELS + k]!;
      return sum;
    }),
  );
}

describe('colours of feature planes', () => {
  it('red, green and blue are the three directions of the largest variance, each positive where it is largest', () => {
    const { basis } = planeColours(features(), CHANNELS);
    [A, B, C].forEach((channel, colour) => {
      const weights = basis.subarray(colour * CHANNELS, (colour + 1) * CHANNELS);
      const largest = Math.max(...weights);
      expect(weights.indexOf(largest)).toBe(channel);
      for (const [k, weight] of weights.entries())
        if (k !== channel) expect(Math.abs(weight)).toBeLessThan(0.1 * largest);
    });
  });

  it('all but two in a hundred at each end are within -1 to 1, and reach it', () => {
    const found = colours(features());
    for (const colour of [0, 1, 2]) {
      const values = found.map((row) => row[colour]!);
      for (const beyond of [values.filter((v) => v < -1), values.filter((v) => v > 1)]) {
        expect(beyond.length / ROWS).toBeGreaterThan(0.015);
        expect(beyond.length / ROWS).toBeLessThanOrEqual(0.0201);
      }
    }
  });

  it('the same features have the same colours, whichever way they are ordered', () => {
    const rows = features();
    expect(planeColours(rows, CHANNELS)).toEqual(planeColours(rows.slice(), CHANNELS));
    const reversed = Float32Array.from({ length: rows.length }, (_, k) => {
      return rows[(ROWS - 1 - Math.floor(k / CHANNELS)) * CHANNELS + (k % CHANNELS)]!;
    });
    const [first, second] = [planeColours(rows, CHANNELS), planeColours(reversed, CHANNELS)];
    first.basis.forEach((value, k) => {
      expect(second.basis[k]).toBeCloseTo(value, 5);
    });
  });

  it('features that do not vary, or along fewer directions, are grey there', () => {
    expect(colours(new Float32Array(10 * CHANNELS).fill(0.7))).toEqual(new Array(10).fill([0, 0, 0]));
    const line = Float32Array.from({ length: 100 * CHANNELS }, (_, k) => (k % CHANNELS === 2 ? k / CHANNELS : 0));
    for (const [, green, blue] of colours(line)) expect([green, blue]).toEqual([0, 0]);
  });

  it('a number that is none is an error that names it', () => {
    const rows = features();
    rows[77] = Number.NaN;
    expect(() => planeColours(rows, CHANNELS)).toThrow(PlaneValueError);
    expect(() => planeColours(rows, CHANNELS)).toThrow('NaN');
  });
});
