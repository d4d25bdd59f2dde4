/** What a run does in which order, with a learner that only counts: its state is its position alone. */
import { describe, expect, it, test, vi } from 'vitest';
import type { Gpu } from '../../../../src/gpu/device';
import type { Plan } from '../../../../src/gpu/plan';
import type { Figures, Learner } from '../../../../src/training/loops/learner';
import { StorageFullError } from '../../../../src/training/loops/run-store';
import { type RunOptions, TrainingRun } from '../../../../src/training/loops/training-run';
import { RunInMemory } from '../../../support/memory-run-store';

const LABEL = new Float32Array(25);

/** Submissions take as long as the plan says, by a clock that nothing else moves. */
function fakeDevice() {
  let clock = 0;
  let lose: (info: GPUDeviceLostInfo) => void = () => {};
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve;
  });
  const gpu = {
    adapter: { name: 'fake', isSoftware: true },
    memory: { bytesInUse: 1000 },
    statistics: { submits: 0 },
    device: { createCommandEncoder: () => ({ finish: () => ({}) }), queue: { submit: () => {} } },
    lost,
    finished: async () => undefined,
  } as unknown as Gpu;
  const plan = (stepCount: number, milliseconds: number) => {
    const encode = () => {
      clock += milliseconds;
    };
    return { stepCount, stage: 'fake', encode } as unknown as Plan;
  };
  return { gpu, plan, lose, now: () => clock };
}

function countingLearner(figuresOf: (step: number, rateFactor: number) => Figures = () => ({ loss: 1 })) {
  const device = fakeDevice();
  const [stepPlan, longPlan] = [device.plan(3, 100), device.plan(5, 10)];
  const log: string[] = [];
  const learner: Learner = {
    kind: 'scene',
    gpu: device.gpu,
    state: { networks: {}, groups: [] },
    imagesPerStep: 4,
    figureKinds: [],
    rateFactor: 1,
    async step({ step }, run) {
      await run(stepPlan);
      log.push(`step ${step}`);
      return figuresOf(step, this.rateFactor);
    },
    async measure({ step }, run) {
      await run(longPlan);
      log.push(`measure ${step}`);
      return { psnr: step };
    },
    async samples({ step }) {
      log.push(`samples ${step}`);
      return [{ label: 'fakes', pictures: [] }];
    },
    async render() {
      log.push('render');
      return { width: 1, height: 1, rgb: new Float32Array(3) };
    },
    result: async () => ({ name: 'x', bytes: new Uint8Array() }),
    destroy: () => {},
  };
  return { learner, log, ...device };
}

const OPTIONS: RunOptions = { seed: 3, goal: 4, checkpointEvery: 2, measureEvery: 4, samplesEvery: 0 };

const opened = async (
  counting: ReturnType<typeof countingLearner>,
  kept = new RunInMemory(),
  options: Partial<RunOptions> = {},
) => TrainingRun.open(counting.learner, { ...OPTIONS, now: counting.now, ...options }, kept);

/** Waits until a run's state is so. */
const until = (run: TrainingRun, isSo: (state: TrainingRun['state']) => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => isSo(run.state) && resolve();
    run.subscribe(look);
    look();
  });

test('steps, measurements, samples and checkpoints in turn; each at the beginning and the end, too', async () => {
  const counting = countingLearner((step) => ({ loss: 10 - step }));
  const kept = new RunInMemory();
  const run = await opened(counting, kept, { samplesEvery: 3 });
  const state = await run.start();
  expect(counting.log).toEqual([
    'measure 0',
    'samples 0',
    ...['step 0', 'step 1', 'step 2', 'samples 3', 'step 3'],
    'measure 4',
    'samples 4',
  ]);
  expect(state).toMatchObject({ status: 'done', position: { seed: 3, step: 4, images: 16 }, error: undefined });
  expect(state.curves.loss!.points.map((point) => [...point])).toEqual([
    [1, 10],
    [2, 9],
    [3, 8],
    [4, 7],
  ]);
  expect(state.figures).toEqual({ loss: 7, psnr: 4 });
  expect(kept.savedAt).toEqual([0, 0, 2, 4]);
  expect(kept.sampledAt).toEqual([0, 3, 4]);
  expect(state).toMatchObject({ secondsPerStep: 0.3, secondsLeft: 0, longestSubmission: 100, memoryBytes: 1000 });
  expect(state.imagesPerSecond).toBeCloseTo(4 / 0.3);
});

