/**
 * What perceptual networks are made of beside convolutions: depthwise convolution, pooling, PReLU, ReLU6 and folded batch normalisation. Values and
 * gradients on random shapes against loops in double precision, gradients and second derivatives against difference quotients.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShapeError, WiringError } from '../../../src/gpu/errors';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { depthwiseConv2d, depthwiseTapsFirst } from '../../../src/pipelines/convolution/recognition/depthwise-conv';
import { foldBatchNorm } from '../../../src/pipelines/convolution/recognition/folded-batch-norm';
import { biasAct } from '../../../src/pipelines/dense/bias-act';
import { scaled } from '../../../src/pipelines/dense/multiply';
import { prelu } from '../../../src/pipelines/dense/prelu';
import { arranged } from '../../../src/pipelines/dense/rearrange';
import { startTape } from '../../../src/pipelines/gradients';
import { averagePool, maxPool } from '../../../src/pipelines/resampling/pooling';
import { randomValues } from '../conv-cases';
import { type ExtentRange, expectGradients, randomShape } from '../gradient-check';
import { expectClose, runOnce } from '../support';

/** Of sums of at most 25 products below 1. */
const TOLERANCE = 2e-6;
/** Of sums over all pixels, of some hundred products. */
const SUM_TOLERANCE = 2e-5;

function gradientsOf(tape: Tape, of: Tensor, gradient: Tensor, wanted: readonly Tensor[]): Tensor[] {
  return tape.gradients([{ of, gradient }], wanted).map((found) => found ?? expect.fail('no gradient'));
}

interface Case {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: number;
}

const pictures = {
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 5, max: 13 }),
  width: fc.integer({ min: 5, max: 13 }),
  channels: fc.integer({ min: 1, max: 9 }),
  stride: fc.integer({ min: 1, max: 3 }),
};
const side = fc.integer({ min: 1, max: 5 });
const depthwiseCase = fc.record({
  ...pictures,
  kernel: fc.tuple(side, side),
  padding: fc.integer({ min: 0, max: 2 }),
});
const poolingCase = fc.tuple(fc.record(pictures), side, fc.nat(100)).map(
  ([picture, kernel, drawn]): Case => ({
    ...picture,
    kernel: [kernel, kernel],
    padding: drawn % (Math.floor(kernel / 2) + 1),
  }),
);

const FIXED: Case = { batch: 2, height: 7, width: 9, channels: 5, kernel: [3, 3], stride: 2, padding: 1 };

const inputShape = ({ batch, height, width, channels }: Case) => [batch, height, width, channels];

function outputShape({
  batch,
  height,
  width,
  channels,
  kernel,
  stride,
  padding,
}: Case): [number, number, number, number] {
  const size = (extent: number, taps: number) => Math.floor((extent + 2 * padding - taps) / stride) + 1;
  return [batch, size(height, kernel[0]), size(width, kernel[1]), channels];
}

/** Calls `visit` for every tap of every number of the result that lies in the picture, with places in [N, H, W, C]; taps in the order of rows. */
function eachTap(shape: Case, visit: (output: number, input: number, tap: number, channel: number) => void): void {
  const { height, width, channels, kernel, stride, padding } = shape;
  const [batch, outHeight, outWidth] = outputShape(shape);
  for (let output = 0; output < batch * outHeight * outWidth * channels; output++) {
    const channel = output % channels;
    const column = Math.floor(output / channels) % outWidth;
    const row = Math.floor(output / (channels * outWidth)) % outHeight;
    const sample = Math.floor(output / (channels * outWidth * outHeight));
    for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
      const y = row * stride + Math.floor(tap / kernel[1]) - padding;
      const x = column * stride + (tap % kernel[1]) - padding;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      visit(output, ((sample * height + y) * width + x) * channels + channel, tap, channel);
    }
  }
}

/** Random numbers for the input and for the gradient of the result. */
function drawn(shape: Case, seed: number) {
  const x = randomValues(elementCount(inputShape(shape)), seed);
  const seeds = randomValues(elementCount(outputShape(shape)), seed + 1);
  return { x, seeds, y: new Float64Array(seeds.length), dx: new Float64Array(x.length) };
}

