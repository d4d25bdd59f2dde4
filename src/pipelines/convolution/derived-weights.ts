/**
 * What convolutions read of their weights beside the weights themselves, computed on the device by operations with gradients: for weights that are
 * trained. For weights that stay as they are the processor computes the same once, at load (conv-weights.ts, conv3x3-winograd.ts).
 */
import { linearGrid, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, padToFour, type Tensor } from '../../gpu/tensor';
import normalizeShader from '../../shaders/convolution/modulation/normalize-weights.wgsl';
import normalizeGradientShader from '../../shaders/convolution/modulation/normalize-weights-gradient.wgsl';
import squaredShader from '../../shaders/convolution/modulation/squared-weights.wgsl';
import squaredGradientShader from '../../shaders/convolution/modulation/squared-weights-gradient.wgsl';
import winogradShader from '../../shaders/convolution/winograd/conv3x3-winograd-weights.wgsl';
import winogradGradientShader from '../../shaders/convolution/winograd/conv3x3-winograd-weights-gradient.wgsl';
import { type ConvShape, squaredConvShape } from './conv-weights';

const SQUARED = defineKernel(squaredShader);
const SQUARED_GRADIENT = defineKernel(squaredGradientShader);
const NORMALIZE = defineKernel(normalizeShader);
const NORMALIZE_GRADIENT = defineKernel(normalizeGradientShader);
const WINOGRAD = defineKernel(winogradShader);
const WINOGRAD_GRADIENT = defineKernel(winogradGradientShader);

/** Positions in a transformed kernel of 4 x 4. */
const POSITIONS = 16;

/**
 * `squaredConvWeights` on the device; equal to it but for the rounding of a sum of as many squares as there are taps.
 * @param stored [count] in the order of the shape
 * @returns [inChannels rounded up to four, outChannels]
 */
export function squaredWeights(plan: PlanBuilder, stored: Tensor, conv: ConvShape): Tensor {
  const [outChannels, inChannels, height, width] = conv;
  expectShape(stored, [elementCount(conv)], 'squaredWeights');
  const squares = plan.scratch(`${stored.label} squared`, squaredConvShape(conv));
  const params = { inChannels, outChannels, taps: height * width };
  plan.dispatch({
    kernel: SQUARED,
    bindings: { weight: stored, squares },
    params,
    workgroups: linearGrid((padToFour(inChannels) * squares.stride) / 4),
  });
  plan.record({
    inputs: [stored],
    outputs: [squares],
    backward: ([squaresGradient]) => {
      const weightGradient = plan.scratch(`${stored.label} gradient by squares`, stored.shape);
      plan.dispatch({
        kernel: SQUARED_GRADIENT,
        bindings: { weight: stored, squaresGradient, weightGradient },
        params: { ...params, squaresStride: squaresGradient.stride },
        workgroups: linearGrid(outChannels * inChannels),
      });
      return [weightGradient];
    },
  });
  return squares;
}

/**
 * `normalizeConvWeights` on the device; equal to it but for rounding in the sums.
 * @param stored [count] in the order of the shape
 * @returns [count] in the same order
 */
export function normalizedWeights(plan: PlanBuilder, stored: Tensor, conv: ConvShape): Tensor {
  const [outChannels, ...kernel] = conv;
  expectShape(stored, [elementCount(conv)], 'normalizedWeights');
  const normalized = plan.scratch(`${stored.label} normalised`, stored.shape);
  const params = { outChannels, count: elementCount(kernel) };
  const workgroups = workgroupGrid(outChannels);
  plan.dispatch({ kernel: NORMALIZE, bindings: { weight: stored, normalized }, params, workgroups });
  plan.record({
    inputs: [stored],
    outputs: [normalized],
    backward: ([normalizedGradient]) => {
      const weightGradient = plan.scratch(`${stored.label} gradient by norm`, stored.shape);
      const bindings = { weight: stored, normalizedGradient, weightGradient };
      plan.dispatch({ kernel: NORMALIZE_GRADIENT, bindings, params, workgroups });
      return [weightGradient];
    },
  });
  return normalized;
}

/**
 * Kernels of 3 x 3 taps transformed for `conv3x3-winograd`; equal to what the processor makes but for rounding in the sums.
 * @param stored [count] in the order of the shape
 * @returns [16, inChannels rounded up to four, outChannels]
 */
export function winogradWeights(plan: PlanBuilder, stored: Tensor, conv: ConvShape): Tensor {
  const [outChannels, inChannels] = conv;
  expectShape(stored, [elementCount(conv)], 'winogradWeights');
  const transformed = plan.scratch(stored.label, [POSITIONS, padToFour(inChannels), outChannels]);
  plan.dispatch({
    kernel: WINOGRAD,
    bindings: { weight: stored, transformed },
    params: { inChannels, outChannels },
    workgroups: linearGrid((padToFour(inChannels) * transformed.stride) / 4),
  });
  plan.record({
    inputs: [stored],
    outputs: [transformed],
    backward: ([gradient]) => [winogradWeightsGradient(plan, gradient, conv)],
  });
  return transformed;
}

/** The transpose of {@link winogradWeights}: the gradient of its result to that of the stored weights. */
function winogradWeightsGradient(plan: PlanBuilder, transformedGradient: Tensor, conv: ConvShape): Tensor {
  const [outChannels, inChannels] = conv;
  const weightGradient = plan.scratch(`${transformedGradient.label} back to taps`, [elementCount(conv)]);
  plan.dispatch({
    kernel: WINOGRAD_GRADIENT,
    bindings: { transformedGradient, weightGradient },
    params: { inChannels, outChannels, stride: transformedGradient.stride },
    workgroups: linearGrid(inChannels * outChannels),
  });
  plan.record({
    inputs: [transformedGradient],
    outputs: [weightGradient],
    backward: ([gradient]) => [winogradWeights(plan, gradient, conv)],
  });
  return weightGradient;
}