test('a run that goes on has the curves of one that never stopped, and does nothing twice', async () => {
  const whole = await opened(countingLearner((step) => ({ loss: step ** 2 })));
  await whole.start();
  const kept = new RunInMemory();
  await (
    await opened(
      countingLearner((step) => ({ loss: step ** 2 })),
      kept,
      { goal: 2 },
    )
  ).start();
  const counting = countingLearner((step) => ({ loss: step ** 2 }));
  const run = await opened(counting, kept);
  expect(run.state).toMatchObject({ status: 'ready', position: { step: 2 }, lastCheckpoint: { step: 2 } });
  expect(kept.description.goal).toBe(4);
  const { curves } = await run.start();
  expect(curves.loss).toEqual(whole.state.curves.loss);
  expect(counting.log).toEqual(['step 2', 'step 3', 'measure 4']);
});

describe('pauses', () => {
  it('ends the step on its way, saves, and waits', async () => {
    const counting = countingLearner();
    const kept = new RunInMemory();
    const run = await opened(counting, kept, { checkpointEvery: 100 });
    const ended = run.start();
    await until(run, ({ position }) => position.step === 1);
    run.pause();
    expect(run.state.status).toBe('pausing');
    await until(run, ({ status }) => status === 'paused');
    expect(run.state.position.step).toBe(kept.savedAt.at(-1));
    await run.saveNow(); // while it waits
    expect(run.state.status).toBe('paused');
    run.resume();
    expect(await ended).toMatchObject({ status: 'done', position: { step: 4 } });
  });

  it('gives a measurement up, which is done again', async () => {
    const counting = countingLearner();
    const run = await opened(counting);
    const ended = run.start();
    await until(run, ({ activity }) => activity === 'measure');
    run.pause();
    await until(run, ({ status }) => status === 'paused');
    expect(counting.log).toEqual([]);
    run.resume();
    await ended;
    expect(counting.log[0]).toBe('measure 0');
  });
});

test('a run that is stopped is saved, and can be started again', async () => {
  const counting = countingLearner();
  const kept = new RunInMemory();
  const run = await opened(counting, kept, { checkpointEvery: 100 });
  void run.start();
  await until(run, ({ position }) => position.step === 1);
  const { status, position } = await run.stop();
  expect(status).toBe('stopped');
  expect(kept.savedAt.at(-1)).toBe(position.step);
  expect(await run.start()).toMatchObject({ status: 'done' });
});

test('a view is drawn between two parts of a step, and at once while nothing is done', async () => {
  const counting = countingLearner();
  const run = await opened(counting);
  await run.render(LABEL);
  const ended = run.start();
  await until(run, ({ activity }) => activity === 'step');
  await run.render(LABEL);
  expect(counting.log).toEqual(['render', 'measure 0', 'render']);
  await ended;
});

describe('trouble', () => {
  it('goes back to the last checkpoint with half the rate', async () => {
    const counting = countingLearner((step, rate) => ({ loss: step === 3 && rate === 1 ? Number.NaN : rate }));
    const kept = new RunInMemory();
    const run = await opened(counting, kept);
    const state = await run.start();
    expect(counting.log.filter((line) => line.startsWith('step'))).toEqual([0, 1, 2, 3, 2, 3].map((n) => `step ${n}`));
    expect(state).toMatchObject({ status: 'done', settings: { rateFactor: 0.5 } });
    expect(state.curves.loss!.points.map(([, value]) => value)).toEqual([1, 1, 0.5, 0.5]);
    expect(state.notices).toMatchObject([{ kind: 'not-finite', step: 4 }]);
    expect(state.notices[0]!.message).toContain('went back to step 2');
    // and what is kept tells it
    const again = await opened(countingLearner(), kept, { goal: 5 });
    expect(again.state).toMatchObject({ settings: { rateFactor: 0.5 }, notices: [{ kind: 'not-finite' }] });
  });

  it('three times in a row is the end, and says why', async () => {
    const counting = countingLearner();
    counting.learner.trouble = ({ psnr = 0 }) => (psnr === 4 ? 'collapse' : undefined);
    const run = await opened(counting);
    const state = await run.start();
    expect(state).toMatchObject({
      status: 'failed',
      error: { code: 'training-trouble', trouble: 'collapse', step: 4 },
    });
    expect(counting.log.filter((line) => line === 'measure 4')).toHaveLength(3);
    expect(state.settings.rateFactor).toBe(0.25);
  });
});

