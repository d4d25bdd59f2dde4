/**
 * Modulated convolutions against the reference, and the tiled kernel against the plain one on random shapes. The kernels add the same
 * products in another order, so they differ by f32 rounding: sums of up to 630 products of magnitude 1 stay within 1e-4.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/gpu/errors';
import { PlanBuilder } from '../../src/gpu/plan';
import type { Tensor } from '../../src/gpu/tensor';
import { type ConvShape, prepareConv, squaredConvWeights } from '../../src/pipelines/conv-weights';
import { conv2d } from '../../src/pipelines/conv2d';
import { prepareFullyConnected } from '../../src/pipelines/fully-connected';
import {
  type Conv3x3Variant,
  demodulationCoefficients,
  modulatedConv3x3,
  modulatedConv3x3Up2,
} from '../../src/pipelines/modulated-conv';
import { rowBands } from '../../src/pipelines/row-bands';
import { toRgb } from '../../src/pipelines/to-rgb';
import { BINOMIAL_FILTER, upfirdn2d, upsample2d } from '../../src/pipelines/upfirdn2d';
import { casesOf, expectImage, imageInput, OP_TOLERANCE, oneFactor, optionsOf, plainInput } from './ops-cases';
import { expectClose, fixture, permute, runOnce, testGpu } from './support';

const ops = await fixture('ops');

/** Weights, styles and demodulation of a 3x3 case, from values in the stored order. */
function prepareOperands(plan: PlanBuilder, weight: Float32Array, conv: ConvShape, styles: Tensor) {
  const prepared = prepareConv(weight, conv);
  const squared = squaredConvWeights(weight, conv);
  const squaredWeight = plan.constant('squared weight', squared.shape, squared.values);
  const demodulation = demodulationCoefficients(plan, styles, squaredWeight);
  return { weight: plan.constant('weight', prepared.shape, prepared.values), styles: { styles, demodulation } };
}

function noiseOf(plan: PlanBuilder, name: string) {
  if (!ops.has(name)) return undefined;
  const [samples, , height, width] = ops.info(name).shape;
  return { values: plan.constant(name, [samples!, height!, width!], ops.floats(name)), strength: 1 };
}

function modulatedConvCase(plan: PlanBuilder, name: string, variant: Conv3x3Variant): Tensor {
  const { up, demodulate = true } = optionsOf(ops, name);
  const x = imageInput(plan, ops, `${name}.in.x`);
  const styles = plainInput(plan, ops, `${name}.in.styles`);
  const stored = ops.floats(`${name}.param.weight`);
  const [outChannels, inChannels, height, width] = ops.info(`${name}.param.weight`).shape;
  if (!demodulate) {
    const { shape, values } = prepareFullyConnected(stored, outChannels!, inChannels!, 1);
    return toRgb(plan, x, { weight: plan.constant('weight', shape, values), styles });
  }
  const operands = prepareOperands(plan, stored, [outChannels!, inChannels!, height!, width!], styles);
  const noise = noiseOf(plan, `${name}.in.noise`);
  return oneFactor(up) === 2
    ? modulatedConv3x3Up2(plan, x, operands.weight, operands.styles, { noise })
    : modulatedConv3x3(plan, x, operands.weight, operands.styles, { noise }, variant);
}

describe.each(['plain', 'tiled'] as const)('modulated convolution (%s) against the reference', (variant) => {
  it.each(casesOf(ops, 'modulatedConv'))('%s', async (name) => {
    expect(optionsOf(ops, name).padding ?? 1).toBe(1);
    const { y } = await runOnce((plan) => ({ y: modulatedConvCase(plan, name, variant) }));
    expectImage(ops, `${name}.out.y`, y);
  });
});

/** Numbers in -1..1 that depend on the seed alone (a linear congruence, Numerical Recipes). */
function randomValues(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const layerShape = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 1, max: 13 }),
  width: fc.integer({ min: 1, max: 13 }),
  inChannels: fc.integer({ min: 1, max: 70 }),
  outChannels: fc.integer({ min: 1, max: 70 }),
  sharedNoise: fc.boolean(),
  seed: fc.nat(),
});