describe('as loops in double precision:', () => {
  const runs = { numRuns: 12, seed: 19 };

  it('depthwiseConv2d and its gradients', async () => {
    const check = async (shape: Case, seed: number) => {
      const { kernel, channels, stride, padding } = shape;
      const { x, seeds, y, dx } = drawn(shape, seed);
      const taps = kernel[0] * kernel[1];
      const stored = randomValues(channels * taps, seed + 2);
      const dw = new Float64Array(stored.length);
      eachTap(shape, (output, input, tap, channel) => {
        y[output]! += x[input]! * stored[channel * taps + tap]!;
        dx[input]! += seeds[output]! * stored[channel * taps + tap]!;
        dw[tap * channels + channel]! += seeds[output]! * x[input]!;
      });
      const found = await runOnce((plan) => {
        const tape = startTape(plan);
        const input = plan.constant('x', inputShape(shape), x);
        const prepared = arranged(stored, depthwiseTapsFirst(channels, ...kernel));
        const weight = plan.constant('weight', prepared.shape, prepared.values);
        const result = depthwiseConv2d(plan, input, weight, { stride, padding });
        const seedTensor = plan.constant('seed', outputShape(shape), seeds);
        const [dx, dw] = gradientsOf(tape, result, seedTensor, [input, weight]);
        return { y: result, dx: dx!, dw: dw! };
      });
      const label = `depthwise ${JSON.stringify(shape)}`;
      expectClose(label, found.y, Float32Array.from(y), TOLERANCE);
      expectClose(`${label} to input`, found.dx, Float32Array.from(dx), TOLERANCE);
      expectClose(`${label} to weight`, found.dw, Float32Array.from(dw), SUM_TOLERANCE);
    };
    await check(FIXED, 1);
    await fc.assert(fc.asyncProperty(depthwiseCase, fc.nat(1e6), check), runs);
  });

  it.each([true, false])('averagePool and its gradient, padding counted: %s', async (countsPadding) => {
    const check = async (shape: Case, seed: number) => {
      const { kernel, stride, padding } = shape;
      const { x, seeds, y, dx } = drawn(shape, seed);
      const counts = new Float64Array(y.length).fill(countsPadding ? kernel[0] ** 2 : 0);
      if (!countsPadding) eachTap(shape, (output) => counts[output]!++);
      eachTap(shape, (output, input) => {
        y[output]! += x[input]! / counts[output]!;
        dx[input]! += seeds[output]! / counts[output]!;
      });
      const found = await pooled(shape, x, seeds, (plan, input) =>
        averagePool(plan, input, { kernel: kernel[0], stride, padding, countsPadding }),
      );
      const label = `average ${JSON.stringify(shape)}`;
      expectClose(label, found.y, Float32Array.from(y), TOLERANCE);
      expectClose(`${label} to input`, found.dx, Float32Array.from(dx), TOLERANCE);
    };
    await check(FIXED, 3);
    await fc.assert(fc.asyncProperty(poolingCase, fc.nat(1e6), check), runs);
  });

  // Of five values, so that most windows have their maximum at several places: the first in the order of rows takes all of the gradient.
  it('maxPool and its gradient, with equal maxima', async () => {
    const check = async (shape: Case, seed: number) => {
      const { kernel, stride, padding } = shape;
      const { x: continuous, seeds, y, dx } = drawn(shape, seed);
      const x = continuous.map((value) => Math.round(2 * value) / 2);
      const places = new Int32Array(y.length).fill(-1);
      eachTap(shape, (output, input) => {
        if (places[output] === -1 || x[input]! > x[places[output]!]!) places[output] = input;
      });
      places.forEach((place, output) => {
        y[output] = x[place]!;
        dx[place]! += seeds[output]!;
      });
      const found = await pooled(shape, x, seeds, (plan, input) =>
        maxPool(plan, input, { kernel: kernel[0], stride, padding }),
      );
      const label = `maximum ${JSON.stringify(shape)}`;
      expectClose(label, found.y, Float32Array.from(y), 0);
      expectClose(`${label} to input`, found.dx, Float32Array.from(dx), TOLERANCE);
    };
    await check(FIXED, 4);
    await fc.assert(fc.asyncProperty(poolingCase, fc.nat(1e6), check), runs);
  });

  it('prelu and its gradients, at 0, too', async () => {
    const [rows, channels] = [41, 7];
    const x = randomValues(rows * channels, 5).map((value) => Math.round(4 * value) / 4);
    const slopes = randomValues(channels, 6);
    const seeds = randomValues(x.length, 7);
    const below = (at: number) => x[at]! <= 0;
    const ds = new Float64Array(channels);
    x.forEach((value, at) => {
      if (below(at)) ds[at % channels]! += value * seeds[at]!;
    });
    const found = await runOnce((plan) => {
      const tape = startTape(plan);
      const input = plan.constant('x', [rows, channels], x);
      const slope = plan.constant('slope', [channels], slopes);
      const y = prelu(plan, input, slope);
      const [dx, ds] = gradientsOf(tape, y, plan.constant('seed', y.shape, seeds), [input, slope]);
      return { y, dx: dx!, ds: ds! };
    });
    const factor = (at: number) => (below(at) ? slopes[at % channels]! : 1);
    expectClose(
      'prelu',
      found.y,
      x.map((value, at) => value * factor(at)),
      TOLERANCE,
    );
    expectClose(
      'prelu to input',
      found.dx,
      seeds.map((value, at) => value * factor(at)),
      TOLERANCE,
    );
    expectClose('prelu to slope', found.ds, Float32Array.from(ds), SUM_TOLERANCE);
  });

  // As torch's hardtanh, whose gradient is 0 at both ends.
  it('ReLU6, which is relu with gain 1 and clamp 6', async () => {
    const x = Float32Array.from({ length: 33 }, (_, at) => (at - 12) / 2);
    const seeds = randomValues(x.length, 8);
    const found = await runOnce((plan) => {
      const tape = startTape(plan);
      const input = plan.constant('x', [11, 3], x);
      const options = { activation: 'relu', gain: 1, clamp: 6 } as const;
      const y = biasAct(plan, input, plan.tensor('no bias', [3]), options);
      return { y, dx: gradientsOf(tape, y, plan.constant('seed', y.shape, seeds), [input])[0]! };
    });
    expectClose(
      'relu6',
      found.y,
      x.map((value) => Math.min(Math.max(value, 0), 6)),
      0,
    );
    const slope = (value: number) => Number(value > 0 && value < 6);
    expectClose(
      'relu6 to input',
      found.dx,
      seeds.map((value, at) => value * slope(x[at]!)),
      0,
    );
  });

  it('a folded batch normalisation, as convolution and normalisation one after the other', async () => {
    const { channels, kernel, stride, padding } = FIXED;
    const { x, seeds } = drawn(FIXED, 9);
    const taps = kernel[0] * kernel[1];
    const stored = randomValues(channels * taps, 10);
    const bias = randomValues(channels, 11);
    const gamma = randomValues(channels, 12);
    const beta = randomValues(channels, 13);
    const mean = randomValues(channels, 14);
    const variance = randomValues(channels, 15).map((value) => value ** 2);
    const norm = { gamma, beta, mean, variance, epsilon: 1e-3 };
    const sums = new Float64Array(seeds.length);
    const y = (addend: Float32Array | undefined) => {
      sums.forEach((_, output) => {
        sums[output] = addend?.[output % channels] ?? 0;
      });
      eachTap(FIXED, (output, input, tap, channel) => {
        sums[output]! += x[input]! * stored[channel * taps + tap]!;
      });
      return Float32Array.from(sums, (sum, output) => {
        const channel = output % channels;
        return ((sum - mean[channel]!) / Math.sqrt(variance[channel]! + 1e-3)) * gamma[channel]! + beta[channel]!;
      });
    };
    const wire = (plan: PlanBuilder, folded: ReturnType<typeof foldBatchNorm>) => {
      const prepared = arranged(folded.weight, depthwiseTapsFirst(channels, ...kernel));
      const weight = plan.constant('weight', prepared.shape, prepared.values);
      const sum = depthwiseConv2d(plan, plan.constant('x', inputShape(FIXED), x), weight, { stride, padding });
      return biasAct(plan, sum, plan.constant('bias', [channels], folded.bias));
    };
    const found = await runOnce((plan) => ({
      withBias: wire(plan, foldBatchNorm(stored, bias, norm)),
      without: wire(plan, foldBatchNorm(stored, undefined, norm)),
    }));
    // Factors of up to 1 / sqrt(variance), some ten times.
    expectClose('folded, with a bias', found.withBias, y(bias), 2e-5);
    expectClose('folded, without', found.without, y(undefined), 2e-5);
  });
});