test('a full disk makes it wait, with the former checkpoint in its place', async () => {
  const kept = new RunInMemory();
  const run = await opened(countingLearner(), kept);
  await until(run, () => true);
  const ended = run.start();
  await until(run, ({ activity }) => activity === 'step');
  kept.problem = new StorageFullError(1e6);
  const former = kept.checkpoint;
  await until(run, ({ status }) => status === 'paused');
  expect(run.state).toMatchObject({ error: { code: 'storage-full' }, notices: [{ kind: 'storage-full' }] });
  expect(kept.checkpoint).toBe(former);
  await expect(run.saveNow()).rejects.toThrow(StorageFullError);
  kept.problem = undefined;
  run.resume();
  expect(await ended).toMatchObject({ status: 'done', error: undefined });
});

test('a lost device fails the run by its name; another learner goes on from the checkpoint', async () => {
  const counting = countingLearner((step) => {
    if (step < 3) return { loss: 1 };
    counting.lose({ reason: 'unknown', message: 'reset' } as GPUDeviceLostInfo);
    throw new DOMException('mapping failed', 'AbortError');
  });
  const kept = new RunInMemory();
  const state = await (await opened(counting, kept)).start();
  expect(state).toMatchObject({ status: 'failed', error: { code: 'device-lost' } });
  const run = await opened(countingLearner(), kept);
  expect(run.state.position.step).toBe(2);
  expect(await run.start()).toMatchObject({ status: 'done' });
});

test('a step that fails in its middle is begun again from the last checkpoint, and what it has left is never saved', async () => {
  let failures = 0;
  const counting = countingLearner((step) => {
    if (step === 3 && failures++ === 0) throw new Error('out of turn');
    return { loss: step };
  });
  const kept = new RunInMemory();
  const run = await opened(counting, kept);
  expect(await run.start()).toMatchObject({ status: 'failed', position: { step: 3 } });
  await expect(run.saveNow()).rejects.toThrow('out of turn');
  counting.log.length = 0;
  expect(await run.start()).toMatchObject({ status: 'done', error: undefined });
  expect(counting.log).toEqual(['step 2', 'step 3', 'measure 4']);
  expect(run.state.curves.loss!.points.map(([, value]) => value)).toEqual([0, 1, 2, 3]);
});

test('what changes while it runs counts from the next step on', async () => {
  const rates: number[] = [];
  const counting = countingLearner((_, rate) => ({ loss: rates.push(rate) }));
  const run = await opened(counting);
  const listener = vi.fn();
  run.subscribe(listener);
  const ended = run.start();
  await until(run, ({ position }) => position.step === 2);
  run.change({ rateFactor: 0.5, measureEvery: 0 });
  await ended;
  expect(rates).toEqual([1, 1, 0.5, 0.5]);
  expect(counting.log).not.toContain('measure 4');
  expect(listener).toHaveBeenCalled();
});

test('an estimate throws its steps away', async () => {
  const counting = countingLearner();
  const run = await opened(counting);
  expect(await run.estimate()).toBeCloseTo(0.3);
  expect(run.state).toMatchObject({ status: 'ready', position: { step: 0 }, secondsPerStep: 0.3 });
  expect(run.state.secondsLeft).toBeCloseTo(1.2);
});
