/**
 * Depthwise convolution, for perceptual networks (issue 19), and its two gradients. As those of conv2d.ts the three are each other's gradients, so
 * derivatives of any order exist.
 */
import { linearGrid, workgroupGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import depthwiseShader from '../../shaders/convolution/depthwise/depthwise.wgsl';
import inputGradientShader from '../../shaders/convolution/depthwise/depthwise-input-gradient.wgsl';
import weightGradientShader from '../../shaders/convolution/depthwise/depthwise-weight-gradient.wgsl';
import type { Arrangement } from '../dense/rearrange';
import { fourSides, type Padding } from '../resampling/upfirdn2d';

const KERNEL = defineKernel(depthwiseShader);
const INPUT_GRADIENT = defineKernel(inputGradientShader);
const WEIGHT_GRADIENT = defineKernel(weightGradientShader);

export interface DepthwiseOptions {
  /** Default: 1. */
  readonly stride?: number | undefined;
  /** Zero padding in pixels; negative crops. Default: 0. */
  readonly padding?: Padding | undefined;
}

/** [channels, 1, kernelHeight, kernelWidth], as files have it, to [kernelHeight, kernelWidth, channels]. */
export function depthwiseTapsFirst(channels: number, kernelHeight: number, kernelWidth: number): Arrangement {
  const taps = kernelHeight * kernelWidth;
  return {
    shape: [kernelHeight, kernelWidth, channels],
    axes: [
      { extent: taps, from: 1, to: channels },
      { extent: channels, from: taps, to: 1 },
    ],
  };
}

/**
 * Correlation of every channel with a kernel of its own.
 * @param input [N, H, W, C]
 * @param weight [kernelHeight, kernelWidth, C] in the order of {@link depthwiseTapsFirst}
 * @returns [N, outH, outW, C] with outH = floor((H + top + bottom - kernelHeight) / stride) + 1
 * @throws ShapeError, also when nothing would be left
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
  const [left, right, top, bottom] = fourSides(options.padding ?? 0);
  const stride = options.stride ?? 1;
  const outHeight = Math.floor((height + top + bottom - kernelHeight!) / stride) + 1;
  const outWidth = Math.floor((width + left + right - kernelWidth!) / stride) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      `depthwiseConv2d: nothing is left of "${input.label}" [${input.shape}]: ${outHeight} x ${outWidth}`,
    );
  }
  const output = plan.scratch(`${weight.label} output`, [batch, outHeight, outWidth, channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, weight, output },
    params: sizes(input.shape, output.shape, weight.shape, options),
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

/** The gradient of {@link depthwiseConv2d} with respect to its input, which has this shape. */
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
    params: sizes(shape, gradient.shape, weight.shape, options),
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

/** The gradient of {@link depthwiseConv2d} with respect to its weights, which have this shape. */
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
    params: sizes(input.shape, gradient.shape, shape, options),
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

/** What all three kernels need to know. */
function sizes(
  [batch, height, width, channels]: readonly number[],
  [, outHeight, outWidth]: readonly number[],
  [kernelHeight, kernelWidth]: readonly number[],
  options: DepthwiseOptions,
) {
  const [padLeft, , padTop] = fourSides(options.padding ?? 0);
  return {
    batch: batch!,
    height: height!,
    width: width!,
    outHeight: outHeight!,
    outWidth: outWidth!,
    kernelHeight: kernelHeight!,
    kernelWidth: kernelWidth!,
    stride: options.stride ?? 1,
    groups: Math.ceil(channels! / 4),
    padLeft,
    padTop,
  };
}
