/**
 * StyleGAN3's modulated convolution (section 3.2 and appendix D): as StyleGAN2's, with weights and styles brought to unit magnitude beforehand
 * and a zero padding that keeps every pixel which the kernel touches. What makes it "full" lets the layers that follow see beyond the edge.
 */

import { linearGrid, rowBands } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, expectShape, imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import conv1x1Shader from '../../shaders/convolution/conv1x1.wgsl';
import normalizeStylesShader from '../../shaders/convolution/modulation/normalize-styles.wgsl';
import normalizeStylesGradientShader from '../../shaders/convolution/modulation/normalize-styles-gradient.wgsl';
import { upfirdn2d } from '../resampling/upfirdn2d';
import { type ConvShape, type ConvWeights, TAPS_FIRST } from './conv-weights';
import { demodulationCoefficients, type LayerStyles, modulatedConv3x3 } from './modulated-conv';
import { modulatedConvGradients } from './modulated-conv-gradient';

const NORMALIZE_STYLES = defineKernel(normalizeStylesShader);
const NORMALIZE_STYLES_GRADIENT = defineKernel(normalizeStylesGradientShader);
const CONV1X1 = defineKernel(conv1x1Shader);
const PIXELS_PER_THREAD = 8;

/** Scales every output channel's weights to unit root mean square. @param values [outChannels, inChannels, height, width] */
export function normalizeConvWeights(values: ArrayLike<number>, [outChannels, ...kernel]: ConvShape): Float32Array {
  const count = elementCount(kernel);
  const normalized = Float32Array.from(values);
  for (let out = 0; out < outChannels; out++) {
    const channel = normalized.subarray(out * count, (out + 1) * count);
    const sumOfSquares = channel.reduce((sum, value) => sum + value * value, 0);
    const scale = 1 / Math.sqrt(sumOfSquares / count);
    for (let at = 0; at < count; at++) channel[at]! *= scale;
  }
  return normalized;
}

/**
 * Styles of unit root mean square over the whole batch, and the demodulation that goes with them.
 * @param styles [N, inChannels]
 * @param squaredWeight from `squaredConvWeights` of {@link normalizeConvWeights}
 */
export function normalizedStyles(plan: PlanBuilder, styles: Tensor, squaredWeight: Tensor): LayerStyles {
  const [batch, channels] = styles.shape;
  expectShape(styles, [batch!, channels!], 'styles');
  const normalized = plan.scratch(`${styles.label} normalised`, styles.shape);
  plan.dispatch({
    kernel: NORMALIZE_STYLES,
    bindings: { input: styles, output: normalized },
    params: { vectors: (batch! * styles.stride) / 4, count: batch! * channels! },
    workgroups: [1],
  });
  plan.record({
    inputs: [styles],
    outputs: [normalized],
    backward: ([gradient]) => {
      const output = plan.scratch(`${styles.label} gradient by norm`, styles.shape);
      plan.dispatch({
        kernel: NORMALIZE_STYLES_GRADIENT,
        bindings: { input: styles, gradient, output },
        params: { vectors: vectorCount(styles), count: batch! * channels! },
        workgroups: [1],
      });
      return [output];
    },
  });
  return { styles: normalized, demodulation: demodulationCoefficients(plan, normalized, squaredWeight) };
}

/**
 * Modulated and demodulated correlation with zero padding kernel - 1 on all sides.
 * @param input [N, H, W, inChannels]
 * @param weights [outChannels, inChannels, k, k], k 1 or 3, from {@link normalizeConvWeights}; a gain of the input belongs into them, behind the
 * demodulation
 * @returns [N, H + k - 1, W + k - 1, outChannels]
 * @throws ShapeError
 */
export function modulatedConvFull(plan: PlanBuilder, input: Tensor, weights: ConvWeights, styles: LayerStyles): Tensor {
  if (weights.shape[2] === 1) return modulatedConv1x1(plan, input, weights.as(TAPS_FIRST), styles);
  // The 3x3 kernels pad by one pixel, a full convolution by two: a copy with a border costs little beside the convolution.
  return modulatedConv3x3(plan, upfirdn2d(plan, input, undefined, { padding: 1 }), weights, styles);
}

function modulatedConv1x1(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  { styles, demodulation }: LayerStyles,
): Tensor {
  const { batch, height, width, channels: inChannels } = imageExtents(input, 'modulatedConv1x1');
  const channels = weight.shape[3]!;
  expectShape(weight, [1, 1, input.stride, channels], 'modulatedConv1x1 weight');
  expectShape(styles, [batch, inChannels], 'modulatedConv1x1 styles');
  expectShape(demodulation, [batch, channels], 'modulatedConv1x1 demodulation');
  const output = plan.scratch(`${weight.label} output`, [batch, height, width, channels]);
  const groups = output.stride / 4;
  const flopsPerRow = 2 * batch * width * input.stride * output.stride;
  for (const band of rowBands(plan, height, flopsPerRow)) {
    const pixels = { firstPixel: band.firstRow * width, endPixel: band.endRow * width };
    const tiles = Math.ceil((pixels.endPixel - pixels.firstPixel) / PIXELS_PER_THREAD);
    plan.dispatch({
      kernel: CONV1X1,
      bindings: { input, weight, styles, demodulation, output },
      params: { batch, pixels: height * width, inputGroups: input.stride / 4, groups, ...pixels },
      workgroups: linearGrid(batch * tiles * groups),
    });
  }
  plan.record({
    inputs: [input, weight, styles, demodulation],
    outputs: [output],
    backward: ([gradient], [wantsInput, wantsWeight, wantsStyles, wantsDemodulation]) => {
      const gradients = modulatedConvGradients(plan, { input, weight, styles, demodulation }, gradient, {
        input: wantsInput,
        weight: wantsWeight,
        styles: wantsStyles,
        demodulation: wantsDemodulation,
      });
      return [gradients.input, gradients.weight, gradients.styles, gradients.demodulation];
    },
  });
  return output;
}
