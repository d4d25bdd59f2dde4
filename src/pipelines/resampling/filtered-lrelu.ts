/** Filtered leaky ReLU (StyleGAN3, section 3.2): up-sampling, bias, leaky ReLU, gain, clamp and down-sampling in one kernel. */

import { rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { ShapeError, WiringError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import filteredLreluShader from '../../shaders/resampling/filtered-lrelu.wgsl';
import { LEAKY_RELU_SLOPE } from '../dense/activation';
import { activationGradient } from '../dense/activation-gradient';
import { biasAct } from '../dense/bias-act';
import { sumRows } from '../reduction/sum-rows';
import {
  type FirFilter,
  fourSides,
  type Padding,
  type UpfirdnOptions,
  upfirdn2d,
  upfirdn2dGradient,
} from './upfirdn2d';

const KERNEL = defineKernel(filteredLreluShader);

/** What every device has of workgroup memory (16 KiB), in vec4f. */
const WORKGROUP_VECTORS = 1024;
const LARGEST_TILE_SIDE = 32;
const HARDWARE_THREADS = 128;
/** SwiftShader runs four threads at a time, and each such group first clears all workgroup memory: one group is several times faster. */
const SOFTWARE_THREADS = 4;
/** There a FLOP of this kernel takes as long as so many of a convolution: rows are split by the convolution's pace. */
const SOFTWARE_SLOWNESS = 8;

/** A square filter. */
export interface LowpassFilter {
  /** Length along each axis. */
  readonly size: number;
  /** True if `taps` [size] stand for their outer product with themselves, false if they are [size, size]. */
  readonly isSeparable: boolean;
  readonly taps: ArrayLike<number>;
}

/** No filter at all. */
export const IDENTITY_LOWPASS: LowpassFilter = { size: 1, isSeparable: true, taps: [1] };

export interface FilteredLeakyReluOptions {
  /** Factor of the zero insertion. Default: 1. */
  readonly up?: number | undefined;
  /** Every how many-th pixel is kept. Default: 1. */
  readonly down?: number | undefined;
  /** Separable. Default: none. */
  readonly upFilter?: LowpassFilter | undefined;
  /** Default: none. */
  readonly downFilter?: LowpassFilter | undefined;
  /** Around the zero-inserted picture. Default: 0. */
  readonly padding?: Padding | undefined;
  /** Of negative values. Default: 0.2. */
  readonly slope?: number | undefined;
  /** Factor after the leaky ReLU. Default: sqrt 2. */
  readonly gain?: number | undefined;
  /** Largest magnitude after the gain, before the down-sampling. Default: none. */
  readonly clamp?: number | undefined;
}

/**
 * (input + bias), up-sampled by true convolution with gain up^2, leaky ReLU, gain, clamp, down-sampled.
 * @param input [N, H, W, C]
 * @param bias [C], added before the padding
 * @returns [N, outH, outW, C] with outH = floor((H up + top + bottom - upTaps - downTaps + 1) / down) + 1
 * @throws ShapeError when nothing would be left, for an up-sampling filter that is not separable, or for filters too long for one workgroup
 */
export function filteredLeakyRelu(
  plan: PlanBuilder,
  input: Tensor,
  bias: Tensor,
  options: FilteredLeakyReluOptions = {},
): Tensor {
  const { batch, height, width, channels } = imageExtents(input, 'filteredLeakyRelu');
  expectShape(bias, [channels], 'filteredLeakyRelu bias');
  const { up = 1, down = 1, upFilter = IDENTITY_LOWPASS, downFilter = IDENTITY_LOWPASS } = options;
  if (!upFilter.isSeparable) throw new WiringError('filteredLeakyRelu: the up-sampling filter is not separable');
  const [left, right, top, bottom] = fourSides(options.padding ?? 0);
  const lost = upFilter.size + downFilter.size - 1;
  const outHeight = Math.floor((height * up + top + bottom - lost) / down) + 1;
  const outWidth = Math.floor((width * up + left + right - lost) / down) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      `filteredLeakyRelu: nothing is left of "${input.label}" [${input.shape}]: ${outHeight} x ${outWidth}`,
    );
  }
  const upTaps = flippedTaps(plan, 'up filter', upFilter, up);
  const downTaps = flippedTaps(plan, 'down filter', downFilter, 1);
  const output = plan.scratch(`${input.label} filtered`, [batch, outHeight, outWidth, channels]);
  const groups = input.stride / 4;
  const tile = chooseTile({ up, down, upTaps: upFilter.size, downTaps: downFilter.size }, outWidth, outHeight);
  const tileColumns = Math.ceil(outWidth / tile.width);
  const costPerTileRow =
    SOFTWARE_SLOWNESS * batch * tileColumns * input.stride * tileFlops(tile, up, upFilter, downFilter);
  for (const band of rowBands(plan, Math.ceil(outHeight / tile.height), costPerTileRow)) {
    plan.dispatch({
      kernel: KERNEL,
      bindings: { input, bias, upTaps, downTaps, output },
      params: {
        batch,
        height,
        width,
        groups,
        outHeight,
        outWidth,
        padLeft: left,
        padTop: top,
        firstTileRow: band.firstRow,
        endTileRow: band.endRow,
        slope: options.slope ?? LEAKY_RELU_SLOPE,
        gain: options.gain ?? Math.SQRT2,
        clamp: options.clamp ?? 3e38,
      },
      constants: {
        UP: up,
        DOWN: down,
        UP_TAPS: upFilter.size,
        DOWN_TAPS: downFilter.size,
        TILE_WIDTH: tile.width,
        TILE_HEIGHT: tile.height,
        IS_SEPARABLE: downFilter.isSeparable ? 1 : 0,
        THREADS: plan.host.adapter.isSoftware ? SOFTWARE_THREADS : HARDWARE_THREADS,
      },
      workgroups: workgroupGrid(batch * (band.endRow - band.firstRow) * tileColumns * groups),
    });
  }
  plan.record({
    inputs: [input, bias],
    outputs: [output],
    backward: ([gradient], [, wantsBias]) => {
      const before = gradientBeforeBias(plan, gradient, input, bias, options);
      return [before, wantsBias && sumRows(plan, before)];
    },
  });
  return output;
}

