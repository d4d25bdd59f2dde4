/** Plans in parts of what they were measured to take. */
import { expect, test } from 'vitest';
import { PART_MILLISECONDS, PartTimes } from '../../../src/gpu/plan-parts';

const plan = (stepCount: number) => ({ stepCount });
const rangesOf = (times: PartTimes, of: { stepCount: number }) => times.partsOf(of).map(({ from, to }) => [from, to]);

test('unmeasured steps go one by one on a software adapter, and all at once on a graphics card', () => {
  const big = plan(3);
  expect(rangesOf(new PartTimes(true), big)).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  expect(rangesOf(new PartTimes(false), big)).toEqual([[0, 3]]);
});

test('measured steps share a part as far as it is long enough', () => {
  const times = new PartTimes(true);
  const four = plan(4);
  const milliseconds = [10, 25, 30, 200];
  expect(times.of(four)).toBeUndefined();
  milliseconds.forEach((time, at) => {
    times.note([{ plan: four, from: at, to: at + 1 }], time);
  });
  expect(times.of(four)).toBe(265);
  expect(rangesOf(times, four)).toEqual([
    [0, 2],
    [2, 3],
    [3, 4],
  ]);
});

test('a frame that took a graphics card long is cut into parts next time, and follows the device', () => {
  const times = new PartTimes(false);
  const [march, enlargement] = [plan(4), plan(6)];
  const whole = [march, enlargement].map((one) => ({ plan: one, from: 0, to: one.stepCount }));
  expect(times.expected(whole)).toBe(0);
  times.note(whole, 10 * PART_MILLISECONDS);
  expect(times.expected(whole)).toBeCloseTo(10 * PART_MILLISECONDS);
  expect(times.partsOf(march)).toHaveLength(4);
  for (let frame = 0; frame < 20; frame++) times.note(whole, 10);
  expect(times.expected(whole)).toBeLessThan(PART_MILLISECONDS);
  expect(rangesOf(times, enlargement)).toEqual([[0, 6]]);
});

test('of parts that were submitted together each has its share', () => {
  const times = new PartTimes(true);
  const two = plan(2);
  const [first, second] = [
    { plan: two, from: 0, to: 1 },
    { plan: two, from: 1, to: 2 },
  ];
  times.note([first], 10);
  times.note([second], 30);
  times.note([first, second], 80);
  expect(times.expected([first])).toBeCloseTo(15);
  expect(times.expected([second])).toBeCloseTo(45);
});

test('a plan without steps has no part', () => {
  expect(new PartTimes(true).partsOf(plan(0))).toEqual([]);
});
