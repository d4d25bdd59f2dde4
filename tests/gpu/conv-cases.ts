/** Modulated convolutions of random shapes and values, for all tests that hold one implementation against another. */
import fc from 'fast-check';
import type { PlanBuilder } from '../../src/gpu/plan';
import { elementCount, type Tensor } from '../../src/gpu/tensor';
import { floatsFromHalves, halvesFromFloats } from '../../src/numbers/half';
import { type ConvShape, squaredConvWeights } from '../../src/pipelines/convolution/conv-weights';
import { demodulationCoefficients } from '../../src/pipelines/convolution/modulated-conv';
import { convWeightsOf } from '../support/conv-weights';

/** Numbers in -1..1 that depend on the seed alone (a linear congruence, Numerical Recipes). */
export function randomValues(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Sizes of the input, and how its numbers are drawn. */
export const layerShape = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 1, max: 13 }),
  width: fc.integer({ min: 1, max: 13 }),
  inChannels: fc.integer({ min: 1, max: 70 }),
  outChannels: fc.integer({ min: 1, max: 70 }),
  sharedNoise: fc.boolean(),
  /** Whether the weights are rounded to 16-bit floats. */
  halfWeights: fc.boolean(),
  seed: fc.nat(),
});

export type LayerShape = typeof layerShape extends fc.Arbitrary<infer Shape> ? Shape : never;

/** Weights, styles and demodulation of a 3x3 layer. @param stored [outChannels, inChannels, 3, 3] @param styles [N, inChannels] */
export function prepareOperands(
  plan: PlanBuilder,
  stored: Float32Array,
  conv: ConvShape,
  styles: Tensor,
  areHalves = false,
) {
  const squared = squaredConvWeights(stored, conv);
  const squaredWeight = plan.constant('squared weight', squared.shape, squared.values);
  const demodulation = demodulationCoefficients(plan, styles, squaredWeight);
  return { weights: convWeightsOf(plan, stored, conv, { areHalves }), styles: { styles, demodulation } };
}

/** Operands of a layer, and its epilogue for a result of some size. */
export function randomLayer(plan: PlanBuilder, shape: LayerShape) {
  const { batch, height, width, inChannels, outChannels, sharedNoise, halfWeights, seed } = shape;
  const random = (label: string, extents: number[], stream: number) =>
    plan.constant(label, extents, randomValues(elementCount(extents), seed + stream));
  const x = random('x', [batch, height, width, inChannels], 1);
  const styles = random('styles', [batch, inChannels], 2);
  const drawn = randomValues(outChannels * inChannels * 9, seed + 3);
  const stored = halfWeights ? floatsFromHalves(halvesFromFloats(drawn)) : drawn;
  const conv: ConvShape = [outChannels, inChannels, 3, 3];
  const operands = prepareOperands(plan, stored, conv, styles, halfWeights);
  const epilogue = (side: { height: number; width: number }) => ({
    bias: random('bias', [outChannels], 4),
    noise: { values: random('noise', [sharedNoise ? 1 : batch, side.height, side.width], 5), strength: 0.7 },
    activation: 'lrelu' as const,
    clamp: 1.5,
  });
  return { x, styles, stored, conv, operands, epilogue };
}

/** The same memory with its padding as channels. */
export const withPadding = (tensor: Tensor): Tensor => ({
  ...tensor,
  shape: [...tensor.shape.slice(0, -1), tensor.stride],
});
