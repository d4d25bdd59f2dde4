/**
 * `weights/index.json`: which models this page ships, with the size and the SHA-256 of each file.
 */
import type { TrainedViews } from '../../camera/trained-views';
import { readTrainedViews } from '../../models/student-config';
import { ModelIndexError, NotWeightsError, WeightsMissingError, WeightsUnreachableError } from './weights-errors';

/** A file that this page ships. */
export interface FileEntry {
  /** File name, beside `index.json`. */
  readonly file: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** One bundled model. */
export interface ModelEntry extends FileEntry {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** The convolutional student of this model, if one is shipped. */
  readonly student: StudentEntry | undefined;
  /** Who is shown first, and from where. */
  readonly first: FirstView | undefined;
}

/** A face and an angle that flatter a model. */
export interface FirstView {
  readonly seed: number;
  /** Degrees. */
  readonly yaw: number;
  readonly pitch: number;
}

export interface StudentEntry extends FileEntry {
  /** Cameras of its training, where its file does not say. */
  readonly trainedViews: TrainedViews | undefined;
}

const INDEX_FILE = 'index.json';

interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** How the browser's own cache takes part. Default: as the server has said. */
  readonly cache?: RequestCache | undefined;
}

/**
 * Reads the index and picks a model.
 * @param folder address of the folder `weights`, with a slash at its end
 * @param options.id the model that is wanted; without it, the one that the index names as default
 * @param options.cache default: the server is asked whether the browser's copy is still the present one; an old index names old files
 * @throws WeightsUnreachableError, WeightsMissingError, NotWeightsError, ModelIndexError; the signal's reason if aborted
 */
export async function readModelEntry(
  folder: URL,
  options: { id?: string | undefined; signal?: AbortSignal | undefined; cache?: RequestCache | undefined } = {},
): Promise<ModelEntry> {
  const { signal, cache = 'no-cache' } = options;
  const response = await fetchFile(new URL(INDEX_FILE, folder), INDEX_FILE, { signal, cache });
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
export async function fetchFile(address: URL, file: string, { signal, cache }: FetchOptions = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { ...(signal && { signal }), ...(cache && { cache }) });
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
  const { id, name, student, first } = entry;
  if (typeof id !== 'string') throw new ModelIndexError('an entry has no "id".');
  return {
    ...readFileEntry(entry, id),
    id,
    name: typeof name === 'string' ? name : id,
    student: student === undefined ? undefined : readStudentEntry(student, id),
    first: first === undefined ? undefined : readFirstView(first, id),
  };
}

function readFirstView(first: unknown, id: string): FirstView {
  const { seed, yaw, pitch } = isRecord(first) ? first : {};
  if (typeof seed === 'number' && typeof yaw === 'number' && typeof pitch === 'number') return { seed, yaw, pitch };
  throw new ModelIndexError(`the first view of "${id}" is not {"seed", "yaw", "pitch"} with three numbers.`);
}

function readStudentEntry(entry: unknown, id: string): StudentEntry {
  if (!isRecord(entry)) throw new ModelIndexError(`the student of "${id}" is not an object.`);
  const { trained_views: views } = entry;
  return {
    ...readFileEntry(entry, `the student of ${id}`),
    trainedViews: isRecord(views) ? readTrainedViews(views) : undefined,
  };
}

function readFileEntry({ file, bytes, sha256 }: Record<string, unknown>, what: string): FileEntry {
  if (typeof file !== 'string' || !/^[\w.-]+$/.test(file)) {
    throw new ModelIndexError(`"${what}" has no plain "file" name.`);
  }
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes <= 0) {
    throw new ModelIndexError(`"${what}" has no size in bytes.`);
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new ModelIndexError(`"${what}" has no SHA-256.`);
  }
  return { file, bytes, sha256 };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
