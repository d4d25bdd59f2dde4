/**
 * The kernels of unmodulated convolutions and of their inputs' gradients, which the operations of conv2d.ts and the gradients of modulated
 * convolutions (modulated-conv-gradient.ts) dispatch: nothing here records itself. Those of weights are in conv-weight-gradient.ts.
 */

import { linearGrid, rowBands } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import conv2dShader from '../../shaders/convolution/conv2d/conv2d.wgsl';
import inputGradientShader from '../../shaders/convolution/conv2d/conv2d-input-gradient.wgsl';
import tiledShader from '../../shaders/convolution/conv2d/conv2d-tiled.wgsl';
import conv3x3TransposedShader from '../../shaders/convolution/conv3x3-transposed.wgsl';
import { type ConvShape, type Orientation, weightsFrom } from './conv-weights';
import type { Conv3x3Shape } from './conv3x3';
import { TILED as TILED_3X3 } from './conv3x3-direct';
import { recordSampledPoints, recordSampledWithStride, samplesPoints, samplesWithStride } from './conv3x3-sampled';
import { chooseVariant } from './conv3x3-variants';

const PLAIN = defineKernel(conv2dShader);
const TILED = defineKernel(tiledShader);
const INPUT_GRADIENT = defineKernel(inputGradientShader);
const DOUBLING = defineKernel(conv3x3TransposedShader);

/** How a kernel lies on a picture. */
export interface ConvGeometry {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  /** Rows and columns of zeros before the picture; negative crops. How many are behind it follows from the size of the result. */
  readonly padTop: number;
  readonly padLeft: number;
}

/** Larger kernels and strides would make of the tiled kernels very long texts. */
const MOST_TILED_TAPS = 3;
const MOST_TILED_STRIDE = 2;

/** Whether the tiled kernels compute it. */
export function isTiled({ kernelHeight, kernelWidth, stride }: ConvGeometry): boolean {
  return Math.max(kernelHeight, kernelWidth) <= MOST_TILED_TAPS && stride <= MOST_TILED_STRIDE;
}

/** Pixels along each side that a thread of the tiled kernel computes. */
const TILE_SIDE = 4;
/** Groups of four channels that it computes of a kernel of one tap, for a pixel to be read less often; with more taps one is enough. */
const POINT_GROUPS = 4;

/** Pixels from which on it is worth staging them for one tap. */
export const LEAST_SAMPLED_POINTS = 256;

export interface TiledConvolution {
  /** [N, H, W, inChannels] */
  readonly input: Tensor;
  /** [kernelHeight, kernelWidth, inChannels rounded up to four, outChannels]; transposed, output and input channels change places. */
  readonly weight: Tensor;
  /** [N, outHeight, outWidth, outChannels] */
  readonly output: Tensor;
  readonly geometry: ConvGeometry;
  /** Whether weights are read from output to input channels. Default: false. */
  readonly isTransposed?: boolean;
  /** Whether the kernel is turned by half a turn. Default: false. */
  readonly isFlipped?: boolean;
  /** Factors on channels: of the input [N, inChannels], and of the result [N, outChannels]. */
  readonly factors?: { readonly input: Tensor; readonly output: Tensor };
}

/**
 * Appends what computes a convolution that {@link isTiled}: where it is one of 3x3 taps that keeps the side, the variant that is the fastest on this
 * device for its shape (conv3x3-variants.ts); one that halves the side is read as texels on software adapters; and otherwise conv2d-tiled.wgsl, which is
 * as good as the portable variant.
 */
