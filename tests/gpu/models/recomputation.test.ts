/**
 * Memory for time: what is computed once more on the way back gives the same gradients to the bit, and takes fewer bytes, which a survey tells before
 * anything is allocated. Shown by the super-resolution, all of whose parameters learn.
 */
import { expect, it } from 'vitest';
import { openNetworks } from '../../../cli/gradient-cases/training-wiring';
import { parseSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import { NoGradientError } from '../../../src/gpu/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, type Tensor } from '../../../src/gpu/tensor';
import type { TensorHost } from '../../../src/gpu/tensor-host';
import type { SuperResolutionConfig } from '../../../src/models/config';
import { discriminator } from '../../../src/models/discriminator';
import type { DiscriminatorConfig } from '../../../src/models/discriminator-config';
import { ParameterStore } from '../../../src/models/parameters';
import { superResolution, superResolutionStyles } from '../../../src/models/super-resolution';
import { multiply } from '../../../src/pipelines/dense/multiply';
import { slice } from '../../../src/pipelines/dense/window';
import { startTape } from '../../../src/pipelines/gradients';
import { recomputed } from '../../../src/pipelines/recomputed';
import { stepDraws } from '../../../src/training/draws';
import { wireGmain } from '../../../src/training/gan-phases';
import { surveyStep } from '../../../src/training/training-step';
import { FULL_SIZE } from '../../full-size';
import { randomValues } from '../conv-cases';
import { squaredError } from '../squared-error';
import { fixture, testGpu } from '../support';

const training = await fixture('training');
const files = {
  generator: await fixture('generator_tiny'),
  discriminator: await fixture('discriminator'),
  discriminatorCase: 'd128',
};
const GMAIN = {
  batch: 1,
  neuralResolution: 8,
  blurSigma: 0,
  r1Weight: 1,
  densityWeight: 0.25,
  densityDistance: 0.004,
};

const BATCH = 2;
const W_DIM = 8;

/** The discriminator that the largest common model was trained with, without its cameras. */
const JUDGE: DiscriminatorConfig = {
  resolution: 512,
  imageChannels: 3,
  channelBase: 32768,
  channelMax: 512,
  convClamp: 256,
  mapping: undefined,
  deviationGroup: 4,
  deviationChannels: 1,
  labelNoise: 0,
};

/** Small, and of few kinds of layers: every kernel has to be compiled. */
const SMALL: SuperResolutionConfig = {
  wDim: W_DIM,
  inputChannels: 12,
  inputResolution: 8,
  resize: 'when-different',
  antialias: true,
  convClamp: 256,
  noiseMode: 'const',
  blocks: [
    { channels: 8, upsample: false },
    { channels: 8, upsample: false },
  ],
};

/** Its parameters, random. */
function randomFile({ inputChannels, inputResolution: side, blocks }: SuperResolutionConfig) {
  let seed = 0;
  const tensor = (name: string, ...shape: number[]) => ({
    name,
    shape,
    data: randomValues(
      shape.reduce((a, b) => a * b, 1),
      ++seed,
    ),
  });
  const layer = (name: string, from: number, to: number, kernel: number) => [
    tensor(`${name}.weight`, to, from, kernel, kernel),
    tensor(`${name}.bias`, to),
    tensor(`${name}.affine.weight`, from, W_DIM),
    tensor(`${name}.affine.bias`, from),
  ];
  let channels = inputChannels;
  const tensors = blocks.flatMap(({ channels: outChannels }, index) => {
    const noisy = (name: string, from: number) => [
      ...layer(name, from, outChannels, 3),
      tensor(`${name}.noise_const`, side, side),
      tensor(`${name}.noise_strength`),
    ];
    const name = `block${index}`;
    const block = [...noisy(`${name}.conv0`, channels), ...noisy(`${name}.conv1`, outChannels)];
    channels = outChannels;
    return [...block, ...layer(`${name}.torgb`, outChannels, 3, 1)];
  });
  return parseSafetensors(writeSafetensors(tensors));
}

/** The gradients of a loss of its picture, by names. */
function wireGradients(host: TensorHost, recompute: boolean) {
  const config = SMALL;
  const file = randomFile(config);
  const store = new ParameterStore(host, file, { isTrainable: (name) => !name.endsWith('noise_const') });
  const plan = new PlanBuilder(host, 'step');
  const tape = startTape(plan);
  const constant = (name: string, shape: readonly number[], seed: number) =>
    plan.constant(
      name,
      shape,
      randomValues(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
    );
  const { inputResolution: side, inputChannels } = config;
  const ws = constant('ws', [BATCH, W_DIM], 100);
  const feature = constant('feature', [BATCH, side, side, inputChannels], 101);
  const styles = superResolutionStyles(plan, store, config, ws);
  const picture = superResolution(plan, store, config, styles, feature, { recompute });
  const loss = squaredError(plan, picture, constant('target', picture.shape, 102));
  const wanted = new Map<string, Tensor>([
    ['ws', ws],
    ['feature', feature],
  ]);
  for (const { name, master } of store.trainable) wanted.set(name, master);
  const found = tape.gradients([{ of: loss, gradient: plan.constant('one', [1], [1]) }], [...wanted.values()]);
  const gradients = [...wanted.keys()].map((name, index) => [name, plan.keep(found[index]!)] as const);
  return { plan, gradients, destroy: () => store.destroy() };
}

it('gives the same gradients to the bit', async () => {
  const gpu = await testGpu();
  const [kept, again] = await Promise.all(
    [false, true].map(async (recompute) => {
      const { plan: builder, gradients, destroy } = wireGradients(gpu, recompute);
      const plan = await builder.build();
      plan.spoil();
      const recorder = new Recorder(gpu);
      recorder.run(plan);
      recorder.submit();
      const values = new Map<string, Float32Array>();
      for (const [name, gradient] of gradients) values.set(name, await readTensor(gpu, gradient));
      plan.destroy();
      destroy();
      return { values, dispatches: builder.dispatchCount };
    }),
  );
  expect(kept!.values.size).toBe(30); // of ws, of the feature image, and of all parameters
  for (const [name, values] of kept!.values) {
    expect(
      values.some((value) => value !== 0),
      `${name} is not all zero`,
    ).toBe(true);
    expect(again!.values.get(name), name).toEqual(values);
  }
  expect(again!.dispatches).toBeGreaterThan(kept!.dispatches);
});

/** Gmain of the reference's small networks with few rays, and the gradients of all that learns in it. */
function wireGmainStep(host: TensorHost, recompute: boolean) {
  const plan = new PlanBuilder(host, 'Gmain');
  const networks = openNetworks(plan, files);
  const phase = wireGmain(plan, networks, { ...GMAIN, recompute });
  const learning = networks.learnedOf.generator;
  const seed = { of: phase.loss, gradient: plan.constant('one', [1], [1]) };
  const found = phase.tape.gradients(
    [seed],
    learning.map(({ master }) => master),
  );
  const gradients = new Map<string, Tensor>();
  learning.forEach(({ name }, index) => {
    const gradient = found[index]; // none for the strength of noise that there is not
    if (gradient) gradients.set(name, plan.keep(gradient));
  });
  return { plan, phase, gradients, destroy: networks.destroy };
}

it('gives the same gradients to the bit in a whole phase of training', async () => {
  const gpu = await testGpu();
  const [z, cameras] = [training.floats('in.gen_z').subarray(0, 512), training.floats('in.gen_c').subarray(0, 25)];
  const expected = new Map<string, Float32Array>();
  const bytes: number[] = [];
  for (const recompute of [false, true]) {
    bytes.push(surveyStep(gpu, (host) => wireGmainStep(host, recompute).plan).bytes);
    const { plan: builder, phase, gradients, destroy } = wireGmainStep(gpu, recompute);
    const plan = await builder.build();
    plan.spoil();
    phase.write({ z, cameras, swapProbability: 0.5, realImages: [], realCameras: [] }, stepDraws(1, 0));
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    for (const [name, gradient] of gradients) {
      const values = await readTensor(gpu, gradient);
      if (recompute) expect(values, name).toEqual(expected.get(name));
      else expected.set(name, values);
    }
    expect(gradients.size).toBe(expected.size);
    plan.destroy();
    destroy();
  }
  const flat = [...expected].filter(([, values]) => values.every((value) => value === 0)).map(([name]) => name);
  expect(flat).toEqual([]);
  // In these small networks the worst moment is in the renderer, and the bytes that live then are the same.
  console.info(`Gmain: ${bytes.map((some) => `${(some / 1e6).toFixed(1)} MB`).join(', recomputed ')}`);
});

it('takes fewer bytes: the super-resolution of the largest common model, before the discriminator that judges it', async () => {
  const gpu = await testGpu();
  const config = FULL_SIZE.superResolution;
  const side = FULL_SIZE.rendering.neuralResolution;
  const [kept, again] = [false, true].map((recompute) =>
    surveyStep(gpu, (host) => {
      const plan = new PlanBuilder(host, 'step');
      const tape = startTape(plan);
      const learning = new ParameterStore(host, undefined, { isTrainable: () => true });
      const ws = plan.tensor('ws', [1, config.wDim]);
      const feature = plan.tensor('feature', [1, side, side, config.inputChannels]);
      const styles = superResolutionStyles(plan, learning, config, ws);
      const image = superResolution(plan, learning, config, styles, feature, { recompute });
      const imageRaw = slice(plan, feature, 3, 0, 3);
      const logits = discriminator(plan, new ParameterStore(host), JUDGE, { image, imageRaw });
      const gradient = plan.tensor('one', logits.shape);
      const masters = learning.trainable.map(({ master }) => master);
      tape.gradients([{ of: logits, gradient }], [ws, feature, ...masters]);
      return plan;
    }),
  );
  const megabytes = ({ bytes }: { bytes: number }) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.info(`one picture of 512 x 512: ${megabytes(kept!)}, recomputed ${megabytes(again!)}`);
  expect(again!.bytes).toBeLessThan(0.9 * kept!.bytes);
  expect(kept!.bytes).toBeLessThan(1010e6); // 1234 MB where tensors only took turns
});

it('cannot be differentiated twice, and says so', async () => {
  const gpu = await testGpu();
  const plan = new PlanBuilder(gpu, 'twice');
  const tape = startTape(plan);
  const x = plan.constant('x', [4], [1, 2, 3, 4]);
  const [cube] = recomputed(plan, () => [multiply(plan, multiply(plan, x, x), x)]);
  const one = plan.constant('one', [4], [1, 1, 1, 1]);
  const [gradient] = tape.gradients([{ of: cube, gradient: one }], [x]);
  expect(() => tape.gradients([{ of: gradient!, gradient: one }], [x])).toThrow(NoGradientError);
  plan.discard();
});
