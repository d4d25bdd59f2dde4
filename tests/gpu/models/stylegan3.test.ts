/**
 * StyleGAN3 against the reference: both whole networks layer by layer, the filtered leaky ReLU and the modulated convolution on their own;
 * and the kernels against plain loops in f64 on random shapes. Geometry and filters are in tests/unit/models/stylegan3.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { ShapeError } from '../../../src/gpu/errors';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tensor } from '../../../src/gpu/tensor';
import { mapping } from '../../../src/models/mapping';
import { ParameterStore } from '../../../src/models/parameters';
import { stylegan3NumWs } from '../../../src/models/stylegan3/geometry';
import { stylegan3Synthesis } from '../../../src/models/stylegan3/synthesis';
import { type ConvShape, squaredConvWeights } from '../../../src/pipelines/convolution/conv-weights';
import {
  modulatedConvFull,
  normalizeConvWeights,
  normalizedStyles,
} from '../../../src/pipelines/convolution/normalized-modulated-conv';
import { truncationValues } from '../../../src/pipelines/dense/truncation';
import {
  filteredLeakyRelu,
  IDENTITY_LOWPASS,
  type LowpassFilter,
} from '../../../src/pipelines/resampling/filtered-lrelu';
import { fourierFeatures } from '../../../src/pipelines/resampling/fourier-features';
import { convWeightsOf } from '../../support/conv-weights';
import { stylegan3Config, stylegan3MappingConfig } from '../../support/stylegan3-cases';
import {
  type FilteredLreluCase,
  filteredLreluOnCpu,
  fourierFeaturesOnCpu,
  fullConvOnCpu,
} from '../../support/stylegan3-cpu';
import { expectImage, imageInput, OP_TOLERANCE, plainInput } from '../ops-cases';
import { expectClose, fixture, runOnce, testGpu } from '../support';

const TOLERANCE = 5e-4; // of a whole stage; measured errors are printed
const vectors = await fixture('stylegan3');

const NETWORKS = ['T', 'R'] as const;
const FILTERED_LRELU_CASES = Object.keys(vectors.metadata).filter((name) => name.startsWith('flrelu_'));
/** Compared in tests/unit/models/stylegan3.test.ts. */
const PURE_CASES = /^(filter_radial12|[TR]\.(layers|input|layer_names))$/;

describe.each(NETWORKS)('network %s', (network) => {
  const outputs = vectors.names().filter((name) => name.startsWith(`${network}.out.ws`));

  it.each(outputs)('mapping: %s', async (output) => {
    const truncated = /ws_psi0(\d)_cut(\d+)$/.exec(output);
    const psi = truncated ? Number(truncated[1]) / 10 : 1;
    const store = new ParameterStore(await testGpu(), vectors);
    const { ws } = await runOnce((plan) => ({
      ws: mapping(plan, store.scope(`${network}.param.mapping.`), stylegan3MappingConfig(vectors, network), {
        z: plainInput(plan, vectors, `${network}.in.z`),
        c: vectors.has(`${network}.in.c`) ? plainInput(plan, vectors, `${network}.in.c`) : undefined,
        truncation: plan.constant(
          'truncation',
          [2],
          truncationValues(psi, truncated ? Number(truncated[2]) : undefined),
        ),
      }),
    }));
    store.destroy();
    expectClose(output, ws, vectors.floats(output), TOLERANCE);
  });

  it('synthesis: every layer and the picture', async () => {
    const layers = await runSynthesis(vectors, network);
    const { outputScale } = stylegan3Config(vectors, network);
    const names = vectors.names().filter((name) => name.startsWith(`${network}.layer.`));
    expect(Object.keys(layers).map((name) => `${network}.layer.${name}`)).toEqual(names);
    for (const [name, values] of Object.entries(layers)) {
      // The reference's last layer comes before the output scale, ours behind it.
      const isPicture = name === Object.keys(layers).at(-1);
      expectImage(
        vectors,
        `${network}.layer.${name}`,
        values.map((x) => (isPicture ? x / outputScale : x)),
        TOLERANCE,
      );
      if (isPicture) expectImage(vectors, `${network}.out.img`, values, TOLERANCE);
    }
  });

  it('synthesis: a file without filters has them designed', async () => {
    const isFilter = (name: string) => /\.(up|down)_filter$/.test(name);
    const withoutFilters: Checkpoint = {
      metadata: vectors.metadata,
      names: () => vectors.names().filter((name) => !isFilter(name)),
      has: (name) => !isFilter(name) && vectors.has(name),
      info: (name) => vectors.info(name),
      floats: (name) => {
        expect(isFilter(name), name).toBe(false);
        return vectors.floats(name);
      },
      ints: (name) => vectors.ints(name),
      bytes: (name) => vectors.bytes(name),
    };
    const layers = await runSynthesis(withoutFilters, network);
    expectImage(vectors, `${network}.out.img`, Object.values(layers).at(-1)!, TOLERANCE);
  });

  it('synthesis: refuses ws of another number', async () => {
    const store = new ParameterStore(await testGpu(), vectors);
    const config = stylegan3Config(vectors, network);
    const wire = runOnce((plan) => {
      const ws = plan.tensor('ws', [1, stylegan3NumWs(config) + 1, config.wDim]);
      return { image: stylegan3Synthesis(plan, store.scope(`${network}.param.synthesis.`), config, ws) };
    });
    await expect(wire).rejects.toThrow(ShapeError);
    store.destroy();
  });
});

