/** Depthwise convolution: against conv2d with kernels that are zero but for one channel, its gradients against difference quotients. */
import { describe, expect, it } from 'vitest';
import { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { prepareConv } from '../../../src/pipelines/convolution/conv-weights';
import { conv2d } from '../../../src/pipelines/convolution/conv2d';
import { depthwiseConv2d, depthwiseTapsFirst } from '../../../src/pipelines/convolution/depthwise';
import { arranged } from '../../../src/pipelines/dense/rearrange';
import { randomValues } from '../conv-cases';
import { expectGradients } from '../gradient-check';
import { expectClose, runOnce, testGpu } from '../support';

const CASES = [
  { title: '3 x 3, padding 1', shape: [2, 6, 5, 7], kernel: [3, 3], options: { padding: 1 } },
  { title: '3 x 3, stride 2', shape: [1, 7, 8, 5], kernel: [3, 3], options: { stride: 2, padding: 1 } },
  { title: '5 x 2, cropping', shape: [2, 8, 6, 3], kernel: [5, 2], options: { padding: [-1, 2, 1, 0] } },
] as const;

describe('depthwiseConv2d', () => {
  it.each(CASES)('$title: as a convolution that mixes no channels', async ({ shape, kernel, options }) => {
    const [height, width] = kernel;
    const channels = shape[3];
    const taps = height * width;
    const stored = randomValues(channels * taps, 3);
    const mixing = new Float32Array(channels * channels * taps);
    for (let channel = 0; channel < channels; channel++) {
      mixing.set(stored.subarray(channel * taps, (channel + 1) * taps), channel * (channels + 1) * taps);
    }
    const { y, expected } = await runOnce((plan) => {
      const x = plan.constant('x', shape, randomValues(elementCount(shape), 4));
      const own = arranged(stored, depthwiseTapsFirst(channels, height, width));
      const mixed = prepareConv(mixing, [channels, channels, height, width]);
      return {
        y: depthwiseConv2d(plan, x, plan.constant('weight', own.shape, own.values), options),
        expected: conv2d(plan, x, plan.constant('mixed', mixed.shape, mixed.values), { ...options, isPlain: true }),
      };
    });
    expectClose('depthwise', y, expected, 1e-6); // at most ten products below 1
  });

  it.each(CASES)('$title: difference quotients agree with the gradients', async ({ title, shape, kernel, options }) => {
    const shapes = { x: shape, weight: [...kernel, shape[3]] };
    await expectGradients(title, shapes, (plan, { x, weight }) => depthwiseConv2d(plan, x!, weight!, options));
  });

  it('difference quotients agree with second derivatives, through two layers of the same weights', async () => {
    const extents = [1, 5, 4, 3];
    const slope = (plan: PlanBuilder, x: Tensor, weight: Tensor, tape: Tape, to: Tensor) => {
      const once = depthwiseConv2d(plan, x, weight, { padding: 1 });
      const twice = depthwiseConv2d(plan, once, weight, { padding: 1 });
      const gradient = plan.constant('seed', twice.shape, randomValues(elementCount(twice.shape), 9));
      return tape.gradients([{ of: twice, gradient }], [to])[0] ?? expect.fail('no gradient');
    };
    await expectGradients('slope to x', { weight: [3, 3, 3] }, (plan, { weight }, tape) => {
      const x = plan.constant('x', extents, randomValues(elementCount(extents), 8));
      return slope(plan, x, weight!, tape, x);
    });
    await expectGradients('slope to weight', { x: extents, weight: [3, 3, 3] }, (plan, { x, weight }, tape) =>
      slope(plan, x!, weight!, tape, weight!),
    );
  });

  it('refuses kernels that do not fit', async () => {
    const plan = new PlanBuilder(await testGpu(), 'test');
    const x = plan.tensor('x', [1, 4, 4, 3]);
    expect(() => depthwiseConv2d(plan, x, plan.tensor('weight', [3, 3, 4]))).toThrow(/weight/);
    expect(() => depthwiseConv2d(plan, x, plan.tensor('weight', [5, 5, 3]))).toThrow(/nothing is left of "x"/);
    plan.discard();
  });
});
