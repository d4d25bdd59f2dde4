/**
 * The convolutions for graphics cards where ops-modulated-conv.test.ts, which holds all variants against the reference vectors and on small random
 * shapes against the plain one, does not reach: several tiles along every axis, bands of rows, results stored as halves; and the autotune on a
 * real device.
 */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/gpu/tensor';
import type { StorageFormat } from '../../../src/gpu/tensor-host';
import { floatsFromHalves, halvesFromFloats } from '../../../src/numbers/half';
import { ConvLaboratory, tuneDevice } from '../../../src/pipelines/convolution/conv-laboratory';
import { layerOfKey } from '../../../src/pipelines/convolution/conv-tuning';
import type { Conv3x3Variant } from '../../../src/pipelines/convolution/conv3x3';
import { PLAIN } from '../../../src/pipelines/convolution/conv3x3-direct';
import { GEMM, GEMM_UNFILTERED, GEMM_UP2 } from '../../../src/pipelines/convolution/conv3x3-gemm';
import { SPLIT_K, SPLIT_K_UNFILTERED, SPLIT_K_UP2 } from '../../../src/pipelines/convolution/conv3x3-split-k';
import { BANDED, filteredInBands } from '../../../src/pipelines/convolution/conv3x3-up2';
import { variantsFor } from '../../../src/pipelines/convolution/conv3x3-variants';
import { WINOGRAD, winogradInBands } from '../../../src/pipelines/convolution/conv3x3-winograd';
import { modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { compareValues } from '../../../src/pipelines/reduction/compare-values';
import { type LayerShape, randomLayer, randomValues, withPadding } from '../conv-cases';
import { OP_TOLERANCE } from '../ops-cases';
import { expectClose, runOnce, testGpu } from '../support';

const drawn = { sharedNoise: false, halfWeights: false, seed: 20211215 };
/** Two tiles of pixels along both axes, two of 64 channels or more than one share of 16. */
const WIDE: LayerShape = { ...drawn, batch: 2, height: 17, width: 11, inChannels: 37, outChannels: 101 };
/** More rows than a tile has with up=2. */
const TALL: LayerShape = { ...drawn, batch: 2, height: 21, width: 3, inChannels: 9, outChannels: 6 };

/** Results up to 1.5, the clamp, rounded to 11 bits. */
const HALF_TOLERANCE = 2 ** -11 + OP_TOLERANCE;

/** Results of several variants for one layer with noise, bias, activation and clamp, padding included. */
async function results(shape: LayerShape, variants: readonly Conv3x3Variant[]): Promise<Float32Array[]> {
  const values = await runOnce((plan) => {
    const { x, operands, epilogue } = randomLayer(plan, shape);
    const run = (variant: Conv3x3Variant): Tensor => {
      const settings = epilogue({ height: shape.height * variant.up, width: shape.width * variant.up });
      return withPadding(modulatedConv3x3(plan, x, operands.weights, operands.styles, settings, { variant }));
    };
    return Object.fromEntries(variants.map((variant, index) => [`y${index}`, run(variant)]));
  });
  return Object.values(values);
}

describe('several tiles along every axis', () => {
  it.each([
    { title: 'up 1', reference: PLAIN, variants: [GEMM, WINOGRAD, SPLIT_K] },
    { title: 'up 2', reference: BANDED, variants: [GEMM_UP2, SPLIT_K_UP2] },
  ])('$title', async ({ reference, variants }) => {
    const [expected, ...actual] = await results(WIDE, [reference, ...variants]);
    variants.forEach(({ name }, index) => {
      expectClose(name, actual[index]!, expected!, OP_TOLERANCE);
    });
  });
});

describe('in bands of rows the same bits', () => {
  it.each([
    { title: 'winograd', whole: WINOGRAD, banded: winogradInBands(1) },
    { title: 'gemm, up 2', whole: GEMM_UP2, banded: filteredInBands(GEMM_UNFILTERED, 1) },
    { title: 'split-k, up 2', whole: SPLIT_K_UP2, banded: filteredInBands(SPLIT_K_UNFILTERED, 1) },
  ])('$title', async ({ title, whole, banded }) => {
    const [expected, actual] = await results(TALL, [whole, banded]);
    expectClose(title, actual!, expected!, 0);
  });
});

describe('with halves in memory', () => {
  it.each([
    { title: 'up 1, input and result', reference: PLAIN, variants: [GEMM, WINOGRAD, SPLIT_K], format: 'f16' },
    { title: 'up 2, input', reference: BANDED, variants: [GEMM_UP2, SPLIT_K_UP2], format: 'f32' },
  ] as const)('$title', async ({ reference, variants, format }) => {
    const { batch, height, width, inChannels, outChannels } = TALL;
    const pixels = floatsFromHalves(halvesFromFloats(randomValues(batch * height * width * inChannels, 1)));
    const values = await runOnce((plan) => {
      const { operands, epilogue } = randomLayer(plan, TALL);
      const run = (variant: Conv3x3Variant, inputFormat: StorageFormat, outputFormat: StorageFormat) => {
        const [outHeight, outWidth] = [height * variant.up, width * variant.up];
        const input = plan.constant('x', [batch, height, width, inChannels], pixels, inputFormat);
        const output = plan.scratch(variant.name, [batch, outHeight, outWidth, outChannels], outputFormat);
        const { weights, styles } = operands;
        const settings = epilogue({ height: outHeight, width: outWidth });
        variant.record(plan, { input, weights, ...styles, epilogue: settings, output });
        return withPadding(output);
      };
      const tensors = variants.map((variant) => [variant.name, run(variant, 'f16', format)] as const);
      return Object.fromEntries([['expected', run(reference, 'f32', 'f32')], ...tensors]);
    });
    for (const { name } of variants) {
      expectClose(name, values[name]!, values.expected!, format === 'f16' ? HALF_TOLERANCE : OP_TOLERANCE);
    }
  });
});

describe('the comparison of two results', () => {
  const expected = [1, -4, 2, 0.5, 0, 3];
  it.each([
    { title: 'tells the largest difference and magnitude', actual: [1, -4.5, 2, 0.25, 0, 3], result: [0.5, 4, 0] },
    { title: 'sees NaN', actual: [1, -4, Number.NaN, 0.5, 0, 3], result: [0, 4, 1] },
    { title: 'sees what is infinite', actual: [1, -4, 2, 0.5, Number.NEGATIVE_INFINITY, 3], result: [0, 4, 1] },
  ])('$title', async ({ title, actual, result }) => {
    const values = await runOnce((plan) => ({
      compared: compareValues(
        plan,
        plan.constant('actual', [2, 3], actual),
        plan.constant('expected', [2, 3], expected),
      ),
    }));
    expectClose(title, values.compared, Float32Array.from(result), 0);
  });
});

describe('the autotune', () => {
  const layers = ['up1 8x8 12>8', 'up2 4x4 8>8 halves'];

  it('chooses on this device variants that it supports, finds none of them wrong, and remembers', async () => {
    const gpu = await testGpu();
    const before = gpu.memory.bytesInUse;
    const stored = new Map<string, unknown>();
    const store = {
      get: async (key: string) => stored.get(key),
      set: async (key: string, value: unknown) => void stored.set(key, structuredClone(value)),
    };
    try {
      await tuneDevice(gpu, layers, store, 60_000);
      const first = gpu.convChoices;
      expect([...first.keys()].sort()).toEqual(layers);
      for (const [key, name] of first) {
        expect(variantsFor(layerOfKey(key)!, gpu).map((variant) => variant.name)).toContain(name);
      }
      expect(gpu.degradations.filter((degradation) => degradation.includes('convolution'))).toEqual([]);
      expect(gpu.memory.bytesInUse).toBe(before);

      expect([...stored.keys()].join()).toMatch(/, kernels [0-9a-f]{16}, f32$/); // other kernels are measured anew

      gpu.convChoices = new Map();
      await tuneDevice(gpu, layers, store, 0); // no time to measure anything
      expect(gpu.convChoices).toEqual(first);
    } finally {
      gpu.convChoices = new Map();
    }
  });

  it('finds a variant that agrees with the plain one, and refuses one that nobody knows', async () => {
    const laboratory = new ConvLaboratory(await testGpu());
    const trial = await laboratory.open(layerOfKey(layers[0]!)!);
    const { error, milliseconds } = await trial.run('gemm');
    expect(error).toBeLessThan(1e-5);
    expect(milliseconds).toBeGreaterThan(0);
    await expect(trial.run('of nobody')).rejects.toThrow(/does not support/);
    trial.close();
    laboratory.close();
  });
});