/** A pooling's values and gradient. */
function pooled(shape: Case, x: Float32Array, seeds: Float32Array, pool: (plan: PlanBuilder, input: Tensor) => Tensor) {
  return runOnce((plan) => {
    const tape = startTape(plan);
    const input = plan.constant('x', inputShape(shape), x);
    const y = pool(plan, input);
    return { y, dx: gradientsOf(tape, y, plan.constant('seed', outputShape(shape), seeds), [input])[0]! };
  });
}

type Wired = Record<string, Tensor>;

/** Extents of a picture's axes. */
const PICTURE: readonly ExtentRange[] = [
  [1, 2],
  [4, 9],
  [4, 9],
  [1, 7],
];

/** Each operation with the shapes that its inputs have where the picture has one. */
const OPERATIONS: {
  title: string;
  picture?: readonly ExtentRange[];
  others?: (channels: number) => Record<string, number[]>;
  wire: (plan: PlanBuilder, inputs: Wired) => Tensor;
}[] = [
  {
    title: 'depthwiseConv2d',
    others: (channels) => ({ weight: [3, 3, channels] }),
    wire: (plan, { x, weight }) => depthwiseConv2d(plan, x!, weight!, { stride: 2, padding: 1 }),
  },
  {
    title: 'depthwiseConv2d, cropped',
    others: (channels) => ({ weight: [5, 2, channels] }),
    wire: (plan, { x, weight }) => depthwiseConv2d(plan, x!, weight!, { stride: 1, padding: [1, 0, 2, 2] }),
  },
  {
    title: 'depthwiseConv2d and batch normalisation, folded',
    wire: (plan, { x }) => {
      const channels = x!.shape[3]!;
      const [gamma, beta, mean, spread] = [1, 2, 3, 4].map((seed) => randomValues(channels, seed));
      const variance = spread!.map((value) => 0.2 + value ** 2);
      const norm = { gamma: gamma!, beta: beta!, mean: mean!, variance };
      const { weight: folded, bias } = foldBatchNorm(randomValues(9 * channels, 5), undefined, norm);
      const { shape, values } = arranged(folded, depthwiseTapsFirst(channels, 3, 3));
      const weight = plan.constant('weight', shape, values);
      const sum = depthwiseConv2d(plan, x!, weight, { stride: 2, padding: 1 });
      return biasAct(plan, sum, plan.constant('bias', [channels], bias), { activation: 'softplus' });
    },
  },
  {
    title: 'averagePool',
    wire: (plan, { x }) => averagePool(plan, x!, { kernel: 3, stride: 2, padding: 1, countsPadding: false }),
  },
  {
    title: 'maxPool', // small windows, of which most numbers are a maximum
    picture: [
      [1, 2],
      [3, 5],
      [3, 5],
      [1, 3],
    ],
    wire: (plan, { x }) => maxPool(plan, x!, { kernel: 2, stride: 1, padding: 1 }),
  },
  {
    title: 'prelu',
    others: (channels) => ({ slope: [channels] }),
    wire: (plan, { x, slope }) => prelu(plan, x!, slope!),
  },
  {
    title: 'ReLU6',
    wire: (plan, { x }) =>
      biasAct(plan, scaled(plan, x!, 9), plan.tensor('no bias', [x!.shape[3]!]), {
        activation: 'relu',
        gain: 1,
        clamp: 6,
      }),
  },
];

