/** The dual discriminator against the reference: every block, the logits, and the gradients of their sum to all parameters and both pictures. */
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { ShapeError } from '../../../src/gpu/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import type { Tensor } from '../../../src/gpu/tensor';
import { type DiscriminatorTensors, discriminator } from '../../../src/models/discriminator';
import { readDiscriminatorConfig } from '../../../src/models/discriminator-config';
import { ParameterStore } from '../../../src/models/parameters';
import { startTape } from '../../../src/pipelines/gradients';
import { r1Penalty } from '../../../src/pipelines/reduction/r1-penalty';
import { randomValues } from '../conv-cases';
import { imageInput, plainInput } from '../ops-cases';
import { expectClose, expectGradient, fixture, readChecked, runOnce, testGpu, toChannelsFirst } from '../support';

const TOLERANCE = 5e-4; // of a whole stage; measured errors are printed
const vectors = await fixture('discriminator');
const CASES = Object.keys(vectors.metadata).filter((name) => !name.includes('.'));

/** All that the reference has of a case, by its names without the case's: outputs as out.*, blocks as block.*, gradients as grad.*. */
async function runCase(name: string): Promise<Map<string, Float32Array>> {
  const gpu = await testGpu();
  const config = readDiscriminatorConfig(JSON.parse(vectors.metadata[name]!).init_kwargs);
  const prefix = `${name}.param.`;
  const store = new ParameterStore(gpu, vectors, { isTrainable: (parameter) => parameter.startsWith(prefix) });
  const plan = new PlanBuilder(gpu, name);
  const tape = startTape(plan);
  const image = imageInput(plan, vectors, `${name}.in.image`);
  const imageRaw = imageInput(plan, vectors, `${name}.in.image_raw`);
  const results = new Map<string, Tensor>();
  const logits = discriminator(
    plan,
    store.scope(prefix),
    config,
    {
      image,
      imageRaw,
      c: plainInput(plan, vectors, `${name}.in.c`),
      labelNoise: config.labelNoise > 0 ? plainInput(plan, vectors, `${name}.in.c_noise_randn`) : undefined,
    },
    ({ name: part, x }) => results.set(part === 'cmap' ? 'out.cmap' : `block.${part}`, plan.keep(x)),
  );
  results.set('out.logits', plan.keep(logits));
  const ones = plan.constant('ones', logits.shape, new Float32Array(logits.shape[0]!).fill(1));
  const { trainable } = store;
  const wanted = [image, imageRaw, ...trainable.map(({ master }) => master)];
  const names = ['image', 'image_raw', ...trainable.map((parameter) => parameter.name.slice(prefix.length))];
  tape.gradients([{ of: logits, gradient: ones }], wanted).forEach((gradient, index) => {
    results.set(`grad.${names[index]}`, plan.keep(gradient ?? expect.fail(`no gradient for ${names[index]}`)));
  });

  const built = await plan.build();
  built.spoil();
  const recorder = new Recorder(gpu);
  recorder.run(built);
  recorder.submit();
  const values = new Map<string, Float32Array>();
  for (const [key, tensor] of results) {
    const read = await readChecked(gpu, tensor);
    values.set(key, tensor.shape.length === 4 ? toChannelsFirst(read, tensor.shape) : read);
  }
  built.destroy();
  store.destroy();
  return values;
}

/** [:, :, rowStart::step, columnStart::step] of an [N, C, side, side] array. */
function strided(
  values: Float32Array,
  side: number,
  rowStart: number,
  columnStart: number,
  step: number,
): Float32Array {
  return values.filter((_, index) => {
    const row = Math.floor(index / side) % side;
    const column = index % side;
    return (
      row >= rowStart && (row - rowStart) % step === 0 && column >= columnStart && (column - columnStart) % step === 0
    );
  });
}