/**
 * The gradient with respect to input + bias. What the signal was at the working rate, before and after it was bent, is computed again, since the
 * kernel has kept nothing of it: two tensors of (up / down)^2 times the output's size while the rule runs.
 */
function gradientBeforeBias(
  plan: PlanBuilder,
  gradient: Tensor,
  input: Tensor,
  bias: Tensor,
  options: FilteredLeakyReluOptions,
): Tensor {
  const { up = 1, down = 1, upFilter = IDENTITY_LOWPASS, downFilter = IDENTITY_LOWPASS, slope, gain, clamp } = options;
  const [, height, width, channels] = input.shape;
  const bend = { activation: 'lrelu', alpha: slope, gain, clamp } as const;
  const upsampling = lowpassSteps(upFilter, up, 1, options.padding, up * up);
  const downsampling = lowpassSteps(downFilter, 1, down);
  let work = biasAct(plan, input, bias);
  for (const step of upsampling) work = upfirdn2d(plan, work, step.filter, step.options);
  const bent = biasAct(plan, work, plan.tensor('no bias', [channels!]), bend);
  const ofBent = backThrough(plan, gradient, downsampling, bent.shape[1]!, bent.shape[2]!);
  return backThrough(plan, activationGradient(plan, ofBent, bent, bend), upsampling, height!, width!);
}

/** One filter of a resampling. */
interface LowpassStep {
  readonly filter: FirFilter;
  readonly options: UpfirdnOptions;
}