export function dispatchConvolution(plan: PlanBuilder, convolution: TiledConvolution): void {
  const { input, weight, output, geometry, isTransposed = false, isFlipped = false } = convolution;
  const { kernelHeight, kernelWidth, stride, padTop, padLeft } = geometry;
  const { batch, height, width, channels: inChannels } = imageExtents(input, 'conv2d');
  const { height: outHeight, width: outWidth, channels: outChannels } = imageExtents(output, 'conv2d');
  const layer = { batch, height, width, inChannels, outChannels, up: 1, halfWeights: false } as const;
  const is3x3 = kernelHeight === 3 && kernelWidth === 3 && weight.format === 'f32';
  const keepsSide = outHeight === height && outWidth === width && stride === 1 && padTop === 1 && padLeft === 1;
  const halvesSide = stride === 2 && padTop === 0 && padLeft === 0;
  const orientation = orientationOf(isTransposed, isFlipped);
  const variant = keepsSide ? chooseVariant({ ...layer, trainableWeights: true }, plan.host) : undefined;
  const isFaster = keepsSide ? variant !== TILED_3X3 : halvesSide && samplesWithStride(layer, plan.host);
  // Of one tap the way back alone is computed so: what a layer computes shall not depend on the adapter more than it must.
  const isPoint = kernelHeight === 1 && kernelWidth === 1 && stride === 1 && padTop === 0 && padLeft === 0;
  const samplesPoint = isPoint && isTransposed && weight.format === 'f32' && samplesManyPoints(layer, plan.host);
  if (!orientation || !(samplesPoint || (is3x3 && isFaster))) {
    dispatchTiled(plan, convolution);
    return;
  }
  const side = samplesPoint ? 1 : 3;
  const conv: ConvShape = isTransposed ? [inChannels, outChannels, side, side] : [outChannels, inChannels, side, side];
  const operands = {
    input,
    weights: weightsFrom(plan, weight, conv, orientation),
    styles: convolution.factors?.input ?? ones(plan, batch, inChannels),
    demodulation: convolution.factors?.output ?? ones(plan, batch, outChannels),
    epilogue: {},
    output,
  };
  if (samplesPoint) recordSampledPoints(plan, operands);
  else if (variant) variant.record(plan, operands);
  else recordSampledWithStride(plan, operands);
}

/** Whether a layer of one tap has so many pixels, and of so many channels, that it is worth staging them. */
export function samplesManyPoints(layer: Conv3x3Shape, device: DeviceFacts): boolean {
  return layer.height * layer.width >= LEAST_SAMPLED_POINTS && layer.inChannels > 4 && samplesPoints(layer, device);
}

/** How the variants are to read weights; undefined for what none of them wants. */
function orientationOf(isTransposed: boolean, isFlipped: boolean): Orientation | undefined {
  if (!isTransposed) return isFlipped ? undefined : 'forward';
  return isFlipped ? 'transposed' : 'swapped';
}

/** Appends conv2d-tiled.wgsl. */
function dispatchTiled(plan: PlanBuilder, convolution: TiledConvolution): void {
  const { input, weight, output, geometry, isTransposed = false, isFlipped = false, factors } = convolution;
  const { batch, height, width } = imageExtents(input, 'conv2d');
  const { height: outHeight, width: outWidth, channels } = imageExtents(output, 'conv2d');
  const { kernelHeight, kernelWidth, stride, padLeft, padTop } = geometry;
  const flopsPerRow = 2 * kernelHeight * kernelWidth * input.stride * output.stride * batch * outWidth;
  const groups = kernelHeight * kernelWidth === 1 && channels > 4 * (POINT_GROUPS - 1) ? POINT_GROUPS : 1;
  for (const band of rowBands(plan, outHeight, flopsPerRow, TILE_SIDE)) {
    const tiles = Math.ceil(outWidth / TILE_SIDE) * Math.ceil((band.endRow - band.firstRow) / TILE_SIDE);
    plan.dispatch({
      kernel: TILED,
      bindings: {
        input,
        weight,
        output,
        ...(factors && { inputScale: factors.input, outputScale: factors.output }),
      },
      params: {
        batch,
        height,
        width,
        inputGroups: input.stride / 4,
        outHeight,
        outWidth,
        channels,
        padLeft,
        padTop,
        ...band,
      },
      constants: {
        KERNEL_HEIGHT: kernelHeight,
        KERNEL_WIDTH: kernelWidth,
        STRIDE: stride,
        TILE_ROWS: TILE_SIDE,
        TILE_COLUMNS: TILE_SIDE,
        OUT_GROUPS: groups,
        TRANSPOSED: Number(isTransposed),
        FLIPPED: Number(isFlipped),
        MODULATED: Number(factors !== undefined),
      },
      workgroups: linearGrid(batch * tiles * Math.ceil(output.stride / 4 / groups)),
    });
  }
}

/** Factors that change nothing, [N, channels]. */
export function ones(plan: PlanBuilder, batch: number, channels: number): Tensor {
  return plan.constant('no factors', [batch, channels], new Float32Array(batch * channels).fill(1));
}

/** Quads of the result, rows and columns, that a thread of conv3x3-transposed.wgsl computes. */
const QUAD_ROWS = 2;
const QUAD_COLUMNS = 4;

