/**
 * The way back through unmodulated convolutions: fast kernels against the readable ones, gradients against the reference's and against difference
 * quotients on random shapes, and second derivatives.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import { elementCount, padToFour, type Tensor } from '../../../src/gpu/tensor';
import { type ConvShape, convGain, tapsFirst, weightsFrom } from '../../../src/pipelines/convolution/conv-weights';
import {
  type Conv2dOptions,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
} from '../../../src/pipelines/convolution/conv2d';
import { ones } from '../../../src/pipelines/convolution/conv2d-kernels';
import { conv2dLayer, conv2dResample } from '../../../src/pipelines/convolution/conv2d-layer';
import { CONV3X3_VARIANTS } from '../../../src/pipelines/convolution/conv3x3-variants';
import { modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { ACTIVATIONS } from '../../../src/pipelines/dense/activation';
import { biasAct } from '../../../src/pipelines/dense/bias-act';
import { rearrange } from '../../../src/pipelines/dense/rearrange';
import { startTape } from '../../../src/pipelines/gradients';
import { randomValues, withPadding } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { casesOf, filterOf, imageInput, oneFactor, optionsOf } from '../ops-cases';
import { expectClose, expectGradient, fixture, runOnce, testGpu, toChannelsFirst } from '../support';

const ops = await fixture('ops');
const reference = await fixture('ops-gradients');

/** A weight of the fixture: its master, [count], and what the kernels read of it. */
function weightOf(plan: PlanBuilder, name: string, { gain = 1, flip = false }) {
  const [outChannels, inChannels, height, width] = ops.info(name).shape;
  const conv: ConvShape = [outChannels!, inChannels!, height!, width!];
  const master = plan.constant(name, [elementCount(conv)], ops.floats(name));
  return { master, weight: rearrange(plan, master, tapsFirst(conv, flip), { factor: gain }) };
}

function gradientsOf(tape: Tape, of: Tensor, gradient: Tensor, wanted: readonly Tensor[]): Tensor[] {
  return tape.gradients([{ of, gradient }], wanted).map((found) => found ?? expect.fail('no gradient'));
}

function expectPictureGradient(name: string, values: Float32Array): void {
  const [n, c, h, w] = reference.info(name).shape;
  expectGradient(name, toChannelsFirst(values, [n!, h!, w!, c!]), reference.floats(name));
}

describe('as the reference: conv2dResample', () => {
  it.each(casesOf(ops, 'convResample'))('%s', async (name) => {
    const { up, down, padding, filter, flip_weight: correlates = true } = optionsOf(ops, name);
    const { dx, dw } = await runOnce((plan) => {
      const tape = startTape(plan);
      const x = imageInput(plan, ops, `${name}.in.x`);
      const { master, weight } = weightOf(plan, `${name}.param.w`, { flip: !correlates });
      const factors = { up: oneFactor(up), down: oneFactor(down), padding, filter: filterOf(ops, filter) };
      const y = conv2dResample(plan, x, weight, factors);
      const [dx, dw] = gradientsOf(tape, y, imageInput(plan, reference, `${name}.cot.y`), [x, master]);
      return { dx: dx!, dw: dw! };
    });
    expectPictureGradient(`${name}.grad.x`, dx);
    expectGradient(`${name}.grad.w`, dw, reference.floats(`${name}.grad.w`));
  });
});

describe('as the reference: conv2dLayer', () => {
  it.each(casesOf(ops, 'convLayer'))('%s', async (name) => {
    const { kernel_size: size, activation: act, up, down, conv_clamp: clamp, gain } = optionsOf(ops, name);
    const activation = ACTIVATIONS.find((known) => known === act) ?? 'linear';
    const [outChannels, inChannels] = ops.info(`${name}.param.weight`).shape;
    const hasBias = ops.has(`${name}.param.bias`);
    const { dx, dw, db } = await runOnce((plan): { dx: Tensor; dw: Tensor; db: Tensor } => {
      const tape = startTape(plan);
      const x = imageInput(plan, ops, `${name}.in.x`);
      const { master, weight } = weightOf(plan, `${name}.param.weight`, {
        gain: convGain(inChannels!, size!),
        flip: oneFactor(up) > 1,
      });
      const biases = hasBias ? ops.floats(`${name}.param.bias`) : new Float32Array(outChannels!);
      const bias = plan.constant('bias', [outChannels!], biases);
      const factors = { up: oneFactor(up), down: oneFactor(down) };
      const y = conv2dLayer(plan, x, weight, { ...factors, activation, clamp, gain, bias });
      const seed = imageInput(plan, reference, `${name}.cot.y`);
      const [dx, dw, db] = gradientsOf(tape, y, seed, [x, master, bias]);
      return { dx: dx!, dw: dw!, db: db! };
    });
    expectPictureGradient(`${name}.grad.x`, dx);
    expectGradient(`${name}.grad.weight`, dw, reference.floats(`${name}.grad.weight`));
    if (hasBias) expectGradient(`${name}.grad.bias`, db, reference.floats(`${name}.grad.bias`));
  });
});

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: readonly [left: number, right: number, top: number, bottom: number];
}