type LayerShape = typeof layerShape extends fc.Arbitrary<infer Shape> ? Shape : never;

function randomLayer(plan: PlanBuilder, shape: LayerShape) {
  const { batch, height, width, inChannels, outChannels, sharedNoise, seed } = shape;
  const random = (label: string, extents: number[], stream: number) =>
    plan.constant(
      label,
      extents,
      randomValues(
        extents.reduce((a, b) => a * b),
        seed + stream,
      ),
    );
  const x = random('x', [batch, height, width, inChannels], 1);
  const styles = random('styles', [batch, inChannels], 2);
  const stored = randomValues(outChannels * inChannels * 9, seed + 3);
  const conv: ConvShape = [outChannels, inChannels, 3, 3];
  const operands = prepareOperands(plan, stored, conv, styles);
  const epilogue = (side: { height: number; width: number }) => ({
    bias: random('bias', [outChannels], 4),
    noise: { values: random('noise', [sharedNoise ? 1 : batch, side.height, side.width], 5), strength: 0.7 },
    activation: 'lrelu' as const,
    clamp: 1.5,
  });
  return { x, styles, stored, conv, operands, epilogue };
}

const withPadding = (tensor: Tensor): Tensor => ({ ...tensor, shape: [...tensor.shape.slice(0, -1), tensor.stride] });

describe('modulated convolution on random shapes', () => {
  it('gives the same tiled and plain, padding included', async () => {
    await fc.assert(
      fc.asyncProperty(layerShape, async (shape) => {
        const { plain, tiled } = await runOnce((plan) => {
          const { x, operands, epilogue } = randomLayer(plan, shape);
          const run = (variant: Conv3x3Variant) =>
            withPadding(modulatedConv3x3(plan, x, operands.weight, operands.styles, epilogue(shape), variant));
          return { plain: run('plain'), tiled: run('tiled') };
        });
        expectClose(JSON.stringify(shape), tiled, plain, OP_TOLERANCE);
        const stride = Math.ceil(shape.outChannels / 4) * 4;
        expect(tiled.every((value, index) => index % stride < shape.outChannels || value === 0)).toBe(true);
      }),
      { numRuns: 25, seed: 20211215 },
    );
  });

  it('gives with up=2 the same as zero insertion, plain convolution and filter one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(layerShape, async (drawn) => {
        const shape = { ...drawn, sharedNoise: true };
        const { fused, stepwise } = await runOnce((plan) => {
          const { x, stored, conv, styles, operands } = randomLayer(plan, shape);
          const ones = plan.constant('ones', styles.shape, new Float32Array(shape.batch * shape.inChannels).fill(1));
          const onesOut = plan.constant(
            'ones',
            [shape.batch, shape.outChannels],
            new Float32Array(shape.batch * shape.outChannels).fill(1),
          );
          const steps = prepareConv(stored, conv, { flip: true });
          const weight = plan.constant('flipped', steps.shape, steps.values);
          const zeros = upfirdn2d(plan, x, undefined, { up: 2, padding: 2 });
          const wide = conv2d(plan, zeros, weight);
          return {
            fused: withPadding(modulatedConv3x3Up2(plan, x, operands.weight, { styles: ones, demodulation: onesOut })),
            stepwise: withPadding(upfirdn2d(plan, wide, BINOMIAL_FILTER, { padding: [1, 0, 1, 0], gain: 4 })),
          };
        });
        expectClose(JSON.stringify(shape), fused, stepwise, OP_TOLERANCE);
      }),
      { numRuns: 12, seed: 5 },
    );
  });
});

