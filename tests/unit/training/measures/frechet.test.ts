/** The Fréchet distance between two sets of features. */
import { expect, it } from 'vitest';
import { NumpyRandomState } from '../../../../src/models/numpy-random';
import { featureStatistics, frechetDistance } from '../../../../src/training/measures/frechet';

/** Normal numbers in columns with their own mean and deviation, [count, columns]. */
function features(seed: number, count: number, columns: readonly (readonly [mean: number, deviation: number])[]) {
  const normal = new NumpyRandomState(seed).randn(count * columns.length);
  return normal.map((value, at) => {
    const [mean, deviation] = columns[at % columns.length]!;
    return mean + deviation * value;
  });
}

it('is 0 between a set and itself, also with fewer pictures than features', () => {
  const some = featureStatistics(features(1, 5, Array(12).fill([0, 1])), 5);
  expect(Math.abs(frechetDistance(some, some))).toBeLessThan(1e-6);
});

it('is, for independent features, the squared distance of means and of deviations', () => {
  const count = 20_000;
  const a = featureStatistics(
    features(1, count, [
      [0, 1],
      [1, 2],
    ]),
    count,
  );
  const b = featureStatistics(
    features(2, count, [
      [3, 1],
      [1, 5],
    ]),
    count,
  );
  expect(frechetDistance(a, b)).toBeGreaterThan(0.98 * (9 + 9));
  expect(frechetDistance(a, b)).toBeLessThan(1.02 * (9 + 9));
  expect(frechetDistance(a, b)).toBeCloseTo(frechetDistance(b, a), 6);
});

it('sees how features go together, where means and deviations are the same', () => {
  const count = 4000;
  const one = features(3, count, [[0, 1]]);
  const other = features(4, count, [[0, 1]]);
  const pairs = (second: Float64Array) => [...one].flatMap((value, at) => [value, second[at]!]);
  const [equal, apart] = [featureStatistics(pairs(one), count), featureStatistics(pairs(other), count)];
  // Covariances [[1, 1], [1, 1]] and the identity: 2 + 2 - 2 sqrt(2).
  expect(frechetDistance(equal, apart)).toBeGreaterThan(1.1);
  expect(frechetDistance(equal, apart)).toBeLessThan(1.25);
});
