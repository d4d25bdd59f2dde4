/**
 * `weights/index.json`: which models this page ships, with the size and the SHA-256 of each file.
 */
import { ModelIndexError, NotWeightsError, WeightsMissingError, WeightsUnreachableError } from './weights-errors';

/** One bundled model. */
export interface ModelEntry {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** File name, beside `index.json`. */
  readonly file: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

const INDEX_FILE = 'index.json';

/**
 * Reads the index and picks a model.
 * @param folder address of the folder `weights`, with a slash at its end
 * @param id the model that is wanted; without it, the one that the index names as default
 * @throws WeightsUnreachableError, WeightsMissingError, NotWeightsError, ModelIndexError; the signal's reason if aborted
 */
export async function readModelEntry(
  folder: URL,
  options: { id?: string; signal?: AbortSignal } = {},
): Promise<ModelEntry> {
  const response = await fetchFile(new URL(INDEX_FILE, folder), INDEX_FILE, options.signal);
  let index: unknown;
  try {
    index = await response.json();
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new ModelIndexError('it is not JSON.', { cause });
  }
  return pickEntry(index, options.id);
}

/**
 * `fetch`, with what goes wrong told apart.
 * @throws WeightsUnreachableError, WeightsMissingError, NotWeightsError; the signal's reason if aborted
 */
export async function fetchFile(address: URL, file: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WeightsUnreachableError(file, { cause });
  }
  if (!response.ok) throw new WeightsMissingError(file, response.status);
  if (response.headers.get('content-type')?.startsWith('text/html')) throw new NotWeightsError(file);
  return response;
}

/** Exported for the tests. @throws ModelIndexError */
export function pickEntry(index: unknown, id?: string): ModelEntry {
  if (!isRecord(index) || !Array.isArray(index.models)) throw new ModelIndexError('it has no list "models".');
  const entries = index.models.map(readEntry);
  const wanted = id ?? index.default;
  const entry = wanted === undefined ? entries[0] : entries.find((candidate) => candidate.id === wanted);
  if (!entry) throw new ModelIndexError(`it has no model "${String(wanted)}".`);
  return entry;
}

function readEntry(entry: unknown): ModelEntry {
  if (!isRecord(entry)) throw new ModelIndexError('an entry of "models" is not an object.');
  const { id, name, file, bytes, sha256 } = entry;
  if (typeof id !== 'string' || typeof file !== 'string' || !/^[\w.-]+$/.test(file)) {
    throw new ModelIndexError('an entry has no "id" or no plain "file" name.');
  }
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes <= 0) {
    throw new ModelIndexError(`"${id}" has no size in bytes.`);
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
    throw new ModelIndexError(`"${id}" has no SHA-256.`);
  return { id, name: typeof name === 'string' ? name : id, file, bytes, sha256 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
