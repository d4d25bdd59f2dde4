/**
 * Iterations of EG3D's training: Gmain, Greg, Dmain and Dreg, each with its update by Adam, and the moving average of the generator. Plans that share
 * parameters and what the optimisers remember; one complete iteration against the official one, and runs of a few steps against themselves.
 */
import { describe, expect, it } from 'vitest';
import { openNetworks, wirePhaseOf } from '../../../cli/gradient-cases/training-wiring';
import { parseSafetensors } from '../../../src/checkpoints/safetensors';
import { type Plan, PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { type Parameter, ParameterStore } from '../../../src/models/parameters';
import { stepDraws } from '../../../src/training/draws';
import { wireGmain } from '../../../src/training/gan-phases';
import { ParameterGroup, withLazyRegularisation } from '../../../src/training/parameter-group';
import { averageShare } from '../../../src/training/schedule';
import { restoreTraining, writeTrainingCheckpoint } from '../../../src/training/training-checkpoint';
import { descend } from '../../../src/training/training-step';
import { followParameters } from '../../../src/training/weight-average';
import { expectGradient, fixture, testGpu } from '../support';

const training = await fixture('training');
const replay = await fixture('training-replay');
const files = {
  generator: await fixture('generator_tiny'),
  discriminator: await fixture('discriminator'),
  discriminatorCase: 'd128',
};
/**
 * What the official iteration drew for the rays of its Gmain. Its note says "same recorded draws as the single phases", but with those recorded it
 * is another: already its first update, of block1.torgb.weight, contradicts `Gmain.grad` in the signs of 2 of 192 numbers, and 594 of all 16,068
 * numbers are beyond 1e-3 or 1e-5, in double precision, too. Each phase began with torch.manual_seed(1141), and so on; but while Gmain was recorded,
 * noise was drawn before the rays, and in the iteration it came from the record and was not drawn, so that the rays got other numbers of the same
 * stream. With these, double precision agrees in all but 7 numbers of 16,068 (`python3 scripts/replay iteration`).
 */
const RAYS_OF_ITERATION = Object.fromEntries(
  ['rnd.014.rand_like', 'rnd.015.rand'].map((name) => [name, replay.floats(`iter.${name}`)]),
);

/** Share of a parameter's numbers that may be beyond the bound after its last update, and by how much; a rate is 2e-3. */
const LARGEST_SHARE_BEYOND = 0.005;
const LARGEST_ERROR = 5e-4;

const ADAM = { betas: [0, 0.99] as const, epsilon: 1e-8 };
const OF_GENERATOR = withLazyRegularisation({ ...ADAM, rate: 0.0025 }, 4);
const OF_DISCRIMINATOR = withLazyRegularisation({ ...ADAM, rate: 0.002 }, 16);

async function run(plan: Plan): Promise<void> {
  const recorder = new Recorder(await testGpu());
  recorder.run(plan);
  recorder.submit();
}

/** The first numbers of a parameter, as many as the reference has. */
async function numbersOf(parameters: readonly Parameter[], name: string, count: number): Promise<Float32Array> {
  const found = parameters.find((one) => one.name.endsWith(`param.${name}`)) ?? expect.fail(`no parameter ${name}`);
  return (await readTensor(await testGpu(), found.master)).subarray(0, count);
}

async function officialIteration() {
  const gpu = await testGpu();
  const networks = openNetworks(new PlanBuilder(gpu, 'networks'), files);
  const { learnedOf, buffers } = networks;
  const groups = {
    G: new ParameterGroup(gpu, 'G', learnedOf.generator, OF_GENERATOR),
    D: new ParameterGroup(gpu, 'D', learnedOf.discriminator, OF_DISCRIMINATOR),
  };
  const averages = new ParameterStore(gpu, files.generator, { isTrainable: () => true });
  const averaged = [...learnedOf.generator, ...buffers].map(({ name, shape }) => averages.parameter(name, shape));
  const networksOf = { G: [...learnedOf.generator, ...buffers], G_ema: averaged, D: learnedOf.discriminator };

  for (const name of ['Gmain', 'Greg', 'Dmain', 'Dreg']) {
    const builder = new PlanBuilder(gpu, name);
    const { phase, gain, write } = wirePhaseOf(builder, training, name, networks);
    descend(builder, phase.tape, phase.loss, name.startsWith('G') ? groups.G : groups.D, gain, phase.isFlat);
    const plan = await builder.build();
    plan.spoil();
    write(RAYS_OF_ITERATION);
    await run(plan);
    plan.destroy();
  }
  const following = new PlanBuilder(gpu, 'average');
  const { ema_nimg: halfLife } = JSON.parse(training.metadata.iter!);
  followParameters(following, averaged, networksOf.G, averageShare(2, halfLife), (name) => name.endsWith('w_avg'));
  const plan = await following.build();
  await run(plan);
  plan.destroy();
  const values = new Map<string, Float32Array>();
  for (const name of training.names().filter((one) => one.startsWith('iter.out.'))) {
    const [, network, parameter] = /^iter\.out\.(G_ema|G|D)\.(.*)$/.exec(name)!;
    const parameters = networksOf[network as keyof typeof networksOf];
    values.set(name, await numbersOf(parameters, parameter!, training.info(name).shape[0]!));
  }
  const counts = await Promise.all(Object.values(groups).map((group) => group.readCounts(gpu)));
  for (const group of Object.values(groups)) group.destroy();
  averages.destroy();
  networks.destroy();
  return { values, counts };
}

describe('an official iteration', () => {
  let ran: ReturnType<typeof officialIteration> | undefined;
  const results = () => {
    ran ??= officialIteration();
    return ran;
  };

  it('updates both networks twice', async () => {
    const { counts } = await results();
    expect(counts).toEqual(Array(2).fill({ updates: 2, updatesWithFaults: 0, faults: 0, skipped: 0 }));
  });

  it.each(training.names().filter((name) => /^iter\.out\.(G_ema|G\.backbone\.mapping\.w_avg)/.test(name)))(
    '%s',
    async (key) => {
      const { values } = await results();
      expectGradient(key, values.get(key)!, training.floats(key));
    },
  );

  // Adam moves a number by the rate, however small its gradient is: where that is near 0, rounding shows. Double precision misses 7 of 16,068, we miss 2.
  it.each(training.names().filter((name) => /^iter\.out\.(G|D)\./.test(name) && !name.endsWith('w_avg')))(
    '%s',
    async (key) => {
      const { values } = await results();
      const expected = training.floats(key);
      const actual = values.get(key)!;
      const errors = expected.map((wanted, at) => Math.abs(actual[at]! - wanted));
      const beyond = errors.filter((error, at) => error > Math.max(1e-5, 1e-3 * Math.abs(expected[at]!))).length;
      const largest = Math.max(...errors);
      console.info(
        `${key}: ${beyond} of ${expected.length} beyond 1e-3 or 1e-5, largest error ${largest.toExponential(2)}`,
      );
      expect(beyond).toBeLessThanOrEqual(LARGEST_SHARE_BEYOND * expected.length);
      expect(largest).toBeLessThan(LARGEST_ERROR);
    },
  );
});

/** Steps of Gmain with few rays, from a seed. */
async function smallRun() {
  const gpu = await testGpu();
  const networks = openNetworks(new PlanBuilder(gpu, 'networks'), files);
  const group = new ParameterGroup(gpu, 'G', networks.learnedOf.generator, OF_GENERATOR);
  const builder = new PlanBuilder(gpu, 'Gmain');
  const settings = {
    batch: 1,
    neuralResolution: 8,
    blurSigma: 0,
    r1Weight: 1,
    densityWeight: 0.25,
    densityDistance: 0.004,
  };
  const phase = wireGmain(builder, networks, settings);
  descend(builder, phase.tape, phase.loss, group);
  const plan = await builder.build();
  const state = { networks: { G: networks.learnedOf.generator }, groups: [group] };
  return {
    checkpoint: (step: number) => writeTrainingCheckpoint(gpu, state, { seed: 1, step, images: step }),
    restore: (bytes: Uint8Array<ArrayBuffer>) => restoreTraining(gpu, parseSafetensors(bytes), state),
    async steps(from: number, to: number) {
      for (let step = from; step < to; step++) {
        const z = Float32Array.from(stepDraws(1, step, 1).randn(512));
        const cameras = training.floats('in.gen_c').subarray(0, 25);
        phase.write({ z, cameras, swapProbability: 0.5, realImages: [], realCameras: [] }, stepDraws(1, step));
        await run(plan);
      }
    },
    destroy() {
      plan.destroy();
      group.destroy();
      networks.destroy();
    },
  };
}

/** Where two files differ first, -1 if nowhere. They are too long for a matcher to print. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.length === b.length ? a.findIndex((byte, at) => byte !== b[at]) : Math.min(a.length, b.length);
}

it("a generator's step has the same bits when it is taken again from a checkpoint", async () => {
  const small = await smallRun();
  await small.steps(0, 1);
  const half = await small.checkpoint(1);
  await small.steps(1, 2);
  const whole = await small.checkpoint(2);
  expect(firstDifference(half, whole)).not.toBe(-1);
  const { step } = small.restore(half);
  await small.steps(step, 2);
  expect(firstDifference(await small.checkpoint(2), whole)).toBe(-1);
  small.destroy();
});
