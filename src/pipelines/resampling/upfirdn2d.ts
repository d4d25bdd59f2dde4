/**
 * Resampling with finite impulse response filters: upsample, pad, filter, downsample (StyleGAN2's and StyleGAN3's upfirdn), and the
 * combinations that networks and losses use.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import upfirdn2dShader from '../../shaders/resampling/upfirdn2d.wgsl';
import { rearrange, unchanged } from '../dense/rearrange';

const KERNEL = defineKernel(upfirdn2dShader);

/** A two-dimensional filter, row-major. */
export interface FirFilter {
  readonly height: number;
  readonly width: number;
  readonly taps: ArrayLike<number>;
}

/** A filter that changes from run to run: its taps are written before. No gradient is asked of them. */
export interface ChangingFilter {
  readonly height: number;
  readonly width: number;
  /** [height, width] */
  readonly taps: Tensor;
}

/** A value for both axes, or [x, y]. */
export type PerAxis = number | readonly [x: number, y: number];

/** The same on all sides, or [left, right, top, bottom]. Negative values crop. */
export type Padding = number | readonly [left: number, right: number, top: number, bottom: number];

export interface UpfirdnOptions {
  /** Factor of the zero insertion. Default: 1. */
  readonly up?: PerAxis | undefined;
  /** Every how many-th pixel is kept. Default: 1. */
  readonly down?: PerAxis | undefined;
  /** Around the zero-inserted image. Default: 0. */
  readonly padding?: Padding | undefined;
  /** False convolves, true correlates. Default: false. */
  readonly flipFilter?: boolean | undefined;
  /** Factor on the result. Default: 1. */
  readonly gain?: number | undefined;
}

/** The outer product of a one-dimensional filter with itself. */
export function separableFilter(taps: ArrayLike<number>): FirFilter {
  const row = Array.from(taps);
  return { height: row.length, width: row.length, taps: row.flatMap((a) => row.map((b) => a * b)) };
}

/** [1, 3, 3, 1] x [1, 3, 3, 1] / 64, the resampling filter of StyleGAN2. */
export const BINOMIAL_FILTER: FirFilter = separableFilter([1 / 8, 3 / 8, 3 / 8, 1 / 8]);

const IDENTITY_FILTER: FirFilter = { height: 1, width: 1, taps: [1] };

/**
 * Zero insertion, padding or cropping, filter, and downsampling.
 * @param input [N, H, W, C]
 * @param filter undefined for none
 * @returns [N, outH, outW, C] with outH = floor((H up + top + bottom - filterHeight) / down) + 1
 * @throws ShapeError when nothing would be left
 */
export function upfirdn2d(
  plan: PlanBuilder,
  input: Tensor,
  filter: FirFilter | ChangingFilter = IDENTITY_FILTER,
  options: UpfirdnOptions = {},
): Tensor {
  const { batch, height, width, channels } = imageExtents(input, 'upfirdn2d');
  const [upX, upY] = perAxis(options.up ?? 1);
  const [downX, downY] = perAxis(options.down ?? 1);
  const [left, right, top, bottom] = fourSides(options.padding ?? 0);
  const outHeight = Math.floor((height * upY + top + bottom - filter.height) / downY) + 1;
  const outWidth = Math.floor((width * upX + left + right - filter.width) / downX) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(`upfirdn2d: nothing is left of "${input.label}" [${input.shape}]: ${outHeight} x ${outWidth}`);
  }
  const filterTaps = correlatedTaps(plan, filter, options);
  const output = plan.scratch(`${input.label} resampled`, [batch, outHeight, outWidth, channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, filterTaps, output },
    params: {
      batch,
      height,
      width,
      groups: input.stride / 4,
      outHeight,
      outWidth,
      filterHeight: filter.height,
      filterWidth: filter.width,
      filterStride: filterTaps.stride,
      upX,
      upY,
      downX,
      downY,
      padLeft: left,
      padTop: top,
    },
    workgroups: linearGrid((batch * outHeight * outWidth * input.stride) / 4),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [upfirdn2dGradient(plan, gradient, filter, options, height, width)],
  });
  return output;
}

/** The taps as the kernel correlates with them, times the gain. */
function correlatedTaps(
  plan: PlanBuilder,
  { height, width, taps }: FirFilter | ChangingFilter,
  { gain = 1, flipFilter = false }: UpfirdnOptions,
): Tensor {
  if ('storage' in taps) {
    expectShape(taps, [height, width], 'upfirdn2d filter');
    if (flipFilter && gain === 1) return taps;
    const count = height * width;
    const turned = { shape: [height, width], start: count - 1, axes: [{ extent: count, from: -1, to: 1 }] };
    return rearrange(plan, taps, flipFilter ? unchanged([height, width]) : turned, { factor: gain });
  }
  const values = Array.from(taps, (tap) => tap * gain);
  if (!flipFilter) values.reverse();
  return plan.constant('filter', [height, width], values);
}

/**
 * The gradient with respect to an input of height x width. Each output gives to the inputs that it was made of: the same the other way round, with
 * the filter turned, up and down exchanged, and so much padding that the filter's last tap meets the first input and its first the last.
 */
