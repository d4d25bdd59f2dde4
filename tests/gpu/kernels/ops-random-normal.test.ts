/** Random noise: normal, reproducible, and another for every seed and layer. */
import { expect, it } from 'vitest';
import { randomNormal } from '../../../src/pipelines/random/random-normal';
import { runOnce } from '../support';

const SHAPE = [3, 64, 67];

async function draw(seed: number, stream: number): Promise<Float32Array> {
  const { noise } = await runOnce((plan) => {
    return { noise: randomNormal(plan, SHAPE, plan.constant('seed', [1], [seed]), stream) };
  });
  return noise;
}

it('has the moments of a standard normal distribution', async () => {
  const values = await draw(7, 3);
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  // Standard errors for 12864 values: 0.009, 0.012, 0.034, 0.087; five of them are allowed.
  expect(Math.abs(moment(1))).toBeLessThan(0.045);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.06);
  expect(Math.abs(moment(3))).toBeLessThan(0.17);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.44);
  const lag = values.slice(1).reduce((sum, value, index) => sum + value * values[index]!, 0) / values.length;
  expect(Math.abs(lag)).toBeLessThan(0.045);
});

it('repeats for the same seed and stream, and differs for others', async () => {
  const first = await draw(1, 0);
  expect(await draw(1, 0)).toEqual(first);
  for (const other of [await draw(2, 0), await draw(1, 1)]) {
    const products = other.reduce((sum, value, index) => sum + value * first[index]!, 0) / first.length;
    expect(Math.abs(products)).toBeLessThan(0.045); // uncorrelated
  }
});

it('leaves the padding zero', async () => {
  const { padded } = await runOnce((plan) => {
    const noise = randomNormal(plan, SHAPE, plan.constant('seed', [1], [5]), 0);
    return { padded: { ...noise, shape: [3, 64, 68] } };
  });
  expect(padded.every((value, index) => index % 68 < 67 || value === 0)).toBe(true);
});
