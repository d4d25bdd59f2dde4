/** The way back through StyleGAN3's own operations: against the reference's gradients, and against difference quotients. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/gpu/tensor';
import { add } from '../../../src/pipelines/dense/add';
import { scaled } from '../../../src/pipelines/dense/multiply';
import { startTape } from '../../../src/pipelines/gradients';
import {
  type FilteredLeakyReluOptions,
  filteredLeakyRelu,
  IDENTITY_LOWPASS,
  type LowpassFilter,
} from '../../../src/pipelines/resampling/filtered-lrelu';
import { fourierFeatures } from '../../../src/pipelines/resampling/fourier-features';
import { randomValues } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { imageInput, plainInput } from '../ops-cases';
import { expectGradient, fixture, runOnce, toChannelsFirst } from '../support';

const vectors = await fixture('stylegan3');
const reference = await fixture('stylegan3-gradients');
const CASES = Object.keys(vectors.metadata).filter((name) => name.startsWith('flrelu_'));

function lowpass(name: string): LowpassFilter {
  if (!vectors.has(name)) return IDENTITY_LOWPASS;
  const taps = vectors.floats(name);
  return { size: taps.length, isSeparable: true, taps };
}

describe('as the reference: filteredLeakyRelu', () => {
  it.each(CASES)('%s', async (name) => {
    const { clamp, ...options } = JSON.parse(vectors.metadata[name]!);
    const [n, c, h, w] = vectors.info(`${name}.in.x`).shape;
    const { dx, db } = await runOnce((plan): { dx: Tensor; db: Tensor } => {
      const tape = startTape(plan);
      const x = imageInput(plan, vectors, `${name}.in.x`);
      const bias = plainInput(plan, vectors, `${name}.in.b`);
      const y = filteredLeakyRelu(plan, x, bias, {
        ...options,
        clamp: clamp ?? undefined,
        upFilter: lowpass(`${name}.param.fu`),
        downFilter: lowpass(`${name}.param.fd`),
      });
      const gradient = imageInput(plan, reference, `${name}.cot.y`);
      const [dx, db] = tape.gradients([{ of: y, gradient }], [x, bias]);
      return { dx: dx ?? expect.fail('no gradient'), db: db ?? expect.fail('no gradient') };
    });
    expectGradient(`${name}.grad.x`, toChannelsFirst(dx, [n!, h!, w!, c!]), reference.floats(`${name}.grad.x`));
    expectGradient(`${name}.grad.b`, db, reference.floats(`${name}.grad.b`));
  });
});

describe('difference quotients agree with gradients of filteredLeakyRelu', () => {
  /** Taps above 0: what they filter keeps the sign of its bias, away from the kink. */
  const positive = (count: number, seed: number) => {
    const taps = randomValues(count, seed).map((value) => 1.2 + value);
    const sum = taps.reduce((a, b) => a + b);
    return taps.map((tap) => tap / sum);
  };
  const upFilter: LowpassFilter = { size: 6, isSeparable: true, taps: positive(6, 4) };
  const separable: LowpassFilter = { size: 5, isSeparable: true, taps: positive(5, 5) };
  const radial: LowpassFilter = { size: 4, isSeparable: false, taps: positive(16, 6) };
  it.each<[string, FilteredLeakyReluOptions]>([
    ['both filters separable', { up: 2, down: 2, upFilter, downFilter: separable, padding: [4, 3, 2, 5] }],
    ['a filter in two dimensions', { up: 2, down: 1, upFilter, downFilter: radial, padding: 3 }],
    ['down only', { down: 3, downFilter: separable, padding: [2, -1, 3, 1], slope: 0.4, gain: 0.7 }],
  ])('%s', async (label, options) => {
    const shape = randomShape(label, [
      [1, 2],
      [4, 7],
      [4, 7],
      [1, 5],
    ]);
    const [, , , channels] = shape;
    await expectGradients(`${label}, [${shape}]`, { x: shape, bias: [channels!] }, (plan, { x, bias }) => {
      const usual = plan.constant('usual bias', [channels!], [2.5, -2.5, 3, -3, 2].slice(0, channels));
      return filteredLeakyRelu(plan, x!, add(plan, bias!, usual), options);
    });
  });
});

it('difference quotients agree with the gradient of fourierFeatures to the motion', async () => {
  await expectGradients('fourierFeatures', { motion: [2, 4] }, (plan, { motion }) => {
    const usual = plan.constant('usual motion', [2, 4], [0.9, -0.7, 0.1, 0.2, -0.6, -1.1, -0.3, 0.4]);
    return fourierFeatures(plan, {
      motion: add(plan, usual, scaled(plan, motion!, 0.25)),
      transform: plan.constant('transform', [3, 3], [0.9, -0.5, 0.2, 0.4, 1.3, -0.6, 0, 0, 1]),
      // Some within the bandwidth, some damped, some beyond half the rate.
      waves: plan.constant(
        'waves',
        [7, 3],
        randomValues(21, 8).map((value) => 0.8 * value),
      ),
      size: 6,
      samplingRate: 2,
      bandwidth: 0.3,
    });
  });
});