const side = fc.constantFrom(-1, 0, 1, 2);
/** 3x3 and 1x1, with and without stride. */
const tiledCase = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 5, max: 13 }),
  width: fc.integer({ min: 5, max: 13 }),
  inChannels: fc.integer({ min: 1, max: 21 }),
  outChannels: fc.integer({ min: 1, max: 21 }),
  kernel: fc.constantFrom([3, 3] as const, [1, 1] as const),
  stride: fc.constantFrom(1, 2),
  padding: fc.tuple(side, side, side, side),
});

/** The discriminator's layers that halve the side: the blur has made it 2h + 1. */
const HALVING: Case = {
  batch: 2,
  height: 11,
  width: 17,
  inChannels: 9,
  outChannels: 6,
  kernel: [3, 3],
  stride: 2,
  padding: [0, 0, 0, 0],
};

const weightShape = ({ kernel, inChannels, outChannels }: Case) => [...kernel, padToFour(inChannels), outChannels];

/** Weights without anything in the rows of padded channels. */
function randomWeight(plan: PlanBuilder, shape: Case, seed: number): Tensor {
  const [height, width] = shape.kernel;
  const conv: ConvShape = [shape.outChannels, shape.inChannels, height, width];
  const stored = plan.constant('weight', [elementCount(conv)], randomValues(elementCount(conv), seed));
  return rearrange(plan, stored, tapsFirst(conv));
}

describe('conv2d and its gradients', () => {
  // Sums of up to 1800 products below 1, and for weights of up to 8400: rounding differs in the sixth digit, of sums of up to 100. The large ones are done in bands.
  it('give the same with the fast kernels as with the readable ones, padding included', async () => {
    const check = async (shape: Case, seed: number) => {
      const { fast, readable, dx, readableDx, dw, readableDw } = await runOnce((plan) => {
        const { batch, height, width, inChannels, stride, padding } = shape;
        const extents = [batch, height, width, inChannels];
        const x = plan.constant('x', extents, randomValues(elementCount(extents), seed));
        const weight = randomWeight(plan, shape, seed + 1);
        const options: Conv2dOptions = { stride, padding };
        const plain: Conv2dOptions = { ...options, isPlain: true };
        const fast = conv2d(plan, x, weight, options);
        const gradient = plan.constant('gradient', fast.shape, randomValues(elementCount(fast.shape), seed + 2));
        return {
          fast: withPadding(fast),
          readable: withPadding(conv2d(plan, x, weight, plain)),
          dx: withPadding(conv2dInputGradient(plan, gradient, weight, extents, options)),
          readableDx: withPadding(conv2dInputGradient(plan, gradient, weight, extents, plain)),
          dw: withPadding(conv2dWeightGradient(plan, x, gradient, weight.shape, options)),
          readableDw: withPadding(conv2dWeightGradient(plan, x, gradient, weight.shape, plain)),
        };
      });
      const label = JSON.stringify(shape);
      expectClose(label, fast, readable, 1e-4);
      expectClose(`input gradient ${label}`, dx, readableDx, 1e-4);
      expectClose(`weight gradient ${label}`, dw, readableDw, 1e-3);
    };
    await check(HALVING, 1);
    await check(
      { ...HALVING, height: 60, width: 70, inChannels: 200, outChannels: 5, stride: 1, padding: [1, 1, 1, 1] },
      2,
    );
    await check({ ...HALVING, height: 121, width: 71, inChannels: 100, outChannels: 5 }, 3);
    await fc.assert(fc.asyncProperty(tiledCase, fc.nat(1e6), check), { numRuns: 16, seed: 14 });
  });
});

