/**
 * Modulated convolutions against the reference, and all variants against the plain one on random shapes. They add the same products in
 * another order, so they differ by f32 rounding: sums of up to 630 products of magnitude 1 stay within 1e-4.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowBands } from '../../../src/gpu/dispatch-grid';
import { PlanBuilder } from '../../../src/gpu/plan';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import type { StorageFormat } from '../../../src/gpu/tensor-host';
import { floatsFromHalves, halvesFromFloats } from '../../../src/numbers/half';
import { prepareConv } from '../../../src/pipelines/convolution/conv-weights';
import { conv2d } from '../../../src/pipelines/convolution/conv2d';
import type { Conv3x3Variant } from '../../../src/pipelines/convolution/conv3x3';
import { PLAIN, TILED } from '../../../src/pipelines/convolution/conv3x3-direct';
import { SAMPLED, sampledUp2 } from '../../../src/pipelines/convolution/conv3x3-sampled';
import { BANDED, filteredInBands } from '../../../src/pipelines/convolution/conv3x3-up2';
import { CONV3X3_VARIANTS, chooseVariant } from '../../../src/pipelines/convolution/conv3x3-variants';
import { modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { BINOMIAL_FILTER, upfirdn2d } from '../../../src/pipelines/resampling/upfirdn2d';
import { convWeightsOf } from '../../support/conv-weights';
import { type LayerShape, layerShape, prepareOperands, randomLayer, randomValues, withPadding } from '../conv-cases';
import { casesOf, expectImage, imageInput, OP_TOLERANCE, oneFactor, optionsOf, plainInput } from '../ops-cases';
import { expectClose, fixture, permute, runOnce, testGpu } from '../support';

const ops = await fixture('ops');
const named = (variant: Conv3x3Variant) => ({ title: `${variant.name}, up ${variant.up}`, variant });
const convolutions = casesOf(ops, 'modulatedConv').filter((name) => optionsOf(ops, name).demodulate !== false);

function noiseOf(plan: PlanBuilder, name: string) {
  if (!ops.has(name)) return undefined;
  const [samples, , height, width] = ops.info(name).shape;
  return { values: plan.constant(name, [samples!, height!, width!], ops.floats(name)), strength: 1 };
}

function referenceCase(plan: PlanBuilder, name: string, variant: Conv3x3Variant): Tensor {
  const x = imageInput(plan, ops, `${name}.in.x`);
  const styles = plainInput(plan, ops, `${name}.in.styles`);
  const [outChannels, inChannels, height, width] = ops.info(`${name}.param.weight`).shape;
  const conv = [outChannels!, inChannels!, height!, width!] as const;
  const operands = prepareOperands(plan, ops.floats(`${name}.param.weight`), conv, styles);
  const noise = noiseOf(plan, `${name}.in.noise`);
  return modulatedConv3x3(plan, x, operands.weights, operands.styles, { noise }, { variant });
}

describe.each(CONV3X3_VARIANTS.map(named))('modulated convolution ($title) against the reference', ({ variant }) => {
  it.each(convolutions.filter((name) => oneFactor(optionsOf(ops, name).up) === variant.up))('%s', async (name) => {
    expect(optionsOf(ops, name).padding ?? 1).toBe(1);
    const { y } = await runOnce((plan) => ({ y: referenceCase(plan, name, variant) }));
    expectImage(ops, `${name}.out.y`, y);
  });
});

/** Both variants' results of one random layer, with noise, bias, activation and clamp, padding included. */
function compared(shape: LayerShape, variant: Conv3x3Variant, reference: Conv3x3Variant) {
  return runOnce((plan) => {
    const { x, operands, epilogue } = randomLayer(plan, shape);
    const settings = epilogue({ height: shape.height * variant.up, width: shape.width * variant.up });
    const run = (one: Conv3x3Variant) =>
      withPadding(modulatedConv3x3(plan, x, operands.weights, operands.styles, settings, { variant: one }));
    return { actual: run(variant), expected: run(reference) };
  });
}