/** Whether the input's gradient of a convolution is the transposed convolution that doubles the side of `gradient`, as an up=2 layer has it. */
export function isDoubling(geometry: ConvGeometry, gradient: Tensor, output: Tensor): boolean {
  const { kernelHeight, kernelWidth, stride, padTop, padLeft } = geometry;
  const isUnpadded = kernelHeight === 3 && kernelWidth === 3 && stride === 2 && padTop === 0 && padLeft === 0;
  return isUnpadded && [1, 2].every((axis) => output.shape[axis] === 2 * gradient.shape[axis]! + 1);
}

/**
 * Appends conv3x3-transposed.wgsl for a whole picture and without factors.
 * @param what.input [N, H, W, C] @param what.output [N, 2H + 1, 2W + 1, C']
 * @param what.isTransposed whether the weights, [3, 3, C' rounded up to four, C], are read from their columns to their rows
 */
export function dispatchDoubling(
  plan: PlanBuilder,
  what: { input: Tensor; weight: Tensor; output: Tensor; isTransposed: boolean },
): void {
  const { input, weight, output, isTransposed } = what;
  const { batch, height, width, channels: inChannels } = imageExtents(input, 'conv2d');
  const { height: ringRows, channels } = imageExtents(output, 'conv2d');
  const ones = (count: number) => plan.constant('no factors', [batch, count], new Float32Array(batch * count).fill(1));
  const styles = ones(inChannels);
  const demodulation = ones(channels);
  const flopsPerQuadRow = 18 * batch * width * input.stride * output.stride;
  for (const band of rowBands(plan, height + 1, flopsPerQuadRow, QUAD_ROWS)) {
    const tiles = Math.ceil((width + 1) / QUAD_COLUMNS) * Math.ceil((band.endRow - band.firstRow) / QUAD_ROWS);
    plan.dispatch({
      kernel: DOUBLING,
      bindings: { input, weight, styles, demodulation, output },
      params: { batch, height, width, inputGroups: input.stride / 4, channels, ringRows, ...band },
      constants: { TRANSPOSED: Number(isTransposed) },
      workgroups: linearGrid((batch * tiles * output.stride) / 4),
    });
  }
}

/** Appends conv2d.wgsl: any geometry. */
export function dispatchPlain(
  plan: PlanBuilder,
  { input, weight, output, geometry }: Pick<TiledConvolution, 'input' | 'weight' | 'output' | 'geometry'>,
): void {
  const { batch, height, width } = imageExtents(input, 'conv2d');
  const { height: outHeight, width: outWidth } = imageExtents(output, 'conv2d');
  const groups = output.stride / 4;
  const flopsPerRow =
    2 * geometry.kernelHeight * geometry.kernelWidth * input.stride * output.stride * batch * outWidth;
  for (const band of rowBands(plan, outHeight, flopsPerRow)) {
    plan.dispatch({
      kernel: PLAIN,
      bindings: { input, weight, output },
      params: {
        batch,
        height,
        width,
        inputGroups: input.stride / 4,
        outHeight,
        outWidth,
        groups,
        ...geometry,
        ...band,
      },
      workgroups: linearGrid(batch * (band.endRow - band.firstRow) * outWidth * groups),
    });
  }
}

/** Appends conv2d-input-gradient.wgsl: any geometry. @param output of the input's shape */
export function dispatchPlainInputGradient(
  plan: PlanBuilder,
  { gradient, weight, output, geometry }: { gradient: Tensor; weight: Tensor; output: Tensor; geometry: ConvGeometry },
): void {
  const { batch, height, width, channels: inputChannels } = imageExtents(output, 'conv2d');
  const { height: outHeight, width: outWidth } = imageExtents(gradient, 'conv2d');
  const groups = gradient.stride / 4;
  const flopsPerRow =
    2 * geometry.kernelHeight * geometry.kernelWidth * gradient.stride * output.stride * batch * width;
  for (const band of rowBands(plan, height, flopsPerRow)) {
    plan.dispatch({
      kernel: INPUT_GRADIENT,
      bindings: { gradient, weight, output },
      params: { batch, height, width, inputChannels, outHeight, outWidth, groups, ...geometry, ...band },
      workgroups: linearGrid((batch * (band.endRow - band.firstRow) * width * output.stride) / 4),
    });
  }
}
