/**
 * Opens a model file of any kind that this program knows: safetensors, a pickle (official `.pkl` or legacy torch), a torch zip file. Kinds
 * are told apart by their first bytes. Opening reads the structure alone, so that a caller can show the facts and estimate memory;
 * {@link CheckpointFile.read} then brings the numbers of the wanted network into one block.
 *
 * Pure data: runs in a Worker as in Node. What `read` returns lies in one block of memory, which can be transferred.
 */
import { type ByteSource, byteSource, type CheckpointSource, readBytes, readInto } from './byte-source';
import type { ProgressListener } from './byte-stream';
import { BufferCheckpoint, type Checkpoint, type TensorInfo } from './checkpoint';
import { CheckpointError } from './errors';
import { type CheckpointFormat, SNIFFED_BYTES, sniffFormat } from './format';
import { type GivenFacts, openGenerator, type UnpickledFile } from './official/generator-file';
import { openPickle } from './pickle/unpickle';
import { LENGTH_BYTES, parseHeader, readHeaderLength } from './safetensors-header';
import { LEGACY_MAGIC, openLegacyFile } from './torch/legacy-file';
import { openZipFile } from './torch/zip-file';

export type { CheckpointSource } from './byte-source';
export type { GivenFacts } from './official/generator-file';

export interface ReadingOptions {
  /** (bytes read, bytes to read; undefined while the file's structure is being read and nobody knows). */
  readonly onProgress?: ProgressListener | undefined;
  /** Stops reading; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface OpeningOptions extends ReadingOptions, GivenFacts {}

/** A model file whose structure is known and whose numbers are still in the file. */
export interface CheckpointFile extends Pick<Checkpoint, 'metadata' | 'names' | 'has'> {
  readonly format: CheckpointFormat;
  /** Bytes that {@link read} will take in memory. */
  readonly byteLength: number;
  /** Type, shape and bytes of a tensor. @throws MissingTensorError */
  info(name: string): TensorInfo;
  /** Reads the numbers. @throws CheckpointError of some class; the signal's reason if aborted */
  read(options?: ReadingOptions): Promise<Checkpoint>;
}

/**
 * Reads the structure of a model file.
 * @param source a file of the user, bytes in memory, or anything that reads ranges
 * @param options `like` or `facts` complete a state dict that was saved alone
 * @throws UnknownFormatError for another kind of file; PickleError, ZipError, CheckpointHeaderError for a damaged one; UnsupportedModelError
 *   that names what cannot be run; MissingFactsError that names what the file leaves open; the signal's reason if aborted
 */
export async function openCheckpoint(source: CheckpointSource, options: OpeningOptions = {}): Promise<CheckpointFile> {
  const { signal } = options;
  signal?.throwIfAborted();
  const bytes = byteSource(source);
  const format = sniffFormat(await bytes.read(0, SNIFFED_BYTES));
  if (format === 'safetensors') return openSafetensors(bytes);
  const unpickled = await asTypedError(unpickle(bytes, format, options));
  const { block, metadata } = await asTypedError(openGenerator(unpickled, options));
  signal?.throwIfAborted();
  const directory = new BufferCheckpoint(new Uint8Array(0), block.infos(), metadata);
  return {
    format,
    metadata,
    byteLength: block.byteLength,
    names: () => directory.names(),
    has: (name) => directory.has(name),
    info: (name) => directory.info(name),
    read: (reading = {}) => block.read(metadata, reading.onProgress, reading.signal),
  };
}

/**
 * Reads a model file: structure and numbers. Of a pickle with several networks only `G_ema` is read (else `G`).
 * @throws as {@link openCheckpoint} and {@link CheckpointFile.read}
 */
export async function readCheckpoint(source: CheckpointSource, options: OpeningOptions = {}): Promise<Checkpoint> {
  const file = await openCheckpoint(source, options);
  return file.read(options);
}

async function unpickle(bytes: ByteSource, format: CheckpointFormat, options: ReadingOptions): Promise<UnpickledFile> {
  const scanning = {
    signal: options.signal,
    onProgress: (offset: number) => options.onProgress?.(offset, undefined),
  };
  if (format === 'torch zip') return openZipFile(bytes, scanning);
  const { value } = await openPickle(bytes, scanning);
  if (value !== LEGACY_MAGIC) return { value, pickle: bytes };
  return { ...(await openLegacyFile(bytes, scanning)), pickle: bytes };
}

async function openSafetensors(bytes: ByteSource): Promise<CheckpointFile> {
  const headerLength = readHeaderLength(await bytes.read(0, LENGTH_BYTES), bytes.size);
  const dataStart = LENGTH_BYTES + headerLength;
  const header = parseHeader(await readBytes(bytes, LENGTH_BYTES, headerLength), bytes.size - dataStart);
  const directory = new BufferCheckpoint(new Uint8Array(0), header.tensors, header.metadata);
  return {
    format: 'safetensors',
    metadata: header.metadata,
    byteLength: header.dataBytes,
    names: () => directory.names(),
    has: (name) => directory.has(name),
    info: (name) => directory.info(name),
    async read({ onProgress, signal } = {}) {
      const data = new Uint8Array(header.dataBytes);
      let done = 0;
      await readInto(bytes, dataStart, data, (count) => {
        signal?.throwIfAborted();
        done += count;
        onProgress?.(done, header.dataBytes);
      });
      return new BufferCheckpoint(data, header.tensors, header.metadata);
    },
  };
}

/**
 * The engine's own RangeError (a shape or text beyond what it can hold) becomes a CheckpointError; all checks before it make it rare, but
 * the file is anybody's.
 */
async function asTypedError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CheckpointError(`The file asks for something that cannot be: ${cause.message}.`, {
      remedy: 'The file is damaged: fetch or export it again.',
      cause,
    });
  }
}