describe('modulated convolution on random shapes', () => {
  const references = { 1: PLAIN, 2: BANDED } as const;
  const others = CONV3X3_VARIANTS.filter((variant) => variant !== references[variant.up]);

  it.each(others.map(named))('gives the same with $title as the reference, padding included', async ({ variant }) => {
    const { adapter, limits, features } = await testGpu();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(layerShape, async (shape) => {
        const layer = { ...shape, up: variant.up };
        if (!variant.supports(layer, { adapter, limits, features })) return;
        const { actual, expected } = await compared(shape, variant, references[variant.up]);
        expectClose(JSON.stringify(shape), actual, expected, OP_TOLERANCE);
        const stride = Math.ceil(shape.outChannels / 4) * 4;
        expect(actual.every((value, index) => index % stride < shape.outChannels || value === 0)).toBe(true);
        runs++;
      }),
      { numRuns: 25, seed: 20211215 },
    );
    expect(runs).toBeGreaterThan(5);
  });

  it('gives with up=2 the same as zero insertion, plain convolution and filter one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(layerShape, async (shape) => {
        const { fused, stepwise } = await runOnce((plan) => {
          const { x, stored, conv } = randomLayer(plan, shape);
          const ones = (count: number) =>
            plan.constant('ones', [shape.batch, count], new Float32Array(shape.batch * count).fill(1));
          const styles = { styles: ones(shape.inChannels), demodulation: ones(shape.outChannels) };
          const steps = prepareConv(stored, conv, { flip: true });
          const weight = plan.constant('flipped', steps.shape, steps.values);
          const zeros = upfirdn2d(plan, x, undefined, { up: 2, padding: 2 });
          const wide = conv2d(plan, zeros, weight);
          return {
            fused: withPadding(
              modulatedConv3x3(plan, x, convWeightsOf(plan, stored, conv), styles, {}, { variant: BANDED }),
            ),
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

  const kinds = [
    { title: 'a tensor', inBands: (bytes: number) => filteredInBands(undefined, bytes), dispatches: () => 2 },
    { title: 'a texture', inBands: sampledUp2, dispatches: (batch: number) => 3 * batch },
  ];

  it.each(kinds)('gives the same whatever memory $title may take, noise and padding included', async (kind) => {
    const gpu = await testGpu();
    await fc.assert(
      fc.asyncProperty(layerShape, bandBytes, async (shape, bytes) => {
        const layer = { ...shape, up: 2 } as const;
        if (!kind.inBands(bytes).supports(layer, gpu)) return;
        const sizes: number[] = [];
        const { whole, banded } = await runOnce((plan) => {
          const { x, operands, epilogue } = randomLayer(plan, shape);
          const settings = epilogue({ height: shape.height * 2, width: shape.width * 2 });
          const run = (unfilteredBytes: number) => {
            const before = plan.dispatchCount;
            const variant = kind.inBands(unfilteredBytes);
            const y = modulatedConv3x3(plan, x, operands.weights, operands.styles, settings, { variant });
            sizes.push(plan.dispatchCount - before);
            return withPadding(y);
          };
          return { whole: run(Number.POSITIVE_INFINITY), banded: run(bytes) };
        });
        expect(sizes[0]).toBe(kind.dispatches(shape.batch));
        expect(sizes[1]).toBeGreaterThanOrEqual(sizes[0]!);
        expectClose(`${sizes[1]} dispatches, ${JSON.stringify(shape)}`, banded, whole, 0);
      }),
      { numRuns: 25, seed: 11 },
    );
  });
});

it('gives the same when a staged picture is too large for one band', async () => {
  const gpu = await testGpu();
  const shape = { batch: 2, height: 64, width: 64, inChannels: 200, outChannels: 5, sharedNoise: false, seed: 3 };
  if (!SAMPLED.supports({ ...shape, up: 1, halfWeights: false }, gpu)) return;
  const { actual, expected } = await compared({ ...shape, halfWeights: false }, SAMPLED, TILED);
  expectClose('two bands', actual, expected, OP_TOLERANCE);
});

// Halves have 11 significant bits: results of up to 1.5 (the clamp) are rounded by half of 2^-10.
it.each(CONV3X3_VARIANTS.map(named))('takes and gives halves with $title', async ({ variant }) => {
  const gpu = await testGpu();
  const shape = { batch: 1, height: 6, width: 9, inChannels: 20, outChannels: 18, sharedNoise: true, seed: 7 };
  if (!variant.supports({ ...shape, up: variant.up, halfWeights: true }, gpu)) return;
  const { halves, floats } = await runOnce((plan) => {
    const { operands, epilogue } = randomLayer(plan, { ...shape, halfWeights: true });
    const settings = epilogue({ height: shape.height * variant.up, width: shape.width * variant.up });
    const extents = [shape.batch, shape.height, shape.width, shape.inChannels];
    const values = floatsFromHalves(halvesFromFloats(randomValues(elementCount(extents), shape.seed)));
    const run = (format: StorageFormat) => {
      const x = plan.constant('x', extents, values, format);
      return modulatedConv3x3(plan, x, operands.weights, operands.styles, { ...settings, format }, { variant });
    };
    return { halves: run('f16'), floats: run('f32') };
  });
  expectClose('halves', halves, floats, 2 ** -11 * 1.5);
});

describe('the variant of a layer', () => {
  const layer = { batch: 1, height: 16, width: 16, inChannels: 64, outChannels: 64, up: 1, halfWeights: true } as const;

  it.each([1, 2] as const)('is one that the device supports, up %i', async (up) => {
    const gpu = await testGpu();
    for (const isSoftware of [false, true]) {
      for (const features of [undefined, gpu.features]) {
        const device = { adapter: { isSoftware }, limits: gpu.limits, features };
        const chosen = chooseVariant({ ...layer, up }, device);
        expect(chosen.up).toBe(up);
        expect(chosen.supports({ ...layer, up }, device)).toBe(true);
      }
    }
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