/** What every layer makes of the reference's ws, channels last, by its name in the file. */
async function runSynthesis(checkpoint: Checkpoint, network: string): Promise<Record<string, Float32Array>> {
  const store = new ParameterStore(await testGpu(), checkpoint);
  const layers = await runOnce((plan) => {
    const taps: Record<string, Tensor> = {};
    const ws = plainInput(plan, vectors, `${network}.out.ws`);
    const weights = store.scope(`${network}.param.synthesis.`);
    stylegan3Synthesis(plan, weights, stylegan3Config(vectors, network), ws, ({ name, x }) => {
      taps[name] = x;
    });
    return taps;
  });
  store.destroy();
  return layers;
}

describe('filteredLeakyRelu', () => {
  it.each(FILTERED_LRELU_CASES)('%s', async (name) => {
    const options: {
      up: number;
      down: number;
      padding: number | [number, number, number, number];
      gain: number;
      slope: number;
      clamp: number | null;
    } = JSON.parse(vectors.metadata[name]!);
    const filter = (key: string): LowpassFilter | undefined => {
      if (!vectors.has(`${name}.param.${key}`)) return undefined;
      const taps = vectors.floats(`${name}.param.${key}`);
      return { size: taps.length, isSeparable: true, taps };
    };
    const { y } = await runOnce((plan) => ({
      y: filteredLeakyRelu(plan, imageInput(plan, vectors, `${name}.in.x`), plainInput(plan, vectors, `${name}.in.b`), {
        ...options,
        upFilter: filter('fu'),
        downFilter: filter('fd'),
        clamp: options.clamp ?? undefined,
      }),
    }));
    expectImage(vectors, `${name}.out.y`, y, OP_TOLERANCE);
  });

  const factor = fc.integer({ min: 1, max: 4 });
  const margin = fc.integer({ min: -2, max: 6 });
  const shapes: fc.Arbitrary<FilteredLreluCase> = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    height: fc.integer({ min: 3, max: 9 }),
    width: fc.integer({ min: 3, max: 9 }),
    channels: fc.integer({ min: 1, max: 9 }),
    up: factor,
    down: factor,
    upTaps: fc.integer({ min: 1, max: 12 }),
    downTaps: fc.integer({ min: 1, max: 9 }),
    isRadial: fc.boolean(),
    padding: fc.tuple(margin, margin, margin, margin),
    clamp: fc.constantFrom(undefined, 0.3),
  });

  it('gives on random shapes what plain loops give', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async (shape, seed) => {
        const { batch, height, width, channels, upTaps, downTaps, isRadial } = shape;
        const lost = upTaps + downTaps - 1;
        const [left, right, top, bottom] = shape.padding;
        fc.pre(height * shape.up + top + bottom >= lost && width * shape.up + left + right >= lost);
        const operands = {
          input: randomValues(batch * height * width * channels, seed),
          bias: randomValues(channels, seed + 1),
          upFilter: randomValues(upTaps, seed + 2),
          downFilter: randomValues(isRadial ? downTaps ** 2 : downTaps, seed + 3),
        };
        const { y } = await runOnce((plan) => ({
          y: filteredLeakyRelu(
            plan,
            plan.constant('x', [batch, height, width, channels], operands.input),
            plan.constant('bias', [channels], operands.bias),
            {
              ...shape,
              upFilter: { size: upTaps, isSeparable: true, taps: operands.upFilter },
              downFilter: { size: downTaps, isSeparable: !isRadial, taps: operands.downFilter },
            },
          ),
        }));
        expectClose(JSON.stringify(shape), y, filteredLreluOnCpu(shape, operands), OP_TOLERANCE);
      }),
      { numRuns: 20, seed: 20210623 },
    );
  });

  it('refuses what leaves nothing, filters that fit no workgroup, and filters of the wrong form', async () => {
    const wire = (options: Parameters<typeof filteredLeakyRelu>[3]) =>
      runOnce((plan) => ({
        y: filteredLeakyRelu(plan, plan.tensor('x', [1, 4, 4, 1]), plan.tensor('bias', [1]), options),
      }));
    await expect(wire({ padding: -2 })).rejects.toThrow(/nothing is left/);
    const long: LowpassFilter = { size: 40, isSeparable: true, taps: new Float32Array(40) };
    await expect(wire({ padding: 40, downFilter: long })).rejects.toThrow(/16384 bytes/);
    await expect(wire({ upFilter: { ...IDENTITY_LOWPASS, isSeparable: false } })).rejects.toThrow(/not separable/);
    await expect(wire({ upFilter: { ...long, size: 4 }, padding: 3 })).rejects.toThrow(/40 taps, expected 4/);
  });
});

