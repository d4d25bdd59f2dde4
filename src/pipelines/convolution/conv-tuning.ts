/**
 * Which implementation ("variant") of the 3x3 convolution is best for a layer: by the book where nobody has measured, and otherwise what the
 * autotune has found. No rule tells that beforehand: it depends on caches, registers and compilers. So each variant that supports a layer is run on
 * the device at hand a few times, and is held against the plain one as well: a driver that gets a kernel wrong must not make wrong faces.
 *
 * This file decides and knows no device; `conv-laboratory.ts` runs and measures on one, and remembers.
 */
import { DeviceLostError, GpuError } from '../../gpu/errors';
import type { Conv3x3Shape } from './conv3x3';

/** Sides count as the next power of two, and as this at most: beyond, the time for a pixel no longer changes, and a small picture is soon measured. */
const LARGEST_SIDE = 128;
const KEY = /^up([12]) (\d+)x(\d+) (\d+)>(\d+)( halves)?$/;

/**
 * The kind of layer under which measurements are remembered (`DeviceFacts.convChoices`). Layers that are alike share a key, and the key says all
 * that it takes to measure one of them. The batch does not count: the page shows one face, and more of them are more pixels of the same kind.
 */
export function convChoiceKey({ height, width, inChannels, outChannels, up, halfWeights }: Conv3x3Shape): string {
  return `up${up} ${rounded(height)}x${rounded(width)} ${inChannels}>${outChannels}${halfWeights ? ' halves' : ''}`;
}

/** The layer that stands for all of a key; undefined for what is no key. */
export function layerOfKey(key: string): Conv3x3Shape | undefined {
  const match = KEY.exec(key);
  if (!match) return undefined;
  const [up, height, width, inChannels, outChannels] = match.slice(1, 6).map(Number);
  return {
    batch: 1,
    height: height!,
    width: width!,
    inChannels: inChannels!,
    outChannels: outChannels!,
    up: up === 2 ? 2 : 1,
    halfWeights: match[6] !== undefined,
  };
}

function rounded(side: number): number {
  return Math.min(LARGEST_SIDE, 2 ** Math.ceil(Math.log2(side)));
}

/** Pixels (of the input) up to which the tiles of a picture leave a graphics card idle. */
const SMALL_PICTURE = 32 * 32;

/** Channels below which a tile of 32 channels, or a share of 16 of them, is mostly idle. */
const FEW_CHANNELS = 24;

/** Channels from which Winograd's transforms (bound by memory) cost less than they save. */
const MANY_CHANNELS = 96;

/**
 * Which variant a layer gets on a graphics card that has not been measured: by the book, not by experience. Where enough multiplications wait,
 * reading less memory for each of them decides.
 * @returns names in order of preference: not every variant supports every layer
 */
export function hardwareDefault({ height, width, inChannels, outChannels, up }: Conv3x3Shape): readonly string[] {
  const fewest = Math.min(inChannels, outChannels);
  if (fewest < FEW_CHANNELS) return up === 1 ? ['tiled'] : ['banded'];
  if (height * width <= SMALL_PICTURE) return ['split-k', 'gemm'];
  return up === 1 && fewest >= MANY_CHANNELS ? ['winograd', 'gemm'] : ['gemm'];
}

/** What a variant did in a trial. */
export interface ConvTrialResult {
  /** Largest difference from the plain variant, by the largest magnitude of a result; NaN where a result is not finite. */
  readonly error: number;
  /** Of one run. */
  readonly milliseconds: number;
}

/** One layer with random operands on a device. */
export interface ConvTrial {
  /** @throws KernelCompileError and other GpuErrors where the variant does not run */
  run(variant: string): Promise<ConvTrialResult>;
  close(): void;
}

/** A device on which variants can be tried; tests have one that only pretends. */
export interface ConvTrials {
  /** Names of the variants that support a layer, the portable default first. */
  candidates(layer: Conv3x3Shape): readonly string[];
  open(layer: Conv3x3Shape): Promise<ConvTrial>;
}

/** What is known of a device; plain data, to be remembered. */
export interface ConvMeasurements {
  /** The fastest variant's name by {@link convChoiceKey}. */
  readonly choices: Readonly<Record<string, string>>;
  /** Variants that the device gets wrong, as {@link variantName} calls them, each with the reason. */
  readonly rejected: Readonly<Record<string, string>>;
}

export const NOTHING_MEASURED: ConvMeasurements = { choices: {}, rejected: {} };

