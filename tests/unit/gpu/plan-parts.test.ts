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

test('what feels its way begins with one step, and takes those that it does not know for as long as the longest that it knows', () => {
  for (const isSoftware of [true, false]) {
    const times = new PartTimes(isSoftware, 80);
    const long = plan(40);
    const lengths: number[] = [];
    const run = (millisecondsOf: (step: number) => number) => {
      lengths.length = 0;
      for (let from = 0; from < long.stepCount; ) {
        const part = times.nextPart(long, from);
        lengths.push(part.to - part.from);
        let milliseconds = 0;
        for (let step = part.from; step < part.to; step++) milliseconds += millisecondsOf(step);
        times.note([part], milliseconds);
        from = part.to;
      }
    };
    run((step) => (step < 20 ? 1 : 40));
    expect(lengths).toEqual([1, 8, 8, 8, 3, 2, 2, 2, 2, 2, 2]);
    run(() => 4);
    for (let time = 0; time < 10; time++) run(() => 4);
    expect(lengths).toHaveLength(3);
  }
});
