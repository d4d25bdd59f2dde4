/**
 * The cases of `ops.safetensors`, sorted into families so that every case belongs to exactly one test file (ops-coverage.test.ts checks
 * that none is left over), and what those files share: options, inputs and comparison in the reference's channels-first layout.
 */
import type { Checkpoint } from '../../src/checkpoints/safetensors';
import type { PlanBuilder } from '../../src/gpu/plan';
import type { Tensor } from '../../src/gpu/tensor';
import type { FirFilter, Padding, PerAxis } from '../../src/pipelines/resampling/upfirdn2d';
import { expectClose, toChannelsFirst, toChannelsLast } from './support';

/** Largest absolute error of a single operation. */
export const OP_TOLERANCE = 1e-4;

/** Which names a test file answers for. */
export const FAMILIES = {
  modulatedConv: /^modconv/,
  upfirdn: /^upfirdn_/,
  resample: /^(upsample2d|downsample2d|filter2d)/,
  blur: /^run_D_blur_/,
  biasAct: /^bias_act_/,
  fullyConnected: /^fc_/,
  convLayer: /^convl_/,
  convResample: /^conv2d_resample_/,
  normalize: /^normalize_2nd_moment$/,
  resize: /^resize_/,
  filteredResizing: /^filtered_resizing_/,
  minibatchDeviation: /^mbstd_/,
} as const;

/** All cases of the fixture: the keys of its metadata. */
export function allCases(ops: Checkpoint): string[] {
  return Object.keys(ops.metadata);
}

export function casesOf(ops: Checkpoint, family: keyof typeof FAMILIES): string[] {
  return allCases(ops).filter((name) => FAMILIES[family].test(name));
}

/** Everything that the metadata of any case may say. */
export interface CaseOptions {
  readonly up?: PerAxis;
  readonly down?: PerAxis;
  readonly padding?: Padding;
  readonly gain?: number;
  readonly flip_filter?: boolean;
  readonly flip_weight?: boolean;
  readonly demodulate?: boolean;
  readonly filter?: string | null;
  readonly act?: string;
  readonly activation?: string;
  readonly dim?: number;
  readonly alpha?: number;
  readonly clamp?: number;
  readonly conv_clamp?: number;
  readonly default_gain?: number;
  readonly lr_multiplier?: number;
  readonly kernel_size?: number;
  readonly size?: number | readonly number[];
  readonly antialias?: boolean;
  readonly filter_mode?: string | number;
  readonly blur_sigma?: number;
}

export function optionsOf(ops: Checkpoint, name: string): CaseOptions {
  const options: CaseOptions = JSON.parse(ops.metadata[name] ?? 'null') ?? {};
  return options;
}

/** A factor that is the same on both axes in the given case. */
export function oneFactor(value: PerAxis | undefined): number {
  if (value === undefined) return 1;
  if (typeof value === 'number') return value;
  throw new TypeError(`expected one factor for both axes, got [${value}]`);
}

/** Moves axis `axis` to the end; `back` is the order that undoes it. */
export function axisLast(rank: number, axis: number): { order: number[]; back: number[] } {
  const order = [...Array(rank).keys()].filter((k) => k !== axis).concat(axis);
  const back = order.map((_, k) => order.indexOf(k));
  return { order, back };
}

/** Uploads an [N, C, H, W] tensor of the fixture as [N, H, W, C]. */
export function imageInput(plan: PlanBuilder, ops: Checkpoint, name: string): Tensor {
  const { shape } = ops.info(name);
  const [n, c, h, w] = shape;
  return plan.constant(name, [n!, h!, w!, c!], toChannelsLast(ops.floats(name), shape));
}

/** Uploads a tensor of the fixture as it is. */
export function plainInput(plan: PlanBuilder, ops: Checkpoint, name: string): Tensor {
  return plan.constant(name, ops.info(name).shape, ops.floats(name));
}

/** Compares [N, H, W, C] values with an [N, C, H, W] tensor of the fixture. */
export function expectImage(ops: Checkpoint, name: string, actual: Float32Array, tolerance = OP_TOLERANCE): void {
  const [n, c, h, w] = ops.info(name).shape;
  expectClose(name, toChannelsFirst(actual, [n!, h!, w!, c!]), ops.floats(name), tolerance);
}

/** A filter of the fixture as two-dimensional taps; one-dimensional ones stand for their outer product with themselves. */
export function filterOf(ops: Checkpoint, name: string | null | undefined): FirFilter | undefined {
  if (!name) return undefined;
  const { shape } = ops.info(name);
  const taps = ops.floats(name);
  if (shape.length === 2) return { height: shape[0]!, width: shape[1]!, taps };
  return { height: taps.length, width: taps.length, taps: [...taps].flatMap((a) => [...taps].map((b) => a * b)) };
}