/** Along rows and then along columns, or at once for a filter that is not separable. */
function lowpassSteps(
  { size, isSeparable, taps }: LowpassFilter,
  up: number,
  down: number,
  padding: Padding = 0,
  gain = 1,
): LowpassStep[] {
  if (!isSeparable) return [{ filter: { height: size, width: size, taps }, options: { up, down, padding, gain } }];
  const [left, right, top, bottom] = fourSides(padding);
  return [
    {
      filter: { height: 1, width: size, taps },
      options: { up: [up, 1], down: [down, 1], padding: [left, right, 0, 0], gain },
    },
    {
      filter: { height: size, width: 1, taps },
      options: { up: [1, up], down: [1, down], padding: [0, 0, top, bottom] },
    },
  ];
}

/** The gradient with respect to a picture of height x width that has gone through the steps. */
function backThrough(
  plan: PlanBuilder,
  gradient: Tensor,
  steps: readonly LowpassStep[],
  height: number,
  width: number,
): Tensor {
  return steps.reduceRight((later, { filter, options }, step) => {
    // Behind the first of two steps the rows are resampled and the columns are not yet.
    return upfirdn2dGradient(plan, later, filter, options, height, step === 0 ? width : later.shape[2]!);
  }, gradient);
}

/** The taps as the kernel correlates with them. */
function flippedTaps(
  plan: PlanBuilder,
  label: string,
  { size, isSeparable, taps }: LowpassFilter,
  gain: number,
): Tensor {
  const count = isSeparable ? size : size * size;
  if (taps.length !== count)
    throw new ShapeError(`filteredLeakyRelu: ${label} has ${taps.length} taps, expected ${count}`);
  return plan.constant(label, [count], Array.from(taps, (tap) => tap * gain).reverse());
}

/** What one tile takes; widths and heights in pixels. */
interface Tile {
  /** Of the output. */
  readonly width: number;
  readonly height: number;
  /** At the working rate. */
  readonly workWidth: number;
  readonly workHeight: number;
  /** Of the input. */
  readonly sourceWidth: number;
  /** Workgroup memory in vec4f. */
  readonly vectors: number;
}

interface Resampling {
  readonly up: number;
  readonly down: number;
  readonly upTaps: number;
  readonly downTaps: number;
}

/** The same sizes as in the kernel's overrides. */
function tileOf({ up, down, upTaps, downTaps }: Resampling, width: number, height: number): Tile {
  const workWidth = (width - 1) * down + downTaps;
  const workHeight = (height - 1) * down + downTaps;
  const sourceWidth = Math.ceil((workWidth + upTaps - 1) / up);
  const vectors = workHeight * (workWidth + Math.max(sourceWidth, width));
  return { width, height, workWidth, workHeight, sourceWidth, vectors };
}

/** The tile of the largest area that fits into workgroup memory; the same for all but small pictures, so that few kernels are compiled. */
function chooseTile(resampling: Resampling, outWidth: number, outHeight: number): Tile {
  let best: Tile | undefined;
  for (let width = 1; width <= Math.min(outWidth, LARGEST_TILE_SIDE); width++) {
    for (let height = 1; height <= Math.min(outHeight, LARGEST_TILE_SIDE); height++) {
      const tile = tileOf(resampling, width, height);
      if (tile.vectors > WORKGROUP_VECTORS) break;
      if (!best || width * height > best.width * best.height) best = tile;
    }
  }
  if (best) return best;
  const { upTaps, downTaps } = resampling;
  throw new ShapeError(
    `filteredLeakyRelu: filters of ${upTaps} and ${downTaps} taps do not fit into ${WORKGROUP_VECTORS * 16} bytes of workgroup memory`,
  );
}

/** FLOPs for one tile and channel. */
function tileFlops(tile: Tile, up: number, upFilter: LowpassFilter, downFilter: LowpassFilter): number {
  const { width, height, workWidth, workHeight, sourceWidth } = tile;
  const upsampling = ((workHeight * (sourceWidth + workWidth)) / up) * upFilter.size;
  const downsampling = downFilter.isSeparable
    ? (workHeight + height) * width * downFilter.size
    : width * height * downFilter.size ** 2;
  return 2 * (upsampling + downsampling);
}