/** Random shapes of an operation's inputs. */
function shapesOf({ title, picture = PICTURE, others }: (typeof OPERATIONS)[number], of: string) {
  const x = randomShape(`${of} ${title}`, picture);
  return { x, ...others?.(x[3]!) };
}

describe('difference quotients agree with', () => {
  it.each(OPERATIONS)('the gradients of $title', async (operation) => {
    const shapes = shapesOf(operation, 'gradients of');
    await expectGradients(`${operation.title}, [${shapes.x}]`, shapes, operation.wire);
  });

  it.each(OPERATIONS)('the second derivatives of $title, with an activation behind it', async (operation) => {
    const { title, wire } = operation;
    const shapes = shapesOf(operation, 'slopes of');
    for (const to of Object.keys(shapes)) {
      await expectGradients(`slope of ${title} to ${to}, [${shapes.x}]`, shapes, (plan, inputs, tape) => {
        const sum = wire(plan, inputs);
        const noBias = plan.tensor('no bias', [sum.shape[sum.shape.length - 1]!]);
        const y = biasAct(plan, sum, noBias, { activation: 'softplus' });
        const seed = plan.constant('inner seed', y.shape, randomValues(elementCount(y.shape), 77));
        return gradientsOf(tape, y, seed, [inputs[to]!])[0]!;
      });
    }
  });
});

describe('what does not fit is told:', () => {
  const wired = (wire: (plan: PlanBuilder, x: Tensor) => Tensor) =>
    runOnce((plan) => ({ y: wire(plan, plan.constant('x', [1, 2, 2, 1], [1, 2, 3, 4])) }));

  it('kernels and windows larger than the padded picture', async () => {
    await expect(wired((plan, x) => maxPool(plan, x, { kernel: 3 }))).rejects.toThrow(ShapeError);
    const large = (plan: PlanBuilder) => plan.constant('weight', [3, 1, 1], [1, 2, 3]);
    await expect(wired((plan, x) => depthwiseConv2d(plan, x, large(plan)))).rejects.toThrow(ShapeError);
  });

  it('windows that could lie outside', async () => {
    await expect(wired((plan, x) => averagePool(plan, x, { kernel: 2, padding: 2 }))).rejects.toThrow(WiringError);
  });

  it('batch normalisation of another number of channels', () => {
    const two = [1, 1];
    expect(() => foldBatchNorm([1, 2, 3], undefined, { gamma: two, beta: two, mean: two, variance: two })).toThrow(
      ShapeError,
    );
  });
});
