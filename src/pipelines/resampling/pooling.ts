/**
 * Pooling: the mean or the maximum of each window of a picture. Both are linear maps, the maximum's once its places are known, so the gradient of
 * each is its transpose, whose gradient is the map again: derivatives of any order exist. Used by perceptual networks (issue 19).
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError, WiringError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import averagePoolShader from '../../shaders/resampling/pooling/average-pool.wgsl';
import averagePoolGradientShader from '../../shaders/resampling/pooling/average-pool-gradient.wgsl';
import maxPoolShader from '../../shaders/resampling/pooling/max-pool.wgsl';
import maxPoolGradientShader from '../../shaders/resampling/pooling/max-pool-gradient.wgsl';

const AVERAGE = defineKernel(averagePoolShader);
const AVERAGE_GRADIENT = defineKernel(averagePoolGradientShader);
const MAX = defineKernel(maxPoolShader);
const MAX_GRADIENT = defineKernel(maxPoolGradientShader);

export interface PoolingOptions {
  /** Side of the square windows, in pixels. */
  readonly kernel: number;
  /** Pixels from window to window. Default: `kernel`. */
  readonly stride?: number | undefined;
  /** Pixels by which windows may lie outside of the picture, on every side; half of `kernel` at most. Default: 0. */
  readonly padding?: number | undefined;
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether what lies outside counts as zeros, rather than not at all (torch: count_include_pad). Default: true. */
  readonly countsPadding?: boolean | undefined;
}

/**
 * The mean of each window.
 * @param input [N, H, W, C]
 * @returns [N, outH, outW, C] with outH = floor((H + 2 padding - kernel) / stride) + 1
 * @throws ShapeError, WiringError
 */
export function averagePool(plan: PlanBuilder, input: Tensor, options: AveragePoolingOptions): Tensor {
  const output = plan.scratch(`${input.label} averages`, pooledShape(input, options));
  plan.dispatch({
    kernel: AVERAGE,
    bindings: { input, output },
    params: { ...poolingParams(input.shape, output.shape, options), countsPadding: countsPadding(options) },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [averagePoolGradient(plan, gradient, input.shape, options)],
  });
  return output;
}

/** The gradient of {@link averagePool} with respect to its input, of the given shape. */
function averagePoolGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  shape: readonly number[],
  options: AveragePoolingOptions,
): Tensor {
  const output = plan.scratch(`${gradient.label} before averages`, shape);
  plan.dispatch({
    kernel: AVERAGE_GRADIENT,
    bindings: { gradient, output },
    params: { ...poolingParams(shape, gradient.shape, options), countsPadding: countsPadding(options) },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => [averagePool(plan, upstream, options)],
  });
  return output;
}

/**
 * The maximum of each window. Its gradient goes to the first place, in the order of rows, that has the maximum (as torch has it).
 * @param input [N, H, W, C]
 * @returns [N, outH, outW, C] with outH = floor((H + 2 padding - kernel) / stride) + 1
 * @throws ShapeError, WiringError
 */
export function maxPool(plan: PlanBuilder, input: Tensor, options: PoolingOptions): Tensor {
  return atMaxima(plan, input, input, options);
}

/** Of each window the number of `input` where `reference` has its maximum. The reference takes no part in gradients: it only decides. */
function atMaxima(plan: PlanBuilder, reference: Tensor, input: Tensor, options: PoolingOptions): Tensor {
  const output = plan.scratch(`${input.label} maxima`, pooledShape(input, options));
  plan.dispatch({
    kernel: MAX,
    bindings: { input, reference, output },
    params: poolingParams(input.shape, output.shape, options),
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [backToMaxima(plan, reference, gradient, options)],
  });
  return output;
}

/** The gradient of {@link atMaxima} with respect to its input. */
function backToMaxima(plan: PlanBuilder, reference: Tensor, gradient: Tensor, options: PoolingOptions): Tensor {
  const output = plan.scratch(`${gradient.label} before maxima`, reference.shape);
  plan.dispatch({
    kernel: MAX_GRADIENT,
    bindings: { gradient, reference, output },
    params: poolingParams(reference.shape, gradient.shape, options),
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => [atMaxima(plan, reference, upstream, options)],
  });
  return output;
}

/** @throws WiringError for windows that may be empty, ShapeError where none fits */
function pooledShape(input: Tensor, { kernel, stride = kernel, padding = 0 }: PoolingOptions): number[] {
  const { batch, height, width, channels } = imageExtents(input, 'pooling');
  const isCount = [kernel, stride, padding + 1].every((value) => Number.isInteger(value) && value >= 1);
  if (!isCount || padding > kernel / 2) {
    throw new WiringError(
      `pooling: kernel ${kernel} and stride ${stride} are to be integers of 1 or more, and padding ${padding} one of 0 to ${Math.floor(kernel / 2)}`,
    );
  }
  const [outHeight, outWidth] = [height, width].map(
    (size) => Math.floor((size + 2 * padding - kernel) / stride) + 1,
  ) as [number, number];
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(`pooling: "${input.label}" [${input.shape}] has no room for windows of ${kernel} pixels`);
  }
  return [batch, outHeight, outWidth, channels];
}

/** Params of all four kernels, by the shapes of the input and the result. */
function poolingParams(
  [batch, height, width, channels]: readonly number[],
  [, outHeight, outWidth]: readonly number[],
  { kernel, stride = kernel, padding = 0 }: PoolingOptions,
) {
  return {
    batch: batch!,
    height: height!,
    width: width!,
    groups: Math.ceil(channels! / 4),
    outHeight: outHeight!,
    outWidth: outWidth!,
    kernel,
    stride,
    padding,
  };
}

const countsPadding = ({ countsPadding: counts = true }: AveragePoolingOptions) => Number(counts);
