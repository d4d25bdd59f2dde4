/**
 * Unmodulated convolution (the generator's layers use modulated-conv.ts), and its two gradients. The three are made of the same sum of products,
 * of a picture x, weights W and a picture g of the result's size; each leaves one of them open. So the gradient of each with respect to one of
 * its operands is another of the three, and derivatives of any order exist.
 */

import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import { fourSides, type Padding } from '../resampling/upfirdn2d';
import { dispatchWeightGradient } from './conv-weight-gradient';
import {
  type ConvGeometry,
  dispatchConvolution,
  dispatchDoubling,
  dispatchPlain,
  dispatchPlainInputGradient,
  isDoubling,
  isTiled,
} from './conv2d-kernels';

export interface Conv2dOptions {
  /** Default: 1. */
  readonly stride?: number | undefined;
  /** Zero padding in pixels; negative crops. Default: 0. */
  readonly padding?: Padding | undefined;
  /** Whether to take the readable kernels, which are slow, whatever the geometry. Default: false. */
  readonly isPlain?: boolean | undefined;
}

/**
 * Two-dimensional correlation.
 * @param input [N, H, W, inChannels]
 * @param weight [kernelHeight, kernelWidth, inChannels rounded up to four, outChannels] from `prepareConv`
 * @returns [N, outH, outW, outChannels] with outH = floor((H + top + bottom - kernelHeight) / stride) + 1
 * @throws ShapeError
 */
export function conv2d(plan: PlanBuilder, input: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  const { batch, height, width } = imageExtents(input, 'conv2d');
  const [kernelHeight, kernelWidth, , channels] = weight.shape;
  expectShape(weight, [kernelHeight!, kernelWidth!, input.stride, channels!], 'conv2d weight');
  const geometry = geometryOf(weight.shape, options);
  const [, right, , bottom] = fourSides(options.padding ?? 0);
  const outHeight = Math.floor((height + geometry.padTop + bottom - kernelHeight!) / geometry.stride) + 1;
  const outWidth = Math.floor((width + geometry.padLeft + right - kernelWidth!) / geometry.stride) + 1;
  const output = plan.scratch(`${weight.label} output`, [batch, outHeight, outWidth, channels!]);
  if (isTiled(geometry) && !options.isPlain) dispatchConvolution(plan, { input, weight, output, geometry });
  else dispatchPlain(plan, { input, weight, output, geometry });
  plan.record({
    inputs: [input, weight],
    outputs: [output],
    backward: ([gradient], [wantsInput, wantsWeight]) => [
      wantsInput && conv2dInputGradient(plan, gradient, weight, input.shape, options),
      wantsWeight && conv2dWeightGradient(plan, input, gradient, weight.shape, options),
    ],
  });
  return output;
}

/**
 * The gradient of {@link conv2d} with respect to its input; as an operation of its own, a transposed convolution.
 * @param gradient [N, outHeight, outWidth, outChannels], with respect to the result
 * @param weight as there
 * @param shape of the input, [N, H, W, inChannels]
 * @throws ShapeError
 */
export function conv2dInputGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  weight: Tensor,
  shape: readonly number[],
  options: Conv2dOptions = {},
): Tensor {
  const output = plan.scratch(`${weight.label} input gradient`, shape);
  const geometry = geometryOf(weight.shape, options);
  expectShape(weight, [...weight.shape.slice(0, 2), output.stride, gradient.shape[3]!], 'conv2d weight');
  const { kernelHeight, kernelWidth, padTop, padLeft } = geometry;
  if (!options.isPlain && isDoubling(geometry, gradient, output)) {
    dispatchDoubling(plan, { input: gradient, weight, output, isTransposed: true });
  } else if (options.isPlain || !isTiled(geometry) || geometry.stride !== 1) {
    dispatchPlainInputGradient(plan, { gradient, weight, output, geometry });
  } else {
    // Each input pixel has gone into the output pixels around it, through the taps in reverse.
    const reverse = { ...geometry, padTop: kernelHeight - 1 - padTop, padLeft: kernelWidth - 1 - padLeft };
    dispatchConvolution(plan, {
      input: gradient,
      weight,
      output,
      geometry: reverse,
      isTransposed: true,
      isFlipped: true,
    });
  }
  plan.record({
    inputs: [gradient, weight],
    outputs: [output],
    backward: ([upstream], [wantsGradient, wantsWeight]) => [
      wantsGradient && conv2d(plan, upstream, weight, options),
      wantsWeight && conv2dWeightGradient(plan, upstream, gradient, weight.shape, options),
    ],
  });
  return output;
}

/**
 * The gradient of {@link conv2d} with respect to its weights.
 * @param input as there
 * @param gradient [N, outHeight, outWidth, outChannels], with respect to the result
 * @param shape of the weights
 * @returns of that shape
 * @throws ShapeError
 */
export function conv2dWeightGradient(
  plan: PlanBuilder,
  input: Tensor,
  gradient: Tensor,
  shape: readonly number[],
  options: Conv2dOptions = {},
): Tensor {
  const geometry = geometryOf(shape, options);
  const output = dispatchWeightGradient(plan, {
    input,
    gradient,
    geometry,
    samples: 'together',
    isPlain: options.isPlain,
  });
  expectShape(output, shape, 'conv2d weight gradient');
  plan.record({
    inputs: [input, gradient],
    outputs: [output],
    backward: ([upstream], [wantsInput, wantsGradient]) => [
      wantsInput && conv2dInputGradient(plan, gradient, upstream, input.shape, options),
      wantsGradient && conv2d(plan, input, upstream, options),
    ],
  });
  return output;
}

function geometryOf([kernelHeight, kernelWidth]: readonly number[], options: Conv2dOptions): ConvGeometry {
  const [padLeft, , padTop] = fourSides(options.padding ?? 0);
  return { kernelHeight: kernelHeight!, kernelWidth: kernelWidth!, stride: options.stride ?? 1, padTop, padLeft };
}
