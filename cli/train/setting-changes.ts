/** `--set NAME=VALUE`: single settings of a preset replaced. */
import type { Json } from '../../src/training/loops/run-store';
import { UsageError } from '../errors';

/**
 * @param words each "name=value"; parts of a name are joined by dots; a value is JSON, or a word
 * @throws UsageError for a name that the preset does not have, or a value of another type
 */
export function withChanges(settings: Json, words: readonly string[]): Json {
  return words.reduce((changed, word) => {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || text === undefined) throw new UsageError(`--set takes NAME=VALUE, not "${word}"`);
    return changedAt(changed, name.split('.'), settingOf(text), name);
  }, settings);
}

function changedAt(settings: Json, [first, ...rest]: readonly string[], value: Json, name: string): Json {
  if (first === undefined) {
    const isOther = typeof value !== typeof settings || Array.isArray(value) !== Array.isArray(settings);
    if (!isOther || settings === null) return value;
    throw new UsageError(
      `--set ${name}: ${JSON.stringify(value)} is no ${Array.isArray(settings) ? 'list' : typeof settings}`,
    );
  }
  if (typeof settings !== 'object' || settings === null || !Object.hasOwn(settings, first)) {
    const known = typeof settings === 'object' && settings !== null ? Object.keys(settings).join(', ') : 'nothing';
    throw new UsageError(`--set ${name}: there is no "${first}"; there is ${known}`);
  }
  const own = Object.entries(settings).map(([key, old]) => [
    key,
    key === first ? changedAt(old, rest, value, name) : old,
  ]);
  return Array.isArray(settings) ? own.map(([, entry]) => entry as Json) : Object.fromEntries(own);
}

function settingOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
