/** Parts of steps, with a device and a clock that are played: what is submitted at once stays short, whatever the device. */
import { describe, expect, it, test } from 'vitest';
import type { Plan } from '../../../../src/gpu/plan';
import { SlicedRunner, type SliceOptions } from '../../../../src/training/loops/sliced-runner';

/** A device that takes a time for each step of a plan, and a little for each submission. */
function playedDevice(isSoftware: boolean, options: SliceOptions = {}) {
  let clock = 0;
  const submissions: number[] = [];
  const times = new Map<Plan, readonly number[]>();
  const runner = new SlicedRunner(
    isSoftware,
    async (plan, { from, to }) => {
      const milliseconds = times
        .get(plan)!
        .slice(from, to)
        .reduce((sum, time) => sum + time, 0.5);
      submissions.push(milliseconds);
      clock += milliseconds;
    },
    { ...options, now: () => clock },
  );
  const plan = (milliseconds: readonly number[]) => {
    const made = { stepCount: milliseconds.length } as Plan;
    times.set(made, milliseconds);
    return made;
  };
  return { runner, plan, submissions };
}

describe.each([true, false])('software adapter: %s', (isSoftware) => {
  it('never submits more than it has measured, and more with each run', async () => {
    const { runner, plan, submissions } = playedDevice(isSoftware);
    const step = plan(Array.from({ length: 300 }, (_, index) => (index % 10 === 0 ? 12 : 0.2)));
    const run = runner.runPlan();
    await run(step);
    expect(Math.max(...submissions)).toBeLessThan(60);
    const first = submissions.length;
    for (let time = 0; time < 5; time++) await run(step);
    submissions.length = 0;
    await run(step);
    expect(submissions.length).toBeLessThan(first / 2);
    expect(Math.max(...submissions)).toBeLessThan(60);
    expect(runner.longest).toBeLessThan(60);
  });

  it('a dispatch that is long goes alone', async () => {
    const { runner, plan, submissions } = playedDevice(isSoftware, { partMilliseconds: 200 });
    const long = plan([300, 300, 1, 300]);
    await runner.runPlan()(long);
    expect(submissions).toEqual([300.5, 300.5, 1.5, 300.5]);
    expect(runner.longest).toBe(isSoftware ? 0 : 300.5); // the first time a software adapter compiles
    await runner.runPlan()(long);
    expect(runner.longest).toBe(300.5);
  });
});

test('each part waits for its turn', async () => {
  const log: string[] = [];
  const { runner, plan } = playedDevice(false, {
    between: async (work) => {
      log.push('turn');
      return work();
    },
  });
  const run = runner.runPlan(async () => void log.push('before'));
  await run(plan([50, 50]));
  expect(log).toEqual(['before', 'turn', 'before', 'turn']);
});