/** Normalised styles and full convolution of weights in the stored order. */
function fullConv(
  plan: PlanBuilder,
  input: Tensor,
  stored: ArrayLike<number>,
  conv: ConvShape,
  styles: Tensor,
  gain = 1,
) {
  const normalized = normalizeConvWeights(stored, conv);
  const weights = convWeightsOf(
    plan,
    normalized.map((value) => value * gain),
    conv,
  );
  const squared = squaredConvWeights(normalized, conv);
  const squaredWeight = plan.constant('squared weight', squared.shape, squared.values);
  const layerStyles = normalizedStyles(plan, styles, squaredWeight);
  return modulatedConvFull(plan, input, weights, layerStyles);
}

describe('modulatedConvFull', () => {
  it('mod_conv_sg3', async () => {
    const options: { padding: number; demodulate: boolean } = JSON.parse(vectors.metadata.mod_conv_sg3!);
    const [outChannels, inChannels, height, width] = vectors.info('mod_conv_sg3.in.w').shape;
    expect(options).toEqual({ padding: height! - 1, demodulate: true });
    const { y } = await runOnce((plan) => ({
      y: fullConv(
        plan,
        imageInput(plan, vectors, 'mod_conv_sg3.in.x'),
        vectors.floats('mod_conv_sg3.in.w'),
        [outChannels!, inChannels!, height!, width!],
        plainInput(plan, vectors, 'mod_conv_sg3.in.s'),
        vectors.floats('mod_conv_sg3.in.input_gain')[0]!,
      ),
    }));
    expectImage(vectors, 'mod_conv_sg3.out.y', y, OP_TOLERANCE);
  });

  it('gives on random shapes what plain loops give, with kernels of side 1 and 3', async () => {
    const shapes = fc.record({
      batch: fc.integer({ min: 1, max: 2 }),
      height: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 1, max: 6 }),
      inChannels: fc.integer({ min: 1, max: 21 }),
      outChannels: fc.integer({ min: 1, max: 21 }),
      kernel: fc.constantFrom(1, 3),
    });
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async (shape, seed) => {
        const { batch, height, width, inChannels, outChannels, kernel } = shape;
        const input = randomValues(batch * height * width * inChannels, seed);
        const stored = randomValues(outChannels * inChannels * kernel ** 2, seed + 1);
        const styles = randomValues(batch * inChannels, seed + 2);
        const { y } = await runOnce((plan) => {
          const x = plan.constant('x', [batch, height, width, inChannels], input);
          const conv: ConvShape = [outChannels, inChannels, kernel, kernel];
          return { y: fullConv(plan, x, stored, conv, plan.constant('styles', [batch, inChannels], styles)) };
        });
        expectClose(JSON.stringify(shape), y, fullConvOnCpu(shape, { input, stored, styles }), OP_TOLERANCE);
      }),
      { numRuns: 25, seed: 3 },
    );
  });
});

it('fourierFeatures turns, moves, scales and damps', async () => {
  const [batch, channels, size] = [2, 7, 13];
  const options = { size, samplingRate: 16, bandwidth: 2 };
  const motion = Float32Array.from([0.6, -1.1, 0.3, -0.2, -2, 0.5, 0.7, 1.4]);
  const transform = Float32Array.from([0.9, -0.5, 0.2, 0.4, 1.3, -0.6, 0, 0, 1]);
  const waves = randomValues(channels * 3, 8).map((value) => value * 6); // some beyond the bandwidth, some beyond half the rate
  const { features } = await runOnce((plan) => ({
    features: fourierFeatures(plan, {
      motion: plan.constant('motion', [batch, 4], motion),
      transform: plan.constant('transform', [3, 3], transform),
      waves: plan.constant('waves', [channels, 3], waves),
      ...options,
    }),
  }));
  const expected = fourierFeaturesOnCpu({ batch, channels, ...options }, { motion, transform, waves });
  expect(expected.some((value) => value === 0)).toBe(true);
  expectClose('fourier features', features, expected, OP_TOLERANCE);
});

it('no case of the fixture is left out', () => {
  const compared = new Set<string>([...NETWORKS, ...FILTERED_LRELU_CASES, 'mod_conv_sg3']);
  for (const name of Object.keys(vectors.metadata)) {
    expect(compared.has(name) !== PURE_CASES.test(name), name).toBe(true);
  }
  for (const name of vectors.names()) {
    expect(compared.has(name.split('.')[0]!) || PURE_CASES.test(name), name).toBe(true);
    if (/\.out\./.test(name))
      expect(name).toMatch(/^[TR]\.out\.(ws|ws_psi07_cut5|img)$|^(flrelu_\w+|mod_conv_sg3)\.out\.y$/);
  }
});

/** Numbers in -1..1 that depend on the seed alone (a linear congruence, Numerical Recipes). */
function randomValues(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