describe('as a variant of the modulated convolution computes them:', () => {
  const shape: Case = { ...HALVING, inChannels: 21, outChannels: 18, stride: 1, padding: [1, 1, 1, 1] };
  const variants = CONV3X3_VARIANTS.filter(({ up }) => up === 1).map((variant) => ({ name: variant.name, variant }));

  it.each(variants)('conv2d and its input gradient by $name', async ({ variant }) => {
    const host = await testGpu();
    const { batch, height, width, inChannels, outChannels, padding } = shape;
    const layer = { batch, height, width, up: 1, halfWeights: false, trainableWeights: true } as const;
    if (!variant.supports({ ...layer, inChannels, outChannels }, host)) return;
    const { y, expectedY, dx, expectedDx } = await runOnce((plan) => {
      const extents = [batch, height, width, inChannels];
      const x = plan.constant('x', extents, randomValues(elementCount(extents), 5));
      const weight = randomWeight(plan, shape, 6);
      const expectedY = conv2d(plan, x, weight, { padding, isPlain: true });
      const gradient = plan.constant('gradient', expectedY.shape, randomValues(elementCount(expectedY.shape), 7));
      const conv: ConvShape = [outChannels, inChannels, 3, 3];
      const factors = (from: number, to: number) => ({
        styles: ones(plan, batch, from),
        demodulation: ones(plan, batch, to),
      });
      const forward = factors(inChannels, outChannels);
      const back = factors(outChannels, inChannels);
      const transposed = weightsFrom(plan, weight, conv, 'transposed');
      return {
        y: withPadding(modulatedConv3x3(plan, x, weightsFrom(plan, weight, conv), forward, {}, { variant })),
        expectedY: withPadding(expectedY),
        dx: withPadding(modulatedConv3x3(plan, gradient, transposed, back, {}, { variant })),
        expectedDx: withPadding(conv2dInputGradient(plan, gradient, weight, extents, { padding, isPlain: true })),
      };
    });
    expectClose(`${variant.name} forward`, y, expectedY, 2e-5);
    expectClose(`${variant.name} input gradient`, dx, expectedDx, 2e-5);
  });
});

const KINDS: readonly Case[] = [
  HALVING,
  { ...HALVING, stride: 1, padding: [1, 1, 1, 1] },
  { ...HALVING, kernel: [1, 1], stride: 1 },
  { ...HALVING, kernel: [5, 4], stride: 3, padding: [2, 1, -1, 3] },
];
const CHECKED = KINDS.map(ofRandomExtents);

function ofRandomExtents(shape: Case): Case {
  const ranges = [
    [1, 2],
    [4, 8],
    [4, 9],
    [1, 7],
    [1, 7],
  ] as const;
  const label = `${shape.kernel}, stride ${shape.stride}`;
  const [batch, height, width, inChannels, outChannels] = randomShape(label, ranges);
  return {
    ...shape,
    batch: batch!,
    height: height!,
    width: width!,
    inChannels: inChannels!,
    outChannels: outChannels!,
  };
}

const extentsOf = ({ batch, height, width, inChannels }: Case) => [batch, height, width, inChannels];
const titled = (shape: Case) => ({ title: `${shape.kernel.join(' x ')}, stride ${shape.stride}`, shape });

describe('difference quotients agree with the gradients of', () => {
  it.each(CHECKED.map(titled))('conv2d, $title', async ({ title, shape }) => {
    const shapes = { x: extentsOf(shape), weight: weightShape(shape) };
    await expectGradients(`conv2d ${title}`, shapes, (plan, { x, weight }) => conv2d(plan, x!, weight!, shape));
  });

  it.each([
    { title: '3 x 3, halving the side', kernel: 3, down: 2 },
    { title: '1 x 1, halving the side', kernel: 1, down: 2 },
    { title: '3 x 3, doubling the side', kernel: 3, up: 2 },
  ])('conv2dLayer, $title', async ({ title, kernel, ...factors }) => {
    const [batch, height, width, inChannels, outChannels] = randomShape(title, [
      [1, 2],
      [2, 4],
      [2, 4],
      [1, 6],
      [1, 6],
    ]);
    const x = [batch!, 2 * height!, 2 * width!, inChannels!];
    const shapes = { x, weight: [kernel, kernel, padToFour(inChannels!), outChannels!], bias: [outChannels!] };
    await expectGradients(`conv2dLayer ${title}, [${x}]`, shapes, (plan, { x, weight, bias }) =>
      conv2dLayer(plan, x!, weight!, { ...factors, bias, activation: 'softplus', gain: 0.8, clamp: 2 }),
    );
  });
});

describe('difference quotients agree with second derivatives:', () => {
  /** The gradient of a layer with respect to its input or its weights, which is what R1's penalty squares. */
  const slope = (shape: Case, to: 'x' | 'weight') => {
    return (plan: PlanBuilder, inputs: Record<string, Tensor>, tape: Tape) => {
      const { x, weight, bias } = inputs;
      const y = biasAct(plan, conv2d(plan, x!, weight!, shape), bias!, { activation: 'softplus' });
      const seed = plan.constant('inner seed', y.shape, randomValues(elementCount(y.shape), 77));
      return gradientsOf(tape, y, seed, [inputs[to]!])[0]!;
    };
  };

  it.each(CHECKED.map(titled))('the slope of $title, with an activation behind it', async ({ title, shape }) => {
    const shapes = { x: extentsOf(shape), weight: weightShape(shape), bias: [shape.outChannels] };
    await expectGradients(`slope to x, ${title}`, shapes, slope(shape, 'x'));
    await expectGradients(`slope to weight, ${title}`, shapes, slope(shape, 'weight'));
  });
});
