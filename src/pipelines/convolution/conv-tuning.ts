/**
 * The autotune: which implementation of the 3x3 convolution is the fastest for the layers of a model on the device at hand. No rule tells that
 * beforehand: it depends on caches, registers and compilers. So each one that supports a layer is run on it a few times, and is held against
 * the plain one as well: a driver that gets a kernel wrong must not make wrong faces.
 *
 * This file decides; a `ConvLaboratory` (conv-laboratory.ts) runs and measures. What is found is remembered by whoever asks.
 */
import { DeviceLostError, GpuError } from '../../gpu/errors';
import { layerOfKey } from './conv-choice-key';
import type { Conv3x3Shape } from './conv3x3';

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

/** A device on which variants can be tried; the tests play one. */
export interface ConvTrials {
  /** Names of the variants that support a layer, the portable default first. */
  candidates(layer: Conv3x3Shape): readonly string[];
  open(layer: Conv3x3Shape): Promise<ConvTrial>;
}

/** What is known of a device; plain data, to be remembered. */
export interface ConvMeasurements {
  /** The fastest variant's name by kind of layer (conv-choice-key.ts). */
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