/**
 * Largest error that is taken for rounding. Sums in another order differ by some 1e-6 of the largest result, results stored as halves by two
 * roundings of 2^-11; a kernel that is wrong differs by about 1.
 */
export const ROUNDING_ERROR = 2e-3;

/** A variant must be faster than the portable default by this much: less is noise. */
const WORTHWHILE = 0.95;

export interface TuningOptions {
  /** When it is spent, no further layer is begun: the rest is left for another time. */
  readonly budgetMilliseconds: number;
  /** Default: `performance.now`. */
  readonly now?: () => number;
}

/** What messages and {@link ConvMeasurements} call a variant. */
export function variantName(variant: string, up: 1 | 2): string {
  return up === 2 ? `${variant} (up 2)` : variant;
}

/**
 * Measures the layers that are not known yet, those with most work first.
 * @param keys kinds of layers of a model
 * @returns what was known and what was found
 * @throws DeviceLostError
 */
export async function tuneConvolutions(
  trials: ConvTrials,
  keys: Iterable<string>,
  known: ConvMeasurements,
  { budgetMilliseconds, now = () => performance.now() }: TuningOptions,
): Promise<ConvMeasurements> {
  const deadline = now() + budgetMilliseconds;
  const choices = { ...known.choices };
  const rejected = { ...known.rejected };
  for (const [key, layer] of unknownLayers(keys, choices)) {
    if (now() >= deadline) break;
    const candidates = trials.candidates(layer).filter((name) => !(variantName(name, layer.up) in rejected));
    if (candidates.length === 1) {
      choices[key] = candidates[0]!;
      continue;
    }
    const trial = await withoutFailure(trials.open(layer));
    if (typeof trial === 'string') continue; // what it fails on, the layer may do without
    let best: { name: string; milliseconds: number } | undefined;
    try {
      for (const name of candidates) {
        const result = await attempt(trial, name);
        if (typeof result === 'string') {
          rejected[variantName(name, layer.up)] = result;
        } else if (!best || result.milliseconds < best.milliseconds * WORTHWHILE) {
          best = { name, milliseconds: result.milliseconds };
        }
      }
    } finally {
      trial.close();
    }
    if (best) choices[key] = best.name;
  }
  // What turned out to be wrong on one layer serves no other either.
  for (const [key, name] of Object.entries(choices)) {
    const layer = layerOfKey(key);
    if (!layer || variantName(name, layer.up) in rejected) delete choices[key];
  }
  return { choices, rejected };
}

/**
 * The choices for `DeviceFacts.convChoices`: what was measured, and for the rest of a model's layers the portable default (which needs no
 * entry) unless the device gets that wrong.
 */
export function convChoices(
  trials: Pick<ConvTrials, 'candidates'>,
  keys: Iterable<string>,
  { choices, rejected }: ConvMeasurements,
): Map<string, string> {
  const map = new Map(Object.entries(choices));
  for (const [key, layer] of unknownLayers(keys, choices)) {
    const candidates = trials.candidates(layer);
    const right = candidates.find((name) => !(variantName(name, layer.up) in rejected));
    if (right !== undefined && right !== candidates[0]) map.set(key, right);
  }
  return map;
}

/** @returns what it did, or why it must not be used */
async function attempt(trial: ConvTrial, variant: string): Promise<ConvTrialResult | string> {
  const result = await withoutFailure(trial.run(variant));
  if (typeof result === 'string' || result.error <= ROUNDING_ERROR) return result;
  return Number.isFinite(result.error)
    ? `its results are off by ${result.error.toPrecision(2)} of the largest`
    : 'its results are not all finite';
}

/** @returns the message where the device refuses the work. @throws DeviceLostError, and faults that are not the device's */
async function withoutFailure<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GpuError && !(error instanceof DeviceLostError)) return error.message;
    throw error;
  }
}

/** Layers of the keys that have no choice, by the work that they are. */
function unknownLayers(keys: Iterable<string>, choices: object): [string, Conv3x3Shape][] {
  const layers: [string, Conv3x3Shape][] = [];
  for (const key of new Set(keys)) {
    const layer = layerOfKey(key);
    if (layer && !(key in choices)) layers.push([key, layer]);
  }
  const work = ({ height, width, inChannels, outChannels }: Conv3x3Shape) => height * width * inChannels * outChannels;
  return layers.sort(([, a], [, b]) => work(b) - work(a));
}
