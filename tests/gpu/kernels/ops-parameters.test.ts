/**
 * What the device derives from the masters of trainable parameters is what the processor derives from frozen ones, and gradients find their way
 * back to the masters.
 */
import { describe, expect, it } from 'vitest';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { denseLayer } from '../../../src/models/dense-layer';
import { ParameterStore } from '../../../src/models/parameters';
import {
  type ConvShape,
  type ConvWeights,
  squaredConvShape,
  squaredConvWeights,
  TAPS_FIRST,
  tapsFirst,
  type WeightLayout,
} from '../../../src/pipelines/convolution/conv-weights';
import { CONV3X3_VARIANTS } from '../../../src/pipelines/convolution/conv3x3-variants';
import { normalizedWeights, squaredWeights } from '../../../src/pipelines/convolution/derived-weights';
import { modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { modulatedConvFull, normalizeConvWeights } from '../../../src/pipelines/convolution/normalized-modulated-conv';
import { toRgb } from '../../../src/pipelines/convolution/to-rgb';
import { fullyConnected, inputsFirst } from '../../../src/pipelines/dense/fully-connected';
import { type Arrangement, arranged, rearrange, unchanged } from '../../../src/pipelines/dense/rearrange';
import { startTape } from '../../../src/pipelines/gradients';
import { packDecoder } from '../../../src/pipelines/volume/decoder';
import { packDecoderTensors } from '../../../src/pipelines/volume/pack-decoder';
import { DEFAULT_LIMITS } from '../../full-size';
import { randomValues } from '../conv-cases';
import { expectClose, fixture, runOnce, testGpu } from '../support';

/** No multiples of four, more channels than a tile, and 1 x 1. */
const CONVOLUTIONS: readonly ConvShape[] = [
  [5, 3, 3, 3],
  [8, 4, 3, 3],
  [33, 17, 3, 3],
  [6, 7, 1, 1],
];

/** All layouts that kernels ask of weights that are no texels, from wiring every one of them. */
function askedFor(): WeightLayout[] {
  const layouts = new Set<WeightLayout>();
  const host = new MemorySurvey({ adapter: { isSoftware: false }, limits: DEFAULT_LIMITS });
  const plan = new PlanBuilder(host, 'test');
  const weights = (shape: ConvShape): ConvWeights => ({
    label: 'weight',
    shape,
    areHalves: false,
    areTrainable: true,
    as(layout) {
      layouts.add(layout);
      return plan.tensor('weight', layout.shapeOf(shape));
    },
    asTexture: () => expect.fail('there are no texels of trainable weights'),
  });
  const x = plan.tensor('x', [1, 8, 8, 32]);
  const styles = { styles: plan.tensor('styles', [1, 32]), demodulation: plan.tensor('demodulation', [1, 32]) };
  const layer = { batch: 1, height: 8, width: 8, inChannels: 32, outChannels: 32, halfWeights: false };
  for (const variant of CONV3X3_VARIANTS) {
    if (!variant.supports({ ...layer, up: variant.up, trainableWeights: true }, host)) continue;
    modulatedConv3x3(plan, x, weights([32, 32, 3, 3]), styles, {}, { variant });
  }
  modulatedConvFull(plan, x, weights([32, 32, 1, 1]), styles);
  toRgb(plan, x, { weights: weights([32, 32, 1, 1]), styles: styles.styles });
  plan.discard();
  return [...layouts];
}

const sameBits = (a: Float32Array, b: Float32Array) => {
  const [bits, others] = [a, b].map((values) => new Uint32Array(values.buffer, values.byteOffset, values.length));
  return a.length === b.length && bits!.every((value, index) => value === others![index]);
};

const stored = (plan: PlanBuilder, values: Float32Array, label = 'weight') =>
  plan.constant(label, [values.length], values);

describe.each(askedFor().map((layout) => ({ name: layout.name, layout })))('the layout "$name"', ({ layout }) => {
  const is3x3Only = layout !== TAPS_FIRST;
  it.each(CONVOLUTIONS.filter(([, , height]) => !is3x3Only || height === 3))(
    '[%i, %i, %i, %i]: the device derives what the processor does',
    async (...conv) => {
      const values = randomValues(elementCount(conv), 7);
      const prepared = layout.prepare(values, conv);
      const { device } = await runOnce((plan) => ({ device: layout.derive(plan, stored(plan, values), conv, 'f32') }));
      if (layout === TAPS_FIRST) expect(sameBits(device, prepared)).toBe(true);
      else expectClose(layout.name, device, prepared, 1e-6); // sums of nine numbers below 1, rounded at each step
      if (!layout.allowsHalves) return;
      const halves = await runOnce((plan) => ({
        device: layout.derive(plan, stored(plan, values), conv, 'f16'),
        processor: plan.constant('weight', layout.shapeOf(conv), prepared, 'f16'),
      }));
      expect(sameBits(halves.device, halves.processor)).toBe(true);
    },
  );
});

it('the layouts are those that are known', () => {
  expect(askedFor().map(({ name }) => name)).toEqual(['taps first', 'winograd 2x2']);
});

const ARRANGEMENTS: readonly { title: string; arrangement: Arrangement; count: number; factor?: number }[] = [
  { title: 'turned kernels', arrangement: tapsFirst([5, 3, 3, 3], true), count: 135 },
  { title: 'a matrix', arrangement: inputsFirst(7, 10), count: 70 },
  { title: 'a matrix with a gain that is a power of two', arrangement: inputsFirst(7, 10), count: 70, factor: 0.25 },
  { title: 'rows that get padding', arrangement: unchanged([3, 3]), count: 9 },
  {
    title: 'a constant, repeated and channels last',
    arrangement: {
      shape: [3, 4, 4, 5],
      axes: [
        { extent: 3, from: 0, to: 80 },
        { extent: 16, from: 1, to: 5 },
        { extent: 5, from: 16, to: 1 },
      ],
    },
    count: 80,
  },
];

describe('arrangements', () => {
  it.each(ARRANGEMENTS)('$title: the same bits on both', async ({ arrangement, count, factor }) => {
    const values = randomValues(count, 11);
    values[0] = -0;
    const { device } = await runOnce((plan) => ({
      device: rearrange(plan, stored(plan, values), arrangement, { factor }),
    }));
    expect(sameBits(device, arranged(values, arrangement, factor).values)).toBe(true);
  });

  it('with another gain: the gain is rounded to f32 first', async () => {
    const values = randomValues(70, 12);
    const gain = 0.01 / Math.sqrt(10);
    const { device } = await runOnce((plan) => ({
      device: rearrange(plan, stored(plan, values), inputsFirst(7, 10), { factor: gain }),
    }));
    expect(sameBits(device, arranged(values, inputsFirst(7, 10), Math.fround(gain)).values)).toBe(true);
  });

  it('refuses loops that leave the source, and loops that meet in one place', async () => {
    const plan = new PlanBuilder(await testGpu(), 'test');
    const source = plan.constant('weight', [8], new Float32Array(8));
    expect(() => rearrange(plan, source, unchanged([9]))).toThrow(/places 0 to 8 of "weight", which has 8/);
    const twice = [
      { extent: 2, from: 4, to: 3 },
      { extent: 4, from: 1, to: 1 },
    ];
    expect(() => rearrange(plan, source, { shape: [8], axes: twice })).toThrow(/cannot be told/);
    plan.discard();
  });
});

describe('derived by sums', () => {
  it.each(CONVOLUTIONS)('[%i, %i, %i, %i]: squares and norms', async (...conv) => {
    const values = randomValues(elementCount(conv), 13);
    const { squares, normalized } = await runOnce((plan) => ({
      squares: squaredWeights(plan, stored(plan, values), conv),
      normalized: normalizedWeights(plan, stored(plan, values), conv),
    }));
    expectClose('squares', squares, squaredConvWeights(values, conv).values, 2e-6); // sums of nine squares below 1
    expectClose('normalised', normalized, normalizeConvWeights(values, conv), 2e-6); // numbers up to about 2
  });

  it('the packed decoder', async () => {
    const extents = { planeChannels: 8, decoderHiddenWidth: 12, decoderOutputs: 4 };
    const arrays = {
      hiddenWeight: randomValues(96, 1),
      hiddenBias: randomValues(12, 2),
      outputWeight: randomValues(60, 3),
      outputBias: randomValues(5, 4),
    };
    const { packed } = await runOnce((plan) => {
      const tensors = Object.entries(arrays).map(([name, values]) => [name, stored(plan, values, name)]);
      return { packed: packDecoderTensors(plan, Object.fromEntries(tensors), extents, 0.5) };
    });
    expectClose('packed decoder', packed, packDecoder(arrays, extents, 0.5), 2e-6); // sums of twelve numbers below 0.3
  });
});

/**
 * The gradient of a loss that weighs the derived numbers: sum of weights * derived.
 * @param weights of the derived numbers, as many as there are
 */
async function gradientOf(
  values: Float32Array,
  weights: Float32Array,
  derive: (plan: PlanBuilder, master: Tensor) => Tensor,
): Promise<Float32Array> {
  const { gradient } = await runOnce((plan) => {
    const tape = startTape(plan);
    const master = stored(plan, values);
    const derived = derive(plan, master);
    const seed = plan.constant('weights of the loss', derived.shape, weights);
    const [found] = tape.gradients([{ of: derived, gradient: seed }], [master]);
    return { gradient: found! };
  });
  return gradient;
}

/** The same by central differences on the processor, of which the loss must be a double. */
function differences(values: Float32Array, loss: (values: Float32Array) => number): Float32Array {
  const step = 2 ** -7; // small against the numbers, and exact as a float beside them
  return values.map((value, at) => {
    const moved = values.slice();
    moved[at] = value + step;
    const above = moved[at]!;
    const up = loss(moved);
    moved[at] = value - step;
    return (up - loss(moved)) / (above - moved[at]!);
  });
}

const weighed = (weights: Float32Array, numbers: ArrayLike<number>) =>
  weights.reduce((sum, weight, at) => sum + weight * numbers[at]!, 0);

describe('gradients reach the master', () => {
  it.each(askedFor().map((layout) => ({ name: layout.name, layout })))('through "$name"', async ({ layout }) => {
    const conv: ConvShape = [5, 3, 3, 3];
    const values = randomValues(135, 21);
    const weights = randomValues(elementCount(layout.shapeOf(conv)), 22);
    const gradient = await gradientOf(values, weights, (plan, master) => layout.derive(plan, master, conv, 'f32'));
    // A layout is linear in the weights, so a whole step tells the gradient: 16 sums of nine numbers below 1.
    const expected = values.map((_, at) => {
      const unit = new Float32Array(135);
      unit[at] = 1;
      return weighed(weights, layout.prepare(unit, conv));
    });
    expectClose(layout.name, gradient, expected, 1e-6);
  });

  it.each(ARRANGEMENTS)('through $title', async ({ arrangement, count, factor = 1 }) => {
    const values = randomValues(count, 23);
    const weights = randomValues(elementCount(arrangement.shape), 24);
    const gradient = await gradientOf(values, weights, (plan, master) =>
      rearrange(plan, master, arrangement, { factor }),
    );
    const expected = values.map((_, at) => {
      const unit = new Float32Array(count);
      unit[at] = 1;
      return weighed(weights, arranged(unit, arrangement, factor).values);
    });
    expectClose('gradient', gradient, expected, 1e-6); // at most three numbers below 1 are added
  });

  it.each<ConvShape>([
    [5, 3, 3, 3],
    [3, 7, 1, 1],
  ])('[%i, %i, %i, %i]: through squares', async (...conv) => {
    const values = randomValues(elementCount(conv), 25);
    const weights = randomValues(elementCount(squaredConvShape(conv)), 26);
    const gradient = await gradientOf(values, weights, (plan, master) => squaredWeights(plan, master, conv));
    const loss = (moved: Float32Array) => {
      const [outChannels, inChannels, height, width] = conv;
      let sum = 0;
      moved.forEach((value, at) => {
        const input = Math.floor(at / (height * width)) % inChannels;
        const output = Math.floor(at / (height * width * inChannels));
        sum += weights[input * outChannels + output]! * value ** 2;
      });
      return sum;
    };
    expectClose('squares', gradient, differences(values, loss), 1e-6); // central differences of a square are exact
  });

  it.each<ConvShape>([
    [5, 3, 3, 3],
    [3, 7, 1, 1],
  ])('[%i, %i, %i, %i]: through norms', async (...conv) => {
    const values = randomValues(elementCount(conv), 27);
    const weights = randomValues(values.length, 28);
    const gradient = await gradientOf(values, weights, (plan, master) => normalizedWeights(plan, master, conv));
    const count = values.length / conv[0];
    const loss = (moved: Float32Array) => {
      let sum = 0;
      for (let first = 0; first < moved.length; first += count) {
        const channel = moved.subarray(first, first + count);
        const squares = channel.reduce((total, value) => total + value * value, 0);
        sum += weighed(weights.subarray(first, first + count), channel) / Math.sqrt(squares / count);
      }
      return sum;
    };
    // The differences leave out a third derivative of about 1, times their step squared, by six.
    expectClose('norms', gradient, differences(values, loss), 1e-4);
  });

  it('and through the gradient itself, where that is a permutation', async () => {
    const values = randomValues(70, 29);
    const weights = randomValues(84, 30);
    const { second } = await runOnce((plan) => {
      const tape = startTape(plan);
      const master = stored(plan, values);
      const derived = rearrange(plan, master, inputsFirst(7, 10), { factor: 0.5 });
      const seed = plan.constant('weights of the loss', derived.shape, weights);
      const [first] = tape.gradients([{ of: derived, gradient: seed }], [master]);
      // d(sum of values * first) / d(seed) is the derived tensor again.
      return { second: tape.gradients([{ of: first!, gradient: master }], [seed])[0]! };
    });
    expect(second).toEqual(arranged(values, inputsFirst(7, 10), 0.5).values);
  });

  it('through a layer whose run-time gains are factors of what it derives', async () => {
    const gpu = await testGpu();
    const store = new ParameterStore(gpu, await fixture('mapping'), { isTrainable: (name) => !name.endsWith('w_avg') });
    const layers = store.scope('tri2.param.');
    const rows = 3;
    const x = randomValues(rows * 96, 31);
    const dy = randomValues(rows * 96, 32);
    const gradients = await runOnce((plan) => {
      const tape = startTape(plan);
      const dense = denseLayer(plan, layers, 'fc1', { inFeatures: 96, outFeatures: 96, lrMultiplier: 0.01 });
      const y = fullyConnected(plan, plan.constant('x', [rows, 96], x), dense);
      const seed = plan.constant('dy', [rows, 96], dy);
      const masters = store.trainable.map(({ master }) => master);
      const [weight, bias] = tape.gradients([{ of: y, gradient: seed }], masters);
      return { weight: weight!, bias: bias! };
    });
    expect(store.trainable.map(({ name }) => name)).toEqual(['tri2.param.fc1.weight', 'tri2.param.fc1.bias']);
    const sumOfRows = (term: (row: number) => number) =>
      Array.from({ length: rows }, (_, row) => term(row)).reduce((a, b) => a + b);
    const gain = 0.01 / Math.sqrt(96);
    const weight = Float32Array.from({ length: 96 * 96 }, (_, at) => {
      const [output, input] = [Math.floor(at / 96), at % 96];
      return gain * sumOfRows((row) => dy[row * 96 + output]! * x[row * 96 + input]!);
    });
    const bias = Float32Array.from({ length: 96 }, (_, output) => 0.01 * sumOfRows((row) => dy[row * 96 + output]!));
    expectClose('weight', gradients.weight, weight, 1e-9); // sums of three products of 0.001 at most
    expectClose('bias', gradients.bias, bias, 1e-8);
    store.destroy();
  });
});
