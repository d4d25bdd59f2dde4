/** Resizing of pictures: torch's bilinear interpolation, and the filters that EG3D's training chooses between for its real images. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import blendShader from '../../shaders/resampling/blend.wgsl';
import resizeBilinearShader from '../../shaders/resampling/resize-bilinear.wgsl';
import resizeBilinearGradientShader from '../../shaders/resampling/resize-bilinear-gradient.wgsl';
import { scaled } from '../dense/multiply';
import { BINOMIAL_FILTER, downsample2d, upsample2d } from './upfirdn2d';

const RESIZE = defineKernel(resizeBilinearShader);
const RESIZE_GRADIENT = defineKernel(resizeBilinearGradientShader);
const BLEND = defineKernel(blendShader);

export interface ResizeOptions {
  readonly height: number;
  readonly width: number;
  /** Averages over all pixels that shrink into one; without it they are skipped. */
  readonly antialias: boolean;
}

/**
 * Bilinear resize with pixel centres at (i + 0.5) / size (torch: align_corners = False).
 * @param input [N, H, W, C]
 * @returns [N, height, width, C]
 */
export function resizeBilinear(plan: PlanBuilder, input: Tensor, options: ResizeOptions): Tensor {
  const { batch, height, width, channels } = imageExtents(input, 'resizeBilinear');
  const output = plan.scratch(`${input.label} resized`, [batch, options.height, options.width, channels]);
  const groups = input.stride / 4;
  plan.dispatch({
    kernel: RESIZE,
    bindings: { input, output },
    params: {
      batch,
      height,
      width,
      groups,
      outHeight: options.height,
      outWidth: options.width,
      scaleY: height / options.height,
      scaleX: width / options.width,
    },
    constants: { ANTIALIAS: options.antialias ? 1 : 0 },
    workgroups: linearGrid(batch * options.height * options.width * groups),
  });
  plan.record({
    inputs: [input],
    outputs: [output],
    backward: ([gradient]) => [resizeBilinearGradient(plan, gradient, input.shape, options)],
  });
  return output;
}

/** The gradient with respect to the input, of the given shape. Its own gradient is the resize again. */
function resizeBilinearGradient(
  plan: PlanBuilder,
  gradient: Tensor,
  shape: readonly number[],
  options: ResizeOptions,
): Tensor {
  const [batch, height, width] = shape;
  const rows = alongAxis(plan, gradient, { axis: 1, outer: batch!, size: height!, antialias: options.antialias });
  const output = alongAxis(plan, rows, {
    axis: 2,
    outer: batch! * height!,
    size: width!,
    antialias: options.antialias,
  });
  if (output === gradient) return gradient;
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => [resizeBilinear(plan, upstream, options)],
  });
  return output;
}

/** One axis of the gradient back to `size` pixels. @param outer places of all axes before */
function alongAxis(
  plan: PlanBuilder,
  gradient: Tensor,
  { axis, outer, size, antialias }: { axis: 1 | 2; outer: number; size: number; antialias: boolean },
): Tensor {
  const outSize = gradient.shape[axis]!;
  if (outSize === size) return gradient; // every pixel was taken as it is
  const output = plan.scratch(`${gradient.label} before resize`, gradient.shape.with(axis, size));
  const vectors = vectorCount(output);
  plan.dispatch({
    kernel: RESIZE_GRADIENT,
    bindings: { gradient, output },
    params: { outer, size, outSize, groups: vectors / (outer * size), scale: size / outSize },
    constants: { ANTIALIAS: antialias ? 1 : 0 },
    workgroups: linearGrid(vectors),
  });
  return output;
}

/** first + amount (second - first). @param amount 0 gives the first, 1 the second */
export function blend(plan: PlanBuilder, first: Tensor, second: Tensor, amount: number): Tensor {
  expectShape(second, first.shape, 'blend');
  const output = plan.scratch(`${first.label} blended`, first.shape);
  const count = first.shape.slice(0, -1).reduce((a, b) => a * b, 1) * (first.stride / 4);
  plan.dispatch({
    kernel: BLEND,
    bindings: { first, second, output },
    params: { count, amount },
    workgroups: linearGrid(count),
  });
  plan.record({
    inputs: [first, second],
    outputs: [output],
    backward: ([gradient], [wantsFirst, wantsSecond]) => [
      wantsFirst && scaled(plan, gradient, 1 - amount),
      wantsSecond && scaled(plan, gradient, amount),
    ],
  });
  return output;
}

/**
 * How a real image is brought to the neural rendering resolution (EG3D's `filter_mode`): with antialias, with the FIR filter of StyleGAN2,
 * without any filter, or a number from 0 (none) to 1 (antialiased) that blends the two.
 */
export type ResizeFilterMode = 'antialiased' | 'classic' | 'none' | number;

/**
 * Resizes to a square of `size` pixels. Used by training (issue 14).
 * @param input [N, H, W, C]
 * @returns [N, size, size, C]
 */
export function filteredResizing(plan: PlanBuilder, input: Tensor, size: number, mode: ResizeFilterMode): Tensor {
  const square = { height: size, width: size };
  if (mode === 'classic') {
    // Two pixels more at twice the size, because the filter of the shrinking then crops one on every side.
    const doubled = upsample2d(plan, input, BINOMIAL_FILTER);
    const between = resizeBilinear(plan, doubled, { height: size * 2 + 2, width: size * 2 + 2, antialias: false });
    return downsample2d(plan, between, BINOMIAL_FILTER, { flipFilter: true, padding: -1 });
  }
  if (mode === 'antialiased') return resizeBilinear(plan, input, { ...square, antialias: true });
  const aliased = resizeBilinear(plan, input, { ...square, antialias: false });
  if (mode === 'none') return aliased;
  return blend(plan, aliased, resizeBilinear(plan, input, { ...square, antialias: true }), mode);
}
