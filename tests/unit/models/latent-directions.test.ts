/** Principal directions of samples whose covariance is known beforehand. */
import { describe, expect, it } from 'vitest';
import { directionsOf, LatentMoments, LatentSamplesError } from '../../../src/models/faces/directions';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { expectClose } from '../fixtures';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, k) => sum + x * b[k]!, 0);

/** An orthonormal matrix: Gram and Schmidt on random rows. */
function randomRotation(size: number, random: NumpyRandomState): number[][] {
  const rows: number[][] = [];
  while (rows.length < size) {
    let row = [...random.randn(size)];
    for (const former of rows) {
      const along = dot(row, former);
      row = row.map((value, k) => value - along * former[k]!);
    }
    const length = Math.sqrt(dot(row, row));
    rows.push(row.map((value) => value / length));
  }
  return rows;
}

/** Samples mean + sum of deviation_k * (standard normal) * axis_k, [count, size]. */
function samplesAlong(axes: number[][], deviations: number[], mean: number, count: number, random: NumpyRandomState) {
  const size = axes[0]!.length;
  const rows = new Float32Array(count * size).fill(mean);
  for (let row = 0; row < count; row++) {
    random.randn(deviations.length).forEach((normal, k) => {
      for (let at = 0; at < size; at++) rows[row * size + at]! += normal * deviations[k]! * axes[k]![at]!;
    });
  }
  return rows;
}

function momentsOf(rows: Float32Array, wDim: number, batches: readonly number[]): LatentMoments {
  const moments = new LatentMoments(wDim);
  let row = 0;
  for (const count of batches) {
    moments.add(rows.subarray(row * wDim, (row + count) * wDim));
    row += count;
  }
  return moments;
}

describe('LatentMoments', () => {
  const random = new NumpyRandomState(4);
  const rows = Float32Array.from(random.randn(50 * 6), (value, at) => 100 + value * (1 + (at % 6)));

  it('gives mean and unbiased covariance, as from their definitions', () => {
    const moments = momentsOf(rows, 6, [50]);
    const column = (k: number) => Array.from({ length: 50 }, (_, row) => rows[row * 6 + k]!);
    const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const means = [0, 1, 2, 3, 4, 5].map((k) => average(column(k)));
    const covariance = means.flatMap((meanA, a) =>
      means.map((meanB, b) => (average(column(a).map((x, row) => (x - meanA) * (column(b)[row]! - meanB))) * 50) / 49),
    );
    expectClose('mean', moments.mean(), means, 1e-10);
    expectClose('covariance', moments.covariance(), covariance, 1e-10);
  });

  it('does not depend on how the samples are cut into batches', () => {
    const whole = momentsOf(rows, 6, [50]);
    const pieces = momentsOf(rows, 6, [1, 7, 0, 20, 22]);
    expect(pieces.samples).toBe(50);
    expectClose('mean', pieces.mean(), whole.mean(), 1e-10);
    expectClose('covariance', pieces.covariance(), whole.covariance(), 1e-10);
  });

  it('refuses numbers that are not finite, and rows that are cut off', () => {
    const moments = new LatentMoments(2);
    expect(() => moments.add(Float32Array.of(1, Number.NaN))).toThrow(LatentSamplesError);
    expect(() => moments.add(Float32Array.of(1, Number.POSITIVE_INFINITY))).toThrow('Infinity');
    expect(() => moments.add(Float32Array.of(1, 2, 3))).toThrow('whole rows of 2');
    expect(moments.samples).toBe(0);
  });
});

describe('directionsOf', () => {
  it('recovers the axes of a rotated cloud, longest first, with their lengths and shares', () => {
    const random = new NumpyRandomState(1);
    const axes = randomRotation(12, random);
    const deviations = [5, 3, 2, 1, 0.5];
    const samples = samplesAlong(axes, deviations, 0.7, 20_000, random);
    const { directions, shares, mean } = directionsOf(momentsOf(samples, 12, [20_000]), 4);
    expect(directions).toHaveLength(4);
    expectClose('mean', mean, new Float32Array(12).fill(0.7), 0.1);
    const whole = deviations.reduce((sum, deviation) => sum + deviation ** 2, 0);
    directions.forEach((direction, k) => {
      const length = Math.sqrt(dot(direction, direction));
      expect(length / deviations[k]!).toBeCloseTo(1, 1); // 20,000 samples tell a deviation to 0.5 %
      expect(Math.abs(dot(direction, axes[k]!)) / length).toBeGreaterThan(0.999);
      expect(shares[k]!).toBeCloseTo(deviations[k]! ** 2 / whole, 1);
    });
    expect([...shares].sort((a, b) => b - a)).toEqual(shares);
  });

  it('is exact for a covariance that is known exactly: four points of a cross', () => {
    const cross = Float32Array.of(3, 3, -3, -3, 1, -1, -1, 1); // along (1, 1) and (1, -1)
    const { directions, shares, samples } = directionsOf(momentsOf(cross, 2, [4]));
    const [first, second] = [Math.sqrt((2 * 18) / 3), Math.sqrt((2 * 2) / 3)].map((length) => length / Math.SQRT2);
    expect(samples).toBe(4);
    expectClose('first', directions[0]!, [first!, first!], 1e-6);
    expectClose('length of the second', directions[1]!.map(Math.abs), [second!, second!], 1e-6);
    expectClose('shares', shares, [0.9, 0.1], 1e-12);
  });

  it('gives directions at right angles', () => {
    const random = new NumpyRandomState(2);
    const rows = Float32Array.from(random.randn(300 * 9), (value, at) => value * (1 + (at % 3)));
    const { directions } = directionsOf(momentsOf(rows, 9, [300]));
    expect(directions).toHaveLength(9);
    for (const [i, a] of directions.entries()) {
      for (const b of directions.slice(i + 1)) {
        expect(Math.abs(dot(a, b)) / Math.sqrt(dot(a, a) * dot(b, b))).toBeLessThan(1e-6);
      }
    }
  });

  it('points where the largest component is positive, whatever the samples were mirrored to', () => {
    const random = new NumpyRandomState(3);
    const rows = Float32Array.from(random.randn(100 * 5), (value, at) => value * (1 + (at % 5)));
    const found = directionsOf(momentsOf(rows, 5, [100])).directions;
    const negated = rows.map((value) => -value);
    const mirrored = directionsOf(momentsOf(negated, 5, [100])).directions;
    found.forEach((direction, k) => {
      expect(Math.max(...direction)).toBe(Math.max(...direction.map(Math.abs)));
      expectClose(`direction ${k}`, mirrored[k]!, direction, 1e-5);
    });
  });

  it('gives fewer directions where the samples vary along fewer', () => {
    const random = new NumpyRandomState(5);
    const axes = randomRotation(8, random);
    const flat = samplesAlong(axes, [2, 1], 0.3, 400, random);
    expect(directionsOf(momentsOf(flat, 8, [400])).directions).toHaveLength(2);
    const narrow = Float32Array.from(random.randn(30));
    expect(directionsOf(momentsOf(narrow, 3, [10]), 20).directions).toHaveLength(3);
  });

  it('gives none where nothing varies', () => {
    const same = new Float32Array(40).fill(0.1);
    expect(directionsOf(momentsOf(same, 4, [3, 7]))).toMatchObject({ samples: 10, directions: [], shares: [] });
    expect(directionsOf(momentsOf(Float32Array.of(1, 2, 3), 3, [1])).directions).toEqual([]);
    expect(directionsOf(new LatentMoments(3)).directions).toEqual([]);
  });
});
