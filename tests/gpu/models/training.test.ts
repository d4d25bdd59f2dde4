/**
 * A run of training, stopped and gone on with: a small network learns what another one, which is fixed, makes of random numbers. The whole run is in
 * its checkpoint, so equal files are equal runs: weights, their moving average, what Adam remembers, draws.
 */
import { describe, expect, it } from 'vitest';
import { parseSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import { TrifoldError } from '../../../src/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, type Tensor } from '../../../src/gpu/tensor';
import type { TensorHost } from '../../../src/gpu/tensor-host';
import { denseLayer } from '../../../src/models/dense-layer';
import { type ParameterScope, ParameterStore } from '../../../src/models/parameters';
import { add } from '../../../src/pipelines/dense/add';
import { fullyConnected } from '../../../src/pipelines/dense/fully-connected';
import { startTape } from '../../../src/pipelines/gradients';
import { Draws, stepDraws } from '../../../src/training/draws';
import { ParameterGroup } from '../../../src/training/parameter-group';
import { averageShare } from '../../../src/training/schedule';
import {
  restoreTraining,
  type TrainingPosition,
  writeTrainingCheckpoint,
} from '../../../src/training/training-checkpoint';
import { descend, surveyStep } from '../../../src/training/training-step';
import { followParameters } from '../../../src/training/weight-average';
import { randomValues } from '../conv-cases';
import { squaredError } from '../squared-error';
import { testGpu } from '../support';

const BATCH = 6;
const [INPUTS, HIDDEN, OUTPUTS] = [5, 9, 3];
const LR_MULTIPLIER = 0.5;

/** A file of two layers. */
function twoLayers(seed: number) {
  const tensor = (name: string, shape: readonly number[], of: number) => ({
    name,
    shape,
    data: randomValues(
      shape.reduce((a, b) => a * b, 1),
      seed + of,
    ),
  });
  return parseSafetensors(
    writeSafetensors([
      tensor('first.weight', [HIDDEN, INPUTS], 0),
      tensor('first.bias', [HIDDEN], 1),
      tensor('second.weight', [OUTPUTS, HIDDEN], 2),
      tensor('second.bias', [OUTPUTS], 3),
    ]),
  );
}

function network(plan: PlanBuilder, parameters: ParameterScope, x: Tensor): Tensor {
  const first = denseLayer(plan, parameters, 'first', { inFeatures: INPUTS, outFeatures: HIDDEN });
  const second = denseLayer(plan, parameters, 'second', {
    inFeatures: HIDDEN,
    outFeatures: OUTPUTS,
    lrMultiplier: LR_MULTIPLIER,
  });
  return fullyConnected(plan, fullyConnected(plan, x, first, { activation: 'lrelu' }), second);
}

/** A step of training as one plan, and all that it needs. */
function wireStep(host: TensorHost) {
  const file = twoLayers(1);
  const student = new ParameterStore(host, file, { isTrainable: () => true });
  const average = new ParameterStore(host, file, { isTrainable: () => true });
  const teacher = new ParameterStore(host, twoLayers(100));
  const parameters = (store: ParameterStore) =>
    file.names().map((name) => store.parameter(name, file.info(name).shape));
  const group = new ParameterGroup(host, 'student', parameters(student), {
    rate: 0.01,
    betas: [0.5, 0.99],
    epsilon: 1e-8,
    largestNorm: 5,
  });
  const plan = new PlanBuilder(host, 'training step');
  const tape = startTape(plan);
  const draws = new Draws(plan);
  const x = add(plan, draws.randn('x', [BATCH, INPUTS]), draws.rand('shift', [BATCH, INPUTS]));
  const wanted = network(plan, teacher, x);
  const y = network(plan, student, x);
  const loss = plan.keep(squaredError(plan, y, wanted));
  descend(plan, tape, loss, group);
  followParameters(plan, parameters(average), group.parameters, averageShare(BATCH, 60));
  const networks = { student: group.parameters, average: parameters(average) };
  return { plan, draws, loss, state: { networks, groups: [group] }, stores: [student, average, teacher], group };
}

const SEED = 11;

/** Runs steps up to a number, from the beginning or from a checkpoint. */
async function train(until: number, from?: Uint8Array<ArrayBuffer>) {
  const gpu = await testGpu();
  const { plan: builder, draws, loss, state, stores, group } = wireStep(gpu);
  const plan = await builder.build();
  plan.spoil();
  let position: TrainingPosition = { seed: SEED, step: 0, images: 0 };
  if (from) position = restoreTraining(gpu, parseSafetensors(from), state);
  const losses: number[] = [];
  while (position.step < until) {
    const { seed, step, images } = position;
    draws.write(gpu, stepDraws(seed, step));
    group.setRate(0.02 * 0.98 ** step);
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    group.countUpdate();
    losses.push((await readTensor(gpu, loss))[0]!);
    position = { seed, step: step + 1, images: images + BATCH };
  }
  const checkpoint = await writeTrainingCheckpoint(gpu, state, position);
  const counts = await group.readCounts(gpu);
  plan.destroy();
  group.destroy();
  for (const store of stores) store.destroy();
  return { checkpoint, losses, counts, version: group.parameters[0]!.version };
}

describe('a run of 50 steps', () => {
  it('ends with the same bits twice', async () => {
    const [once, twice] = [await train(50), await train(50)];
    expect(once.checkpoint).toEqual(twice.checkpoint);
    expect(once.losses).toEqual(twice.losses);
    expect(once.counts).toEqual({ updates: 50, updatesWithFaults: 0, faults: 0, skipped: 0 });
    expect(once.version).toBe(50);
    const mean = (losses: readonly number[]) => losses.reduce((sum, one) => sum + one, 0) / losses.length;
    console.info(`losses ${mean(once.losses.slice(0, 5))} to ${mean(once.losses.slice(-5))}`);
    expect(mean(once.losses.slice(-5))).toBeLessThan(0.5 * mean(once.losses.slice(0, 5)));
  });

  it('ends with the same bits when it is stopped after 25 and gone on with from its checkpoint', async () => {
    const whole = await train(50);
    const half = await train(25);
    const rest = await train(50, half.checkpoint);
    expect(rest.checkpoint).toEqual(whole.checkpoint);
    expect([...half.losses, ...rest.losses]).toEqual(whole.losses);
  });

  it('has other draws with another seed, and in other steps', () => {
    const first = (...of: Parameters<typeof stepDraws>) => [...Float32Array.from(stepDraws(...of).randn(4))];
    const draws = [first(1, 0), first(2, 0), first(1, 1), first(1, 0, 1)];
    expect(new Set(draws.map(String)).size).toBe(4);
    expect(first(1, 0)).toEqual(first(1, 0));
  });
});

describe('its checkpoint', () => {
  it('names weights, averages, and what Adam remembers, in the shapes of the file', async () => {
    const checkpoint = parseSafetensors((await train(1)).checkpoint);
    expect(checkpoint.names()).toHaveLength(4 * 4 + 3);
    for (const name of ['student.', 'average.', 'adam.student.mean.', 'adam.student.square.']) {
      expect(checkpoint.info(`${name}first.weight`).shape).toEqual([HIDDEN, INPUTS]);
    }
    expect(checkpoint.floats('adam.student.clocks')[0]).toBe(1);
    expect(JSON.parse(checkpoint.metadata.training!)).toEqual({ version: 1, seed: SEED, step: 1, images: BATCH });
  });

  it.each([
    ['has no position', {}, 'training-checkpoint'],
    ['is of another version', { training: '{"version":2}' }, 'training-checkpoint'],
    ['is no JSON', { training: '{' }, 'training-checkpoint'],
    ['has no step', { training: '{"version":1,"seed":1,"images":1}' }, 'training-checkpoint'],
    ['lacks tensors', { training: '{"version":1,"seed":1,"step":1,"images":1}' }, 'missing-tensor'],
  ])('is refused where it %s, and nothing is changed', async (_, metadata, code) => {
    const gpu = await testGpu();
    const { state, stores, group, plan } = wireStep(gpu);
    const checkpoint = parseSafetensors(writeSafetensors([], metadata));
    let refused: unknown;
    try {
      restoreTraining(gpu, checkpoint, state);
    } catch (error) {
      refused = error;
    }
    expect(refused instanceof TrifoldError && refused.code).toBe(code);
    expect(await readTensor(gpu, group.parameters[0]!.master)).toEqual(randomValues(HIDDEN * INPUTS, 1));
    plan.discard();
    group.destroy();
    for (const store of stores) store.destroy();
  });
});

it('a survey tells beforehand what a step takes', async () => {
  const gpu = await testGpu();
  const { bytes, largest } = surveyStep(gpu, (host) => wireStep(host).plan);
  const before = gpu.memory.bytesInUse;
  const { plan, stores, group } = wireStep(gpu);
  plan.reserve();
  expect(gpu.memory.bytesInUse - before).toBe(bytes);
  expect(largest.bytes).toBeGreaterThanOrEqual(HIDDEN * INPUTS * 4);
  plan.discard();
  group.destroy();
  for (const store of stores) store.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
});
