/** The official shape script's grid, quirks included (generator_tiny, volume). */
import { expect, it } from 'vitest';
import { gridPoints, withEmptyBorder } from '../../support/density-volume';
import { expectClose, readFixture } from '../fixtures';

const RESOLUTION = 32;

it('samples the sheared grid of the official script', () => {
  const vectors = readFixture('generator_tiny');
  const points = gridPoints(RESOLUTION, 1, 0, RESOLUTION ** 3);
  expectClose('volume.samples_first_300', points.subarray(0, 900), vectors.floats('volume.samples_first_300'), 1e-6);
  const rows = Array.from({ length: Math.ceil(RESOLUTION ** 3 / 37) }, (_, k) => points.subarray(k * 111, k * 111 + 3));
  const subset = Float32Array.from(rows.flatMap((row) => [...row]));
  expectClose('volume.samples_subset', subset, vectors.floats('volume.samples_subset'), 1e-6);
});

it('makes the same points in slabs as at once', () => {
  const slab = gridPoints(RESOLUTION, 1.6, 5000, 100);
  expect(slab).toEqual(gridPoints(RESOLUTION, 1.6, 0, 6000).subarray(15000, 15300));
});

it('flips the first axis and empties the border as the official script does', () => {
  const vectors = readFixture('generator_tiny');
  const written = withEmptyBorder(vectors.floats('volume.out.sigma_raw'), RESOLUTION);
  expectClose('volume.sigma_script', written, vectors.floats('volume.out.sigma_script'), 0);
});
