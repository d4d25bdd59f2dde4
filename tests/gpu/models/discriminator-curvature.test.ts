/**
 * Second derivatives of a whole discriminator beside difference quotients: the gradient of R1, which is itself made of the logits' gradient with
 * respect to both pictures (discriminator.test.ts holds that against the reference). The large one is blurred and the small one resized on the way, as in
 * training.
 *
 * R1 jumps where a leaky ReLU's input passes 0, because the slope does. So the scene is one away from kinks: biases are far larger than what the small
 * weights make of the pictures, above 0 in every other channel and below it in the rest. Both slopes take part, and none changes.
 */
import { expect, it } from 'vitest';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { elementCount, readTensor, writeTensor } from '../../../src/gpu/tensor';
import { discriminator } from '../../../src/models/discriminator';
import type { DiscriminatorConfig } from '../../../src/models/discriminator-config';
import { ParameterStore } from '../../../src/models/parameters';
import { startTape } from '../../../src/pipelines/gradients';
import { r1Penalty } from '../../../src/pipelines/reduction/r1-penalty';
import { gaussianBlur } from '../../../src/pipelines/resampling/upfirdn2d';
import { randomValues } from '../conv-cases';
import { GRADIENT_TOLERANCE, gradientTable, rowsBesideQuotients } from '../gradient-check';
import { testGpu } from '../support';

const BATCH = 4;

/** One block and the epilogue. */
const SMALL: DiscriminatorConfig = {
  resolution: 8,
  imageChannels: 3,
  channelBase: 32,
  channelMax: 6,
  convClamp: 256,
  mapping: { zDim: 0, cDim: 5, wDim: 6, numWs: undefined, layers: 1, lrMultiplier: 1 },
  deviationGroup: 4, // of two it would be the magnitude of their difference, which has a kink
  deviationChannels: 1,
  labelNoise: 0,
};

/** Beside what reaches each layer, at most half of it. */
const BIASES: Readonly<Record<string, number>> = {
  'b8.fromrgb.bias': 2,
  'b8.conv0.bias': 6,
  'b8.conv1.bias': 14,
  'b4.conv.bias': 40,
  'b4.fc.bias': 80,
};

/** Values of a parameter or a picture. */
function valuesOf(name: string, count: number, seed: number): Float32Array {
  const random = randomValues(count, seed);
  if (name in BIASES) return random.map((value, channel) => (channel % 2 === 0 ? 1 : -1) * BIASES[name]! + 0.1 * value);
  if (name === 'b4.conv.weight') return random.map((value, at) => (Math.floor(at / 9) % 7 === 6 ? 6 : 1) * value);
  return random;
}

it('R1 of pictures that are blurred and resized, to all parameters and both pictures', async () => {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'R1');
  const store = new ParameterStore(gpu, undefined, { isTrainable: () => true });
  const tape = startTape(builder);
  const image = builder.tensor('image', [BATCH, 8, 8, 3]);
  const imageRaw = builder.tensor('small image', [BATCH, 4, 4, 3]);
  const c = builder.tensor('label', [BATCH, 5]);
  const logits = discriminator(builder, store, SMALL, { image: gaussianBlur(builder, image, 0.7), imageRaw, c });
  const penalty = builder.keep(r1Penalty(builder, tape, logits, [image, imageRaw], 10));
  const wanted = [image, imageRaw, c, ...store.trainable.map(({ master }) => master)];
  const found = tape.gradients([{ of: penalty, gradient: builder.constant('one', [1], [1]) }], wanted);
  const all = wanted.flatMap((tensor, index) => {
    const gradient = found[index];
    const { label: name } = tensor;
    const values = valuesOf(name, elementCount(tensor.shape), index);
    writeTensor(gpu, tensor, values);
    const step = index < 2 ? 2 ** -4 : 2 ** -5; // in the pictures only the minibatch deviation is curved
    return gradient ? [{ name, tensor, values, gradient: builder.keep(gradient), step }] : [];
  });
  // Away from kinks no slope depends on these: what a bias adds is the same in all samples, so that their deviation stays.
  const flat = all.filter(({ name }) => name in BIASES);
  const plan = await builder.build();
  plan.spoil();
  const loss = async () => {
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    return (await readTensor(gpu, penalty))[0]!;
  };
  const value = await loss();
  for (const { name, gradient } of flat) {
    const largest = (await readTensor(gpu, gradient)).reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
    console.info(`${name}: ${largest}`);
    expect(largest, name).toBeLessThan(1e-5 * value);
  }
  const curved = all.filter((input) => !flat.includes(input));
  const rows = await rowsBesideQuotients(curved, loss, 3);
  plan.destroy();
  store.destroy();
  console.info(`R1 ${value}\n${gradientTable(rows)}`);
  for (const { parameter, relativeError } of rows) expect(relativeError, parameter).toBeLessThan(GRADIENT_TOLERANCE);
});