export function upfirdn2dGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  filter: FirFilter | ChangingFilter,
  options: UpfirdnOptions,
  height: number,
  width: number,
): Tensor {
  const { height: outHeight, width: outWidth } = imageExtents(gradient, 'upfirdn2dGradient');
  const [upX, upY] = perAxis(options.up ?? 1);
  const [downX, downY] = perAxis(options.down ?? 1);
  const [left, , top] = fourSides(options.padding ?? 0);
  const beforeX = filter.width - 1 - left;
  const beforeY = filter.height - 1 - top;
  return upfirdn2d(plan, gradient, filter, {
    up: [downX, downY],
    down: [upX, upY],
    padding: [
      beforeX,
      (width - 1) * upX + filter.width - outWidth * downX - beforeX,
      beforeY,
      (height - 1) * upY + filter.height - outHeight * downY - beforeY,
    ],
    flipFilter: !options.flipFilter,
    gain: options.gain,
  });
}

export interface ResampleOptions {
  /** In pixels of the result, beyond what keeps the picture in place. Default: 0. */
  readonly padding?: Padding | undefined;
  readonly flipFilter?: boolean | undefined;
  readonly gain?: number | undefined;
}

/** Enlarges by an integer factor; the picture keeps its brightness and its place. */
export function upsample2d(
  plan: PlanBuilder,
  input: Tensor,
  filter: FirFilter,
  options: ResampleOptions & { up?: number } = {},
) {
  const up = options.up ?? 2;
  const padding = addPadding(options.padding ?? 0, paddingForUpsampling(filter, up));
  return upfirdn2d(plan, input, filter, { ...options, up, padding, gain: (options.gain ?? 1) * up * up });
}

/** Shrinks by an integer factor. */
export function downsample2d(
  plan: PlanBuilder,
  input: Tensor,
  filter: FirFilter,
  options: ResampleOptions & { down?: number } = {},
) {
  const down = options.down ?? 2;
  const padding = addPadding(options.padding ?? 0, paddingForDownsampling(filter, down));
  return upfirdn2d(plan, input, filter, { ...options, down, padding });
}

/** Filters without changing the size. */
export function filter2d(
  plan: PlanBuilder,
  input: Tensor,
  filter: FirFilter | ChangingFilter,
  options: ResampleOptions = {},
): Tensor {
  const [x0, x1] = [Math.floor(filter.width / 2), Math.floor((filter.width - 1) / 2)];
  const [y0, y1] = [Math.floor(filter.height / 2), Math.floor((filter.height - 1) / 2)];
  return upfirdn2d(plan, input, filter, { ...options, padding: addPadding(options.padding ?? 0, [x0, x1, y0, y1]) });
}

/**
 * The blur of EG3D's losses: weights 2^-(x / sigma)^2 (base two) up to a radius of floor(3 sigma) pixels, normalised, zeros outside the
 * picture. Done as a row and a column filter. Used by training (issue 14).
 * @param sigma in pixels; below 1/3 nothing is changed. For one that fades from run to run: a tensor [1, 2 radius + 1] with {@link blurTaps}
 */
export function gaussianBlur(plan: PlanBuilder, input: Tensor, sigma: number | Tensor): Tensor {
  if (typeof sigma !== 'number') {
    const size = sigma.shape[1]!;
    const column = rearrange(plan, sigma, unchanged([size, 1]));
    const alongRows = filter2d(plan, input, { height: 1, width: size, taps: sigma });
    return filter2d(plan, alongRows, { height: size, width: 1, taps: column });
  }
  const radius = blurRadius(sigma);
  if (radius < 1) return input;
  const taps = blurTaps(sigma, radius);
  const alongRows = filter2d(plan, input, { height: 1, width: taps.length, taps });
  return filter2d(plan, alongRows, { height: taps.length, width: 1, taps });
}

/** Pixels on each side that a blur of this width reaches. */
export function blurRadius(sigma: number): number {
  return Math.floor(sigma * 3);
}

/**
 * The taps of {@link gaussianBlur} as the middle of 2 radius + 1, with zeros beside them.
 * @param radius at least {@link blurRadius} of sigma: that of the widest blur, where it fades
 */
export function blurTaps(sigma: number, radius: number): number[] {
  const own = blurRadius(sigma);
  if (own > radius)
    throw new ShapeError(`blurTaps: a sigma of ${sigma} reaches ${own} pixels, there is room for ${radius}`);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) => {
    const x = i - radius;
    if (x === 0) return 1;
    return Math.abs(x) <= own ? 2 ** -((x / sigma) ** 2) : 0;
  });
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** Padding with which an enlarged picture keeps its place. */
export function paddingForUpsampling({ width, height }: FirFilter, up: number): [number, number, number, number] {
  const sides = (size: number) => [Math.floor((size + up - 1) / 2), Math.floor((size - up) / 2)] as const;
  return [...sides(width), ...sides(height)];
}

/** Padding with which a shrunk picture keeps its place. */
export function paddingForDownsampling({ width, height }: FirFilter, down: number): [number, number, number, number] {
  const sides = (size: number) => [Math.floor((size - down + 1) / 2), Math.floor((size - down) / 2)] as const;
  return [...sides(width), ...sides(height)];
}

/** Sum of two paddings, side by side. */
export function addPadding(first: Padding, second: Padding): [number, number, number, number] {
  const a = fourSides(first);
  const b = fourSides(second);
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** [left, right, top, bottom] of a padding. */
export function fourSides(padding: Padding): readonly [left: number, right: number, top: number, bottom: number] {
  return typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
}

function perAxis(value: PerAxis): readonly [x: number, y: number] {
  return typeof value === 'number' ? [value, value] : value;
}
