/** A run on a device, kept in the browser's own files: whatever befalls it, it ends with the bits of a run that nothing has befallen. */
import { afterEach, describe, expect, it } from 'vitest';
import { parseSafetensors } from '../../../src/checkpoints/safetensors';
import { Gpu } from '../../../src/gpu/device';
import { writeTensor } from '../../../src/gpu/tensor';
import { BrowserRunStore } from '../../../src/studio/learn/run-store';
import type { KeptRun } from '../../../src/training/loops/run-store';
import { type RunOptions, TrainingRun } from '../../../src/training/loops/training-run';
import { DESCRIPTION } from '../../support/memory-run-store';
import { TinyLearner } from '../../support/tiny-learner';
import { testGpu } from '../support';

const OPTIONS: RunOptions = { seed: 3, goal: 12, checkpointEvery: 4, measureEvery: 5, samplesEvery: 0 };
const store = new BrowserRunStore();

afterEach(async () => {
  for (const { description } of await store.list()) await store.remove(description.id);
});

/** @returns all tensors of the last checkpoint */
async function tensorsOf(kept: KeptRun) {
  const checkpoint = parseSafetensors((await kept.readCheckpoint())!);
  return new Map(checkpoint.names().map((name) => [name, checkpoint.floats(name)]));
}

async function runWhole(options: Partial<RunOptions> = {}) {
  const learner = await TinyLearner.create(await testGpu());
  const kept = await store.create({ ...DESCRIPTION, id: 'whole' });
  const state = await (await TrainingRun.open(learner, { ...OPTIONS, ...options }, kept)).start();
  learner.destroy();
  return { tensors: await tensorsOf(kept), curves: state.curves, state };
}

describe('the same bits', () => {
  it('after the device was lost in the middle of a step', async () => {
    const whole = await runWhole();
    const doomed = await Gpu.request();
    const kept = await store.create(DESCRIPTION);
    const first = await TrainingRun.open(await TinyLearner.create(doomed), OPTIONS, kept);
    first.subscribe(({ activity, lastCheckpoint }) => {
      if (activity === 'step' && lastCheckpoint?.step === 4) doomed.device.destroy();
    });
    const failed = await first.start();
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'device-lost' } });

    const learner = await TinyLearner.create(await testGpu());
    const again = await TrainingRun.open(learner, OPTIONS, await store.open(DESCRIPTION.id));
    expect(again.state.position.step).toBe(4);
    const { status, curves } = await again.start();
    expect(status).toBe('done');
    expect(await tensorsOf(kept)).toEqual(whole.tensors);
    expect(curves).toEqual(whole.curves);
    learner.destroy();
  });

  it('when steps were tried before for how long they take, and in parts of other sizes', async () => {
    const whole = await runWhole();
    const learner = await TinyLearner.create(await testGpu());
    const kept = await store.create(DESCRIPTION);
    const run = await TrainingRun.open(learner, { ...OPTIONS, partMilliseconds: 0.001 }, kept);
    expect(await run.estimate()).toBeGreaterThan(0);
    await run.start();
    expect(await tensorsOf(kept)).toEqual(whole.tensors);
    learner.destroy();
  });
});

/** What goes wrong after the checkpoint of step 4. */
const TROUBLES: Record<string, (learner: TinyLearner) => void> = {
  weights: ({ state }) => {
    const [parameter] = state.networks.only!;
    parameter!.write(new Float32Array(parameter!.shape.reduce((a, b) => a * b, 1)).fill(Number.NaN));
  },
  // In four updates one had three numbers that were not finite, in whose place others were put.
  gradients: ({ gpu, state }) => writeTensor(gpu, state.groups[0]!.counts, [4, 1, 3, 0]),
};

it.each(Object.entries(TROUBLES))(
  '%s that are no numbers: back to the last checkpoint, with half the rate',
  async (_, spoil) => {
    const learner = await TinyLearner.create(await testGpu());
    const kept = await store.create(DESCRIPTION);
    const run = await TrainingRun.open(learner, OPTIONS, kept);
    let isSpoilt = false;
    run.subscribe(({ lastCheckpoint }) => {
      if (isSpoilt || lastCheckpoint?.step !== 4) return;
      isSpoilt = true;
      spoil(learner);
    });
    const state = await run.start();
    expect(state).toMatchObject({ status: 'done', settings: { rateFactor: 0.5 }, notices: [{ kind: 'not-finite' }] });
    expect(state.curves.loss!.points).toHaveLength(12);
    for (const values of (await tensorsOf(kept)).values()) expect(values.every(Number.isFinite)).toBe(true);
    learner.destroy();
  },
);

it('what is learnt can be seen from the first step on, and gets better', async () => {
  const learner = await TinyLearner.create(await testGpu());
  const run = await TrainingRun.open(learner, { ...OPTIONS, goal: 60 }, await store.create(DESCRIPTION));
  const ended = run.start();
  const { rgb } = await run.render(new Float32Array(25));
  const { curves } = await ended;
  const points = curves.psnr!.points;
  expect(points.at(-1)![1]).toBeGreaterThan(points[0]![1] + 3);
  const after = await run.render(new Float32Array(25));
  expect(after.rgb).not.toEqual(rgb);
  learner.destroy();
});
