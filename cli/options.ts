/** Reads options, numbers and choices out of the command line's words. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import {
  ifReadable,
  isNegativeNumber,
  readAngle,
  readNumber,
  readSeed,
  readSeeds,
  WrittenNumberError,
} from '../src/numbers/written';
import { UsageError } from './errors';

/** More would not end within a day, and a slip of the finger should not ask for them. */
const MOST_SEEDS = 10_000;

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** Takes a command's words apart. @throws UsageError for an option that the command does not have */
export function parseWords<Options extends OptionsConfig>(words: string[], options: Options) {
  try {
    return parseArgs({ args: joinNegativeNumbers(words, options), options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `--yaw -30` becomes `--yaw=-30`: Node takes a word that begins with a dash for an option. */
function joinNegativeNumbers(words: readonly string[], options: OptionsConfig): string[] {
  const joined: string[] = [];
  for (const [index, word] of words.entries()) {
    const before = joined.at(-1);
    const isValue = before !== undefined && !words.slice(0, index).includes('--') && takesValue(before, options);
    if (isValue && isNegativeNumber(word)) joined[joined.length - 1] = `${before}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function takesValue(word: string, options: OptionsConfig): boolean {
  return word.startsWith('--') && options[word.slice(2)]?.type === 'string';
}

/** @throws UsageError unless `text` is a finite number from `least` to `most` */
export function numberOption(name: string, text: string, least = -Infinity, most = Infinity): number {
  const value = ifReadable(() => readNumber(text));
  return value !== undefined && isWithin(value, least, most) ? value : fail(name, 'a number', least, most, text);
}

/** @throws UsageError unless `text` is a whole number from `least` to `most` */
export function integerOption(name: string, text: string, least: number, most: number): number {
  const value = ifReadable(() => readNumber(text));
  const isFine = Number.isInteger(value) && isWithin(value!, least, most);
  return isFine ? value! : fail(name, 'a whole number', least, most, text);
}

/** @returns degrees @throws UsageError unless `text` is an angle from `least` to `most` degrees */
export function angleOption(name: string, text: string, least = -Infinity, most = Infinity): number {
  const value = ifReadable(() => readAngle(text));
  const isFine = value !== undefined && isWithin(value, least, most);
  return isFine ? value : fail(name, 'degrees such as 30, -30 or 12.5°', least, most, text);
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

function fail(name: string, what: string, least: number, most: number, text: string): never {
  const range = Number.isFinite(most) ? ` from ${least} to ${most}` : ` from ${least} up`;
  throw new UsageError(`--${name} takes ${what}${Number.isFinite(least) ? range : ''}, not "${text}"`);
}

/** @throws UsageError unless `text` is one of `choices` */
export function choiceOption<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new UsageError(`--${name} takes one of ${choices.join(', ')}, not "${text}"`);
  return choice;
}

/** @throws UsageError unless `text` is one seed */
export function seedOption(name: string, text: string): number {
  return readFor(name, () => readSeed(text));
}

/** Seeds as `0-3`, `0..3` or `0,3,7`. @throws UsageError for anything else, and for more than 10000 */
export function seedsOption(name: string, text: string): number[] {
  return readFor(name, () => readSeeds(text, MOST_SEEDS));
}

/** What cannot be read is told with the option's name. */
function readFor<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WrittenNumberError) throw new UsageError(`--${name}: ${error.message}. ${error.remedy}`);
    throw error;
  }
}
