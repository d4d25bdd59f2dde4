/**
 * Numbers, angles and seeds as people write them: with a real minus or a hyphen, with a degree sign, as lists and ranges. The page, its links and the
 * command line all read them here.
 */

import { TrifoldError } from '../errors';

/** Seeds are those of numpy's `RandomState`: 32 bits. */
export const LARGEST_SEED = 2 ** 32 - 1;

/** Hyphen, minus, en dash and em dash: keyboards and word processors exchange them freely. */
const DASH = '[-\u2212\u2013\u2014]';
const NUMBER = new RegExp(`^(${DASH}|\\+)?(\\d+\\.?\\d*|\\.\\d+)(e[-+]?\\d+)?$`, 'i');
const DEGREE_SIGN = /\s*(°|º|deg|degrees)$/i;
const RANGE = new RegExp(`(?<=\\d)\\s*(?:\\.{2,3}|…|${DASH})\\s*(?=\\d)`, 'g');
const SEPARATOR = /\s*[,;]\s*|\s+/;

/** A text is not what was asked for. */
export class WrittenNumberError extends TrifoldError {
  override readonly code = 'written-number';

  constructor(
    /** What was written. */
    readonly text: string,
    problem: string,
    /** What is accepted, with examples. */
    readonly accepted: string,
    /** The value that was overstepped, if it was one. */
    readonly limit?: number,
  ) {
    super(`"${text}" ${problem}`, `Write ${accepted}.`);
  }
}

/**
 * A finite decimal number, such as `0.7`, `-1.5`, `−1.5` or `1e-3`; blanks around it do not matter.
 * @throws WrittenNumberError
 */
export function readNumber(text: string): number {
  return numberIn(text) ?? fail(text, 'is no number', 'a number, such as 0.7 or -1.5');
}

/**
 * An angle in degrees: `30`, `-30`, `−30`, `30°`.
 * @throws WrittenNumberError
 */
export function readAngle(text: string): number {
  const bare = text.trim().replace(DEGREE_SIGN, '');
  return numberIn(bare) ?? fail(text, 'is no angle', 'degrees, such as 30, -30 or 12.5°');
}

/**
 * One seed, a whole number from 0 to {@link LARGEST_SEED}.
 * @throws WrittenNumberError, also for a list or a range
 */
export function readSeed(text: string): number {
  const accepted = `one seed, a whole number from 0 to ${LARGEST_SEED}`;
  const digits = text.trim();
  if (!/^\+?\d+$/.test(digits)) return fail(text, 'is no seed', accepted);
  const seed = Number(digits);
  return seed <= LARGEST_SEED ? seed : fail(text, 'is beyond the largest seed', accepted, LARGEST_SEED);
}

/**
 * Seeds as a list of numbers and ranges, both ends of which count: `0-3`, `0..3`, `0,3,7`, `0, 3, 7` or `0-3, 7`. A seed that is named twice counts once.
 * @param most how many there may be
 * @throws WrittenNumberError
 */
export function readSeeds(text: string, most: number): number[] {
  const accepted = `seeds from 0 to ${LARGEST_SEED} as 0-3 or 0..3 (both ends count) or 0,3,7, at most ${most} of them`;
  const seeds = new Set<number>();
  for (const part of text.trim().replace(RANGE, '..').split(SEPARATOR)) {
    const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(part) ?? [];
    if (first === undefined) return fail(text, 'names no seeds', accepted);
    const [from, to] = [Number(first), Number(last)];
    if (Math.max(from, to) > LARGEST_SEED) return fail(text, 'goes beyond the largest seed', accepted, LARGEST_SEED);
    if (to < from) return fail(text, 'has a range that ends before it begins', accepted);
    if (to - from >= most) return fail(text, 'names too many seeds', accepted, most);
    for (let seed = from; seed <= to; seed++) seeds.add(seed);
    if (seeds.size > most) return fail(text, 'names too many seeds', accepted, most);
  }
  return [...seeds];
}

/**
 * Seeds as {@link readSeeds}; what looks like one number must be one seed, and is told so.
 * @throws WrittenNumberError
 */
export function readSeedOrSeeds(text: string, most: number): number[] {
  return numberIn(text) === undefined ? readSeeds(text, most) : [readSeed(text)];
}

/** What was read, or undefined if it is not what was asked for. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrittenNumberError) return undefined;
    throw error;
  }
}

/** Whether a word is a number below zero, rather than an option of a command line. */
export function isNegativeNumber(word: string): boolean {
  return new RegExp(`^${DASH}`).test(word) && numberIn(word.replace(DEGREE_SIGN, '')) !== undefined;
}

function numberIn(text: string): number | undefined {
  const [, sign, digits, exponent = ''] = NUMBER.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(`${digits}${exponent}`) * (sign === undefined || sign === '+' ? 1 : -1);
  return Number.isFinite(value) ? value + 0 : undefined; // -0 becomes 0
}

function fail(text: string, problem: string, accepted: string, limit?: number): never {
  throw new WrittenNumberError(text, problem, accepted, limit);
}