describe.each(CASES)('%s', (name) => {
  let ran: Promise<Map<string, Float32Array>> | undefined;
  const valuesOf = async (key: string) => {
    ran ??= runCase(name);
    return (await ran).get(key) ?? expect.fail(`${key} was not computed`);
  };
  const names = vectors
    .names()
    .filter((tensor) => tensor.startsWith(`${name}.`))
    .map((tensor) => tensor.slice(name.length + 1));

  it.each(names.filter((key) => /^(out|block)\./.test(key) && key !== 'out.logits_first2'))('%s', async (key) => {
    const values = await valuesOf(key);
    const block = Number(/^block\.b(\d+)$/.exec(key)?.[1] ?? 0);
    const seen = block > 32 ? strided(values, block / 2, 1, 2, 4) : values;
    expectClose(`${name}.${key}`, seen, vectors.floats(`${name}.${key}`), TOLERANCE);
  });

  it.each(names.filter((key) => key.startsWith('grad.')))('%s', async (key) => {
    const side = vectors.info(`${name}.in.image`).shape[3]!;
    const seen =
      key === 'grad.image_strided' ? strided(await valuesOf('grad.image'), side, 0, 1, 2) : await valuesOf(key);
    expectGradient(`${name}.${key}`, seen, vectors.floats(`${name}.${key}`));
  });
});

/** A discriminator of one block and the epilogue, with weights of `d32_cnoise`. */
function smallDiscriminator() {
  const prefix = 'd32_cnoise.param.';
  const stored = (name: string) => name.replace('b8.fromrgb', 'b32.fromrgb');
  const file: Checkpoint = {
    metadata: {},
    names: () => vectors.names(),
    has: (name) => vectors.has(stored(name)),
    info: (name) => vectors.info(stored(name)),
    floats: (name) => vectors.floats(stored(name)),
    ints: (name) => vectors.ints(stored(name)),
    bytes: (name) => vectors.bytes(stored(name)),
  };
  const { init_kwargs } = JSON.parse(vectors.metadata.d32_cnoise!);
  const config = readDiscriminatorConfig({ ...init_kwargs, img_resolution: 8, disc_c_noise: 0 });
  const wire = (plan: PlanBuilder, store: ParameterStore, image: Tensor, imageRaw: Tensor) => {
    const c = plan.constant('c', [4, 25], vectors.floats('d32_cnoise.in.c'));
    return discriminator(plan, store.scope(prefix), config, { image, imageRaw, c });
  };
  return { file, config, wire };
}

describe('R1 of a whole discriminator', () => {
  it('has a gradient to every parameter but the biases behind the minibatch deviation, on which no slope depends', async () => {
    const gpu = await testGpu();
    const { file, wire } = smallDiscriminator();
    const store = new ParameterStore(gpu, file, { isTrainable: () => true });
    const plan = new PlanBuilder(gpu, 'R1');
    const tape = startTape(plan);
    const image = plan.constant('image', [4, 8, 8, 3], randomValues(4 * 8 * 8 * 3, 3));
    const raw = plan.constant('raw', [4, 4, 4, 3], randomValues(4 * 4 * 4 * 3, 4));
    const penalty = r1Penalty(plan, tape, wire(plan, store, image, raw), [image, raw], 10);
    const one = plan.constant('one', [1], [1]);
    const masters = store.trainable.map(({ master }) => master);
    const gradients = tape.gradients([{ of: penalty, gradient: one }], masters);
    const without = store.trainable.filter((_, index) => gradients[index] === undefined);
    expect(without.map(({ name }) => name.slice('d32_cnoise.param.'.length))).toEqual([
      'b4.conv.bias',
      'b4.fc.bias',
      'b4.out.bias',
    ]);
    plan.discard();
    store.destroy();
  });
});

it('what is missing is said', async () => {
  const store = new ParameterStore(await testGpu(), vectors);
  const config = readDiscriminatorConfig(JSON.parse(vectors.metadata.d32_cnoise!).init_kwargs);
  const wire = (tensors: (plan: PlanBuilder) => Partial<DiscriminatorTensors>) =>
    runOnce((plan) => {
      const image = plan.tensor('image', [4, 32, 32, 3]);
      const all = { image, imageRaw: image, ...tensors(plan) };
      return { y: discriminator(plan, store.scope('d32_cnoise.param.'), config, all) };
    });
  await expect(wire(() => ({}))).rejects.toThrow(/needs labels c of shape \[4, 25\]/);
  await expect(wire((plan) => ({ c: plan.tensor('c', [4, 25]) }))).rejects.toThrow(/normal numbers of \[4,25\]/);
  await expect(wire((plan) => ({ image: plan.tensor('image', [4, 16, 16, 3]) }))).rejects.toThrow(ShapeError);
  store.destroy();
});
