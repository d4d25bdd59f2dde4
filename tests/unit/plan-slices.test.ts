/** Plans in slices of what they were measured to take. */
import { expect, test } from 'vitest';
import { SLICE_MILLISECONDS, SliceTimes } from '../../src/render/plan-slices';

const plan = (dispatchCount: number) => ({ dispatchCount });
const partsOf = (times: SliceTimes, of: { dispatchCount: number }) =>
  times.slicesOf(of).map(({ part: { from, to } }) => [from, to]);

test('unmeasured dispatches go one by one on a processor, and all at once on a graphics card', () => {
  const big = plan(3);
  expect(partsOf(new SliceTimes(true), big)).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  expect(partsOf(new SliceTimes(false), big)).toEqual([[0, 3]]);
});

test('measured dispatches share a slice as far as it is long enough', () => {
  const times = new SliceTimes(true);
  const four = plan(4);
  const milliseconds = [10, 25, 30, 200];
  expect(times.of(four)).toBeUndefined();
  milliseconds.forEach((time, at) => {
    times.note([{ plan: four, part: { from: at, to: at + 1 } }], time);
  });
  expect(times.of(four)).toBe(265);
  expect(partsOf(times, four)).toEqual([
    [0, 2],
    [2, 3],
    [3, 4],
  ]);
});

test('a frame that took a graphics card long is cut into pieces next time, and follows the device', () => {
  const times = new SliceTimes(false);
  const [march, enlargement] = [plan(4), plan(6)];
  const whole = [march, enlargement].map((one) => ({ plan: one, part: { from: 0, to: one.dispatchCount } }));
  expect(times.expected(whole)).toBe(0);
  times.note(whole, 10 * SLICE_MILLISECONDS);
  expect(times.expected(whole)).toBeCloseTo(10 * SLICE_MILLISECONDS);
  expect(times.slicesOf(march)).toHaveLength(4);
  for (let frame = 0; frame < 20; frame++) times.note(whole, 10);
  expect(times.expected(whole)).toBeLessThan(SLICE_MILLISECONDS);
  expect(partsOf(times, enlargement)).toEqual([[0, 6]]);
});

test('of slices that were submitted together each has its share', () => {
  const times = new SliceTimes(true);
  const two = plan(2);
  const [first, second] = [
    { plan: two, part: { from: 0, to: 1 } },
    { plan: two, part: { from: 1, to: 2 } },
  ];
  times.note([first], 10);
  times.note([second], 30);
  times.note([first, second], 80);
  expect(times.expected([first])).toBeCloseTo(15);
  expect(times.expected([second])).toBeCloseTo(45);
});

test('a plan without dispatches has no slice', () => {
  expect(new SliceTimes(true).slicesOf(plan(0))).toEqual([]);
});
