/** Reads options, numbers and choices out of the command line's words. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './errors';

/** Seeds are those of numpy's `RandomState`. */
export const LARGEST_SEED = 2 ** 32 - 1;
/** More would not end within a day, and a slip of the finger should not ask for them. */
const MOST_SEEDS = 10_000;

/** Takes a command's words apart. @throws UsageError for an option that the command does not have */
export function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(words: string[], options: Options) {
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws UsageError unless `text` is a finite number from `least` to `most` */
export function numberOption(name: string, text: string, least = -Infinity, most = Infinity): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < least || value > most) {
    const range = Number.isFinite(least) ? ` from ${least}${Number.isFinite(most) ? ` to ${most}` : ' up'}` : '';
    throw new UsageError(`--${name} takes a number${range}, not "${text}"`);
  }
  return value;
}

/** @throws UsageError unless `text` is a whole number from `least` to `most` */
export function integerOption(name: string, text: string, least: number, most: number): number {
  const value = numberOption(name, text, least, most);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return value;
}

/** @throws UsageError unless `text` is one of `choices` */
export function choiceOption<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new UsageError(`--${name} takes one of ${choices.join(', ')}, not "${text}"`);
  return choice;
}

/**
 * Seeds as a list of numbers and ranges, both ends of which count: "0..63" or "0,3,7" or "0..3,7". A seed named twice counts once.
 * @throws UsageError for anything else, and for more than 10000
 */
export function seedsOption(name: string, text: string): number[] {
  const seeds = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last = first] = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined || last === undefined) {
      throw new UsageError(`--${name} takes seeds such as 0..63 or 0,3,7, not "${text}"`);
    }
    const from = integerOption(name, first, 0, LARGEST_SEED);
    const to = integerOption(name, last, 0, LARGEST_SEED);
    if (to < from) throw new UsageError(`--${name}: the range "${part.trim()}" ends before it begins`);
    if (seeds.size + to - from >= MOST_SEEDS) {
      throw new UsageError(`--${name} takes at most ${MOST_SEEDS} seeds; "${text}" names more`);
    }
    for (let seed = from; seed <= to; seed++) seeds.add(seed);
  }
  return [...seeds];
}
