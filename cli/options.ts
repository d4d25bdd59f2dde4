/** Reads options, numbers and choices out of the command line's words. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import {
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
  return inRange(
    name,
    text,
    read(name, () => readNumber(text)),
    'a number',
    least,
    most,
  );
}

/** @returns degrees @throws UsageError unless `text` is an angle from `least` to `most` degrees */
export function angleOption(name: string, text: string, least = -Infinity, most = Infinity): number {
  return inRange(
    name,
    text,
    read(name, () => readAngle(text)),
    'degrees',
    least,
    most,
  );
}

function inRange(name: string, text: string, value: number, what: string, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `from ${least} up`;
  throw new UsageError(`--${name} takes ${what} ${range}, not "${text}"`);
}

/** What cannot be read is told with the option's name. */
function read<T>(name: string, reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (error instanceof WrittenNumberError) throw new UsageError(`--${name}: ${error.message}. ${error.remedy}`);
    throw error;
  }
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

/** @throws UsageError unless `text` is one seed */
export function seedOption(name: string, text: string): number {
  return read(name, () => readSeed(text));
}

/** Seeds as `0-3`, `0..3` or `0,3,7`. @throws UsageError for anything else, and for more than 10000 */
export function seedsOption(name: string, text: string): number[] {
  return read(name, () => readSeeds(text, MOST_SEEDS));
}
