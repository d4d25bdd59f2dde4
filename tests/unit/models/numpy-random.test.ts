/** numpy's legacy RandomState: seeds give the same faces as in the official scripts, to the last bit of an F32. */
import { describe, expect, test } from 'vitest';
import { NumpyRandomState, SeedError } from '../../../src/models/numpy-random';
import { readFixture } from '../fixtures';

/** numpy 2: numpy.random.RandomState(seed).random_sample(3) */
const NUMPY_UNIFORM: [seed: number | [number, ...number[]], draws: number[]][] = [
  [0, [0.5488135039273248, 0.7151893663724195, 0.6027633760716439]],
  [42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051]],
  [4294967295, [0.0976320289940138, 0.9123828453026218, 0.78903530185164]],
  [
    [7, 3],
    [0.9770716452238201, 0.2604433886759464, 0.7565007906444766],
  ],
  [[5], [0.6229016948897019, 0.7417869892607294, 0.7951935655656966]],
];

describe('NumpyRandomState', () => {
  test('gives the z of the reference generator, bit by bit', () => {
    const tiny = readFixture('generator_tiny');
    const { z_seeds: seeds }: { z_seeds: number[] } = JSON.parse(tiny.metadata.gen_config ?? '{}');
    expect(seeds).toHaveLength(2);
    for (const [i, seed] of seeds.entries()) {
      const z = Float32Array.from(new NumpyRandomState(seed).randn(512));
      expect(z).toEqual(tiny.floats(`in.z${i + 1}`));
    }
  });

  test('gives the z of the bundled model, bit by bit', () => {
    const expected = readFixture('portrait-expected');
    const z = [0, 1, 2, 3].flatMap((seed) => [...new NumpyRandomState(seed).randn(64)]);
    expect(Float32Array.from(z)).toEqual(expected.floats('z'));
  });

  test.each(NUMPY_UNIFORM)("uniform doubles of seed %j are numpy's", (seed, draws) => {
    expect([...new NumpyRandomState(seed).rand(3)]).toEqual(draws);
  });

  test('keeps the second normal of a pair for the next call, as numpy does', () => {
    const whole = new NumpyRandomState(7).randn(6);
    const parts = new NumpyRandomState(7);
    expect([...parts.randn(1), ...parts.randn(3), ...parts.randn(2)]).toEqual([...whole]);
  });

  test.each([-1, 2 ** 32, 0.5, Number.NaN])('refuses the seed %d, saying what is allowed', (seed) => {
    expect(() => new NumpyRandomState(seed)).toThrow(SeedError);
    expect(() => new NumpyRandomState(seed)).toThrow(/0 to 4294967295/);
  });
});