describe('up=2 in bands of rows', () => {
  /** From one tile of rows at a time to the whole picture at once. */
  const bandBytes = fc.integer({ min: 1, max: 200_000 });

  it('gives the same whatever memory it may take, noise and padding included', async () => {
    await fc.assert(
      fc.asyncProperty(layerShape, bandBytes, async (shape, bytes) => {
        const sizes: number[] = [];
        const { whole, banded } = await runOnce((plan) => {
          const { x, operands, epilogue } = randomLayer(plan, shape);
          const settings = epilogue({ height: shape.height * 2, width: shape.width * 2 });
          const run = (unfilteredBytes: number) => {
            const before = plan.dispatchCount;
            const y = withPadding(
              modulatedConv3x3Up2(plan, x, operands.weight, operands.styles, settings, unfilteredBytes),
            );
            sizes.push(plan.dispatchCount - before);
            return y;
          };
          return { whole: run(Number.POSITIVE_INFINITY), banded: run(bytes) };
        });
        expect(sizes[0]).toBe(2);
        expect(sizes[1]).toBeGreaterThanOrEqual(2);
        expectClose(`${sizes[1]} dispatches, ${JSON.stringify(shape)}`, banded, whole, 0);
      }),
      { numRuns: 25, seed: 11 },
    );
  });
});

describe('toRgb', () => {
  const channels = { inChannels: 6, outChannels: 5 };
  const [batch, height, width] = [2, 6, 10];

  function picture(plan: PlanBuilder, skip: Tensor | undefined): Tensor {
    const { shape, values } = prepareFullyConnected(randomValues(30, 1), channels.outChannels, channels.inChannels, 1);
    return toRgb(plan, plan.constant('x', [batch, height, width, 6], randomValues(batch * height * width * 6, 2)), {
      weight: plan.constant('weight', shape, values),
      styles: plan.constant('styles', [batch, 6], randomValues(batch * 6, 3)),
      bias: plan.constant('bias', [5], randomValues(5, 4)),
      clamp: 0.8,
      skip,
    });
  }

  it('adds a skip of half the side doubled by the filter, behind the clamp', async () => {
    const small = randomValues(batch * (height / 2) * (width / 2) * 5, 5);
    const { alone, together, doubled } = await runOnce((plan) => {
      const skip = plan.constant('skip', [batch, height / 2, width / 2, 5], small);
      return {
        alone: picture(plan, undefined),
        together: picture(plan, skip),
        doubled: upsample2d(plan, skip, BINOMIAL_FILTER),
      };
    });
    expectClose(
      'toRgb with doubled skip',
      together,
      alone.map((value, index) => value + doubled[index]!),
      1e-6,
    );
  });

  it('adds the first channels of a wider skip of the same side as they are', async () => {
    const wide = randomValues(batch * height * width * 9, 6);
    const { alone, together } = await runOnce((plan) => ({
      alone: picture(plan, undefined),
      together: picture(plan, plan.constant('skip', [batch, height, width, 9], wide)),
    }));
    const expected = alone.map((value, index) => value + wide[Math.floor(index / 5) * 9 + (index % 5)]!);
    expectClose('toRgb with plain skip', together, expected, 1e-6);
  });

  it('refuses a skip of any other size', async () => {
    const wire = runOnce((plan) => ({ y: picture(plan, plan.tensor('skip', [batch, 4, 10, 5])) }));
    await expect(wire).rejects.toThrow(ShapeError);
  });
});

it('prepares weights so that a vector holds four output channels', () => {
  const stored = randomValues(2 * 3 * 9, 9);
  const { shape, values } = prepareConv(stored, [2, 3, 3, 3]);
  const inOrder = permute(stored, [2, 3, 3, 3], [2, 3, 1, 0]); // [kh, kw, in, out], without the fourth, empty input channel
  expect(shape).toEqual([3, 3, 4, 2]);
  expectClose(
    'weights',
    values.filter((_, index) => index % 8 < 6),
    inOrder,
    0,
  );
});

it('splits the rows of a long convolution into bands on a software adapter, and nowhere else', async () => {
  const gpu = await testGpu();
  const bands = rowBands(new PlanBuilder(gpu, 'bands'), 10, 1e9, 4);
  const ends = gpu.adapter.isSoftware ? [4, 8, 10] : [10];
  expect(bands.map(({ endRow }) => endRow)).toEqual(ends);
  expect(bands.map(({ firstRow }) => firstRow)).toEqual([0, ...ends.slice(0, -1)]);
});
