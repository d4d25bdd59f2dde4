/**
 * The way back through modulated convolutions, to masters of weights, styles, noise and biases: against the reference's gradients, and against
 * difference quotients.
 */
import { describe, expect, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import { elementCount, reshaped, type Tensor } from '../../../src/gpu/tensor';
import { floatsFromHalves, halvesFromFloats } from '../../../src/numbers/half';
import {
  type ConvShape,
  type ConvWeights,
  TAPS_FIRST,
  type WeightLayout,
  type WeightTextureLayout,
  weightFormat,
} from '../../../src/pipelines/convolution/conv-weights';
import { normalizedWeights, squaredWeights } from '../../../src/pipelines/convolution/derived-weights';
import type { LayerEpilogue } from '../../../src/pipelines/convolution/layer-epilogue';
import { demodulationCoefficients, modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { modulatedConvFull, normalizedStyles } from '../../../src/pipelines/convolution/normalized-modulated-conv';
import { toRgb } from '../../../src/pipelines/convolution/to-rgb';
import { rearrange, unchanged } from '../../../src/pipelines/dense/rearrange';
import { startTape } from '../../../src/pipelines/gradients';
import { convWeightsOf } from '../../support/conv-weights';
import { randomValues } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { casesOf, imageInput, oneFactor, optionsOf, plainInput } from '../ops-cases';
import { expectClose, expectGradient, fixture, runOnce, toChannelsFirst } from '../support';

const ops = await fixture('ops');
const reference = await fixture('ops-gradients');
const stylegan3 = await fixture('stylegan3');
const stylegan3Reference = await fixture('stylegan3-gradients');

/** Weights that are trained: every layout is computed from the master, [count], once. */
function trainedWeights(plan: PlanBuilder, master: Tensor, shape: ConvShape): ConvWeights {
  const made = new Map<string, Tensor>();
  const as = (layout: WeightLayout) => {
    const format = weightFormat(layout, false, plan.host);
    const tensor = made.get(layout.name) ?? layout.derive(plan, master, shape, format);
    made.set(layout.name, tensor);
    return tensor;
  };
  const asTexture = (layout: WeightTextureLayout) => layout.derive(plan, as(TAPS_FIRST), shape);
  return { label: 'weight', shape, areHalves: false, areTrainable: true, as, asTexture };
}

/** A whole 3x3 layer of StyleGAN2, its weights and demodulation from the master. */
function layer(
  plan: PlanBuilder,
  from: { x: Tensor; master: Tensor; styles: Tensor; shape: ConvShape },
  epilogue: LayerEpilogue,
  up: 1 | 2,
): Tensor {
  const { x, master, styles, shape } = from;
  const demodulation = demodulationCoefficients(plan, styles, squaredWeights(plan, master, shape));
  return modulatedConv3x3(plan, x, trainedWeights(plan, master, shape), { styles, demodulation }, epilogue, { up });
}

function gradientsOf(tape: Tape, of: Tensor, gradient: Tensor, wanted: readonly Tensor[]): Tensor[] {
  return tape.gradients([{ of, gradient }], wanted).map((found) => found ?? expect.fail('no gradient'));
}

const four = ([n, c, h, w]: readonly number[]) => [n!, c!, h!, w!] as const;

/** Channels last to the reference's channels first. */
function channelsFirst(values: Float32Array, shape: readonly number[]): Float32Array {
  const [n, c, h, w] = four(shape);
  return toChannelsFirst(values, [n, h, w, c]);
}

describe('as the reference: modulated convolutions', () => {
  it.each(casesOf(ops, 'modulatedConv'))('%s', async (name) => {
    const { up, demodulate = true } = optionsOf(ops, name);
    const shape: ConvShape = four(ops.info(`${name}.param.weight`).shape);
    const noiseName = `${name}.in.noise`;
    const hasNoise = ops.has(noiseName);
    const found = await runOnce((plan): { x: Tensor; weight: Tensor; styles: Tensor; noise?: Tensor } => {
      const tape = startTape(plan);
      const x = imageInput(plan, ops, `${name}.in.x`);
      const styles = plainInput(plan, ops, `${name}.in.styles`);
      const master = plan.constant('weight', [elementCount(shape)], ops.floats(`${name}.param.weight`));
      const [samples, , height, width] = hasNoise ? ops.info(noiseName).shape : [];
      const noise = hasNoise && plan.constant('noise', [samples!, height!, width!], ops.floats(noiseName));
      const epilogue = noise ? { noise: { values: noise, strength: 1 } } : {};
      const y = demodulate
        ? layer(plan, { x, master, styles, shape }, epilogue, oneFactor(up) === 2 ? 2 : 1)
        : toRgb(plan, x, { weights: trainedWeights(plan, master, shape), styles });
      const wanted = [x, master, styles, ...(noise ? [noise] : [])];
      const [dx, weight, ds, dn] = gradientsOf(tape, y, imageInput(plan, reference, `${name}.cot.y`), wanted);
      return { x: dx!, weight: weight!, styles: ds!, ...(dn && { noise: dn }) };
    });
    const gradient = (of: string) => reference.floats(`${name}.grad.${of}`);
    expectGradient(`${name}.grad.x`, channelsFirst(found.x, ops.info(`${name}.in.x`).shape), gradient('x'));
    expectGradient(`${name}.grad.weight`, found.weight, gradient('weight'));
    expectGradient(`${name}.grad.styles`, found.styles, gradient('styles'));
    if (found.noise) expectGradient(`${name}.grad.noise`, found.noise, gradient('noise'));
  });
});

it('as the reference: mod_conv_sg3', async () => {
  const name = 'mod_conv_sg3';
  const shape: ConvShape = four(stylegan3.info(`${name}.in.w`).shape);
  const gain = stylegan3.floats(`${name}.in.input_gain`)[0]!;
  const found = await runOnce((plan) => {
    const tape = startTape(plan);
    const x = imageInput(plan, stylegan3, `${name}.in.x`);
    const s = plainInput(plan, stylegan3, `${name}.in.s`);
    const master = plan.constant('weight', [elementCount(shape)], stylegan3.floats(`${name}.in.w`));
    const normalized = normalizedWeights(plan, master, shape);
    const styles = normalizedStyles(plan, s, squaredWeights(plan, normalized, shape));
    const gained = rearrange(plan, normalized, unchanged(normalized.shape), { factor: gain });
    const y = modulatedConvFull(plan, x, trainedWeights(plan, gained, shape), styles);
    const seed = imageInput(plan, stylegan3Reference, `${name}.cot.y`);
    const [dx, dw, ds] = gradientsOf(tape, y, seed, [x, master, s]);
    const [ofGained] = gradientsOf(tape, y, seed, [gained]);
    return { x: dx!, w: dw!, s: ds!, gained, ofGained: ofGained! };
  });
  const gradient = (of: string) => stylegan3Reference.floats(`${name}.grad.${of}`);
  expectGradient(`${name}.grad.x`, channelsFirst(found.x, stylegan3.info(`${name}.in.x`).shape), gradient('x'));
  expectGradient(`${name}.grad.w`, found.w, gradient('w'));
  expectGradient(`${name}.grad.s`, found.s, gradient('s'));
  // The gain is a number of the plan, and a factor on all of these weights.
  const ofGain = found.gained.reduce((sum, value, index) => sum + (value / gain) * found.ofGained[index]!, 0);
  expectGradient(`${name}.grad.input_gain`, Float32Array.of(ofGain), gradient('input_gain'));
});

describe('difference quotients agree with the gradients of', () => {
  const [batch, height, width, inChannels, outChannels] = randomShape('modulated', [
    [2, 3],
    [2, 5],
    [3, 6],
    [4, 8],
    [3, 7],
  ]) as [number, number, number, number, number];
  const x = [batch, height, width, inChannels];
  const styles = [batch, inChannels];
  const shape: ConvShape = [outChannels, inChannels, 3, 3];
  const layers = [
    { title: 'keeping the side', up: 1, activation: 'sigmoid', clamp: 1.4, planes: batch },
    {
      title: 'keeping the side, from its input',
      up: 1,
      activation: 'swish',
      clamp: 6, // so far that a strength, which reaches all pixels, meets no kink
      planes: 1,
    },
    { title: 'doubling the side', up: 2, activation: 'tanh', clamp: 1.4, planes: 1 },
  ] as const;

  it.each(layers)('a 3x3 layer, $title', async ({ title, up, activation, clamp, planes }) => {
    const shapes = {
      x,
      weight: [elementCount(shape)],
      styles,
      noise: [planes, height * up, width * up],
      strength: [1],
      bias: [outChannels],
    };
    await expectGradients(`${title}, [${x}]`, shapes, (plan, { x, weight, styles, noise, strength, bias }) => {
      const epilogue = { bias, noise: { values: noise!, strength: strength! }, activation, clamp };
      return layer(plan, { x: x!, master: weight!, styles: styles!, shape }, epilogue, up);
    });
  });

  // Styles and a learned strength reach all pixels, of which some are near a kink: here they are given.
  it.each([1, 2] as const)('a 3x3 layer of straight pieces, up %i', async (up) => {
    const shapes = { x, weight: [elementCount(shape)], noise: [1, height * up, width * up] };
    await expectGradients(`lrelu, up ${up}`, shapes, (plan, { x, weight, noise }) => {
      const given = plan.constant('styles', styles, randomValues(batch * inChannels, 17));
      const epilogue = { noise: { values: noise!, strength: 0.7 }, activation: 'lrelu', clamp: 1.4 } as const;
      return layer(plan, { x: x!, master: weight!, styles: given, shape }, epilogue, up);
    });
  });

  it('a 3x3 layer of styles and demodulation on their own, of more channels than a vector', async () => {
    const wide: ConvShape = [18, 21, 3, 3];
    const shapes = { x: [1, 5, 6, 21], weight: [elementCount(wide)], styles: [1, 21], demodulation: [1, 18] };
    await expectGradients('apart', shapes, (plan, { x, weight, styles, demodulation }) =>
      modulatedConv3x3(plan, x!, trainedWeights(plan, weight!, wide), {
        styles: styles!,
        demodulation: demodulation!,
      }),
    );
  });

  const skips = [
    { title: 'as it is', side: [4, 6], channels: 3 },
    { title: 'of more channels', side: [4, 6], channels: 9 },
    { title: 'doubled', side: [2, 3], channels: 3 },
  ] as const;
  it.each(skips)('toRgb with a skip $title', async ({ title, side, channels }) => {
    const picture: ConvShape = [3, 7, 1, 1];
    const shapes = { x: [2, 4, 6, 7], weight: [21], styles: [2, 7], bias: [3], skip: [2, ...side, channels] };
    await expectGradients(`toRgb, ${title}`, shapes, (plan, { x, weight, styles, bias, skip }) =>
      toRgb(plan, x!, { weights: trainedWeights(plan, weight!, picture), styles: styles!, bias, clamp: 0.8, skip }),
    );
  });

  it.each([1, 3])(
    "StyleGAN3's convolution with kernels of side %i, from weights and styles that are normalised",
    async (k) => {
      const conv: ConvShape = [outChannels, inChannels, k, k];
      const shapes = { x, weight: [elementCount(conv)], styles };
      await expectGradients(`full ${k} x ${k}, [${x}]`, shapes, (plan, { x, weight, styles }) => {
        const normalized = normalizedWeights(plan, weight!, conv);
        const factors = normalizedStyles(plan, styles!, squaredWeights(plan, normalized, conv));
        return modulatedConvFull(plan, x!, trainedWeights(plan, normalized, conv), factors);
      });
    },
  );

  it('toRgb of many channels, which a software adapter computes from texels', async () => {
    const picture: ConvShape = [26, 5, 1, 1];
    const shapes = { x: [1, 9, 8, 5], weight: [130], styles: [1, 5], skip: [1, 9, 8, 26] };
    await expectGradients('toRgb, 26 channels', shapes, (plan, { x, weight, styles, skip }) =>
      toRgb(plan, x!, { weights: trainedWeights(plan, weight!, picture), styles: styles!, skip }),
    );
  });

  it.each([1, 2] as const)('a layer whose frozen weights are stored as halves, up %i: as of floats', async (up) => {
    const shape: ConvShape = [5, 6, 3, 3];
    const values = floatsFromHalves(halvesFromFloats(randomValues(elementCount(shape), 3)));
    const { dx, ds, expectedX, expectedS } = await runOnce((plan) => {
      const tape = startTape(plan);
      const x = plan.constant('x', [2, 3, 5, 6], randomValues(180, 1));
      const factors = {
        styles: plan.constant('styles', [2, 6], randomValues(12, 2)),
        demodulation: plan.constant('demodulation', [2, 5], randomValues(10, 4)),
      };
      const gradients = (areHalves: boolean) => {
        const y = modulatedConv3x3(plan, x, convWeightsOf(plan, values, shape, { areHalves }), factors, {}, { up });
        const seed = plan.constant('seed', y.shape, randomValues(elementCount(y.shape), 5));
        return gradientsOf(tape, y, seed, [x, factors.styles]);
      };
      const [dx, ds] = gradients(true);
      const [expectedX, expectedS] = gradients(false);
      return { dx: dx!, ds: ds!, expectedX: expectedX!, expectedS: expectedS! };
    });
    expectClose('x', dx, expectedX, 1e-5); // the same numbers, added up in another order
    expectClose('styles', ds, expectedS, 1e-5);
  });

  it('what is not wanted is not computed', async () => {
    const { gradient } = await runOnce((plan) => {
      const tape = startTape(plan);
      const x = plan.constant('x', [1, 4, 4, 4], new Float32Array(64).fill(0.5));
      const master = plan.constant('weight', [144], new Float32Array(144).fill(0.1));
      const styles = plan.constant('styles', [1, 4], [1, 2, 3, 4]);
      const bias = plan.tensor('bias', [4]);
      const y = layer(plan, { x, master, styles, shape: [4, 4, 3, 3] }, { bias }, 1);
      const before = plan.dispatchCount;
      const [gradient] = gradientsOf(tape, y, reshaped(x, y.shape), [bias]);
      expect(plan.dispatchCount - before).toBe(1);
      return { gradient: gradient! };
    });
    expect([...gradient]).toEqual([8, 8, 8, 8]);
  });
});
