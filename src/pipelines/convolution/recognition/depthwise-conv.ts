/**
 * Depthwise convolution, of which mobile recognition networks are made (MobileNets, Howard et al. 2017), and its two gradients. As in conv2d.ts the
 * three are one sum of products, of a picture x, weights W and a picture g of the result's size; each leaves one of them open. So the gradient of
 * each with respect to one of its operands is another of the three, and derivatives of any order exist. Used by perceptual networks (issue 19).
 */

import { linearGrid, workgroupGrid } from '../../../gpu/dispatch-grid';
import { ShapeError } from '../../../gpu/errors';
import { defineKernel } from '../../../gpu/kernel';
import type { PlanBuilder } from '../../../gpu/plan';
import { expectShape, imageExtents, type Tensor, vectorCount } from '../../../gpu/tensor';
import depthwiseShader from '../../../shaders/convolution/depthwise/depthwise.wgsl';
import inputGradientShader from '../../../shaders/convolution/depthwise/depthwise-input-gradient.wgsl';
import weightGradientShader from '../../../shaders/convolution/depthwise/depthwise-weight-gradient.wgsl';
import type { Arrangement } from '../../dense/rearrange';
import { fourSides } from '../../resampling/upfirdn2d';
import type { Conv2dOptions } from '../conv2d';

const KERNEL = defineKernel(depthwiseShader);
const INPUT_GRADIENT = defineKernel(inputGradientShader);
const WEIGHT_GRADIENT = defineKernel(weightGradientShader);

export type DepthwiseOptions = Pick<Conv2dOptions, 'stride' | 'padding'>;

/** Stored weights [channels, 1, height, width] to [height, width, channels], which the kernels read. */
export function depthwiseTapsFirst(channels: number, height: number, width: number): Arrangement {
  const taps = height * width;
  return {
    shape: [height, width, channels],
    axes: [
      { extent: taps, from: 1, to: channels },
      { extent: channels, from: taps, to: 1 },
    ],
  };
}

/**
 * Two-dimensional correlation of every channel with a kernel of its own (torch: conv2d with as many groups as there are input and output channels).
 * @param input [N, H, W, C]
 * @param weight [kernelHeight, kernelWidth, C], in the order of {@link depthwiseTapsFirst}
 * @returns [N, outH, outW, C] with outH = floor((H + top + bottom - kernelHeight) / stride) + 1
 * @throws ShapeError
 */
export function depthwiseConv2d(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  options: DepthwiseOptions = {},
): Tensor {
  const { batch, height, width, channels } = imageExtents(input, 'depthwiseConv2d');
  const [kernelHeight, kernelWidth] = weight.shape;
  expectShape(weight, [kernelHeight!, kernelWidth!, channels], 'depthwiseConv2d weight');
  const { stride = 1, padding = 0 } = options;
  const [left, right, top, bottom] = fourSides(padding);
  const outHeight = Math.floor((height + top + bottom - kernelHeight!) / stride) + 1;
  const outWidth = Math.floor((width + left + right - kernelWidth!) / stride) + 1;
  if (outHeight < 1 || outWidth < 1) {
    const kernel = `${kernelHeight} x ${kernelWidth}`;
    throw new ShapeError(`depthwiseConv2d: "${input.label}" [${input.shape}] has no room for a kernel of ${kernel}`);
  }
  const output = plan.scratch(`${weight.label} output`, [batch, outHeight, outWidth, channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, weight, output },
    params: geometryOf(input.shape, weight.shape, output.shape, options),
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [input, weight],
    outputs: [output],
    backward: ([gradient], [wantsInput, wantsWeight]) => [
      wantsInput && inputGradient(plan, gradient, weight, input.shape, options),
      wantsWeight && weightGradient(plan, input, gradient, weight.shape, options),
    ],
  });
  return output;
}

/** The gradient with respect to the input, of the given shape. @param gradient [N, outH, outW, C], with respect to the result */
function inputGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  weight: Tensor,
  shape: readonly number[],
  options: DepthwiseOptions,
): Tensor {
  const output = plan.scratch(`${weight.label} input gradient`, shape);
  plan.dispatch({
    kernel: INPUT_GRADIENT,
    bindings: { gradient, weight, output },
    params: geometryOf(shape, weight.shape, gradient.shape, options),
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [gradient, weight],
    outputs: [output],
    backward: ([upstream], [wantsGradient, wantsWeight]) => [
      wantsGradient && depthwiseConv2d(plan, upstream, weight, options),
      wantsWeight && weightGradient(plan, upstream, gradient, weight.shape, options),
    ],
  });
  return output;
}

/** The gradient with respect to the weights, of the given shape. @param gradient [N, outH, outW, C], with respect to the result */
function weightGradient(
  plan: PlanBuilder,
  input: Tensor,
  gradient: Tensor,
  shape: readonly number[],
  options: DepthwiseOptions,
): Tensor {
  const output = plan.scratch(`${gradient.label} weight gradient`, shape);
  plan.dispatch({
    kernel: WEIGHT_GRADIENT,
    bindings: { input, gradient, output },
    params: geometryOf(input.shape, shape, gradient.shape, options),
    workgroups: workgroupGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [input, gradient],
    outputs: [output],
    backward: ([upstream], [wantsInput, wantsGradient]) => [
      wantsInput && inputGradient(plan, gradient, upstream, input.shape, options),
      wantsGradient && depthwiseConv2d(plan, input, upstream, options),
    ],
  });
  return output;
}

/** Params of all three kernels, by the shapes of the input, the weights and the result. */
function geometryOf(
  [batch, height, width, channels]: readonly number[],
  [kernelHeight, kernelWidth]: readonly number[],
  [, outHeight, outWidth]: readonly number[],
  { stride = 1, padding = 0 }: DepthwiseOptions,
) {
  const [padLeft, , padTop] = fourSides(padding);
  return {
    batch: batch!,
    height: height!,
    width: width!,
    groups: Math.ceil(channels! / 4),
    outHeight: outHeight!,
    outWidth: outWidth!,
    kernelHeight: kernelHeight!,
    kernelWidth: kernelWidth!,
    stride,
    padLeft,
    padTop,
  };
}
