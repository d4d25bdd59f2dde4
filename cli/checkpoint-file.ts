/** Opens a model file from the file system, and the options that complete a state dict which was saved alone. */

import { openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { TrifoldError } from '../src/errors';
import {
  type Checkpoint,
  type CheckpointFile,
  type GivenFacts,
  isStudentFile,
  KNOWN_CONFIGURATIONS,
  type KnownConfiguration,
  openCheckpoint,
} from '../src/index';
import { UsageError } from './errors';
import { choiceOption } from './options';

/** What every command takes that opens a model. */
export const MODEL_OPTIONS = {
  like: { type: 'string' },
  facts: { type: 'string' },
} as const;

/** @throws UsageError for an unknown configuration or an unreadable file of facts */
export async function givenFacts(values: { like?: string; facts?: string }): Promise<GivenFacts> {
  const names = Object.keys(KNOWN_CONFIGURATIONS).filter(isKnown);
  const like = values.like === undefined ? undefined : choiceOption('like', values.like, names);
  if (values.facts === undefined) return { like };
  try {
    const facts: unknown = JSON.parse(await readFile(values.facts, 'utf8'));
    if (typeof facts === 'object' && facts !== null && !Array.isArray(facts)) {
      return { like, facts: Object.fromEntries(Object.entries(facts)) };
    }
  } catch (cause) {
    throw new UsageError(
      `--facts: "${values.facts}" cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    );
  }
  throw new UsageError(`--facts: "${values.facts}" holds no JSON object`);
}

function isKnown(name: string): name is KnownConfiguration {
  return Object.hasOwn(KNOWN_CONFIGURATIONS, name);
}

/**
 * Reads the structure of a model file; the numbers stay where they are.
 * @throws UsageError when there is no such file; the loader's error that names what is wrong
 */
export async function openModelFile(path: string, given: GivenFacts = {}): Promise<CheckpointFile> {
  return openCheckpoint(await openFile(path), given);
}

/** A file whose bytes stay where they are. @throws UsageError when there is no such file */
export async function openFile(path: string): Promise<Blob> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) throw new UsageError(`there is no file "${path}"`);
  return openAsBlob(path);
}

/** Reads a generator's file as a whole. @throws NoGeneratorError; as {@link openModelFile} */
export async function readModelFile(path: string, given: GivenFacts = {}): Promise<Checkpoint> {
  const file = await openModelFile(path, given);
  if (isStudentFile(file)) throw new NoGeneratorError(path);
  return file.read();
}

/** A student was given where a generator is needed. */
export class NoGeneratorError extends TrifoldError {
  override readonly code = 'no-generator';

  constructor(path: string) {
    super(
      `"${path}" holds a convolutional student, not a generator.`,
      'Give the generator that it was distilled from, and this file with --student. "info" describes it; there is nothing to convert.',
    );
  }
}
