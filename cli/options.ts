/** Reads numbers and choices out of the command line's words. */
import { UsageError } from './errors';

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
