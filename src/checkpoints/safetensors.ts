/**
 * safetensors files: https://github.com/huggingface/safetensors#format (the layout is drawn in safetensors-header.ts).
 *
 * Reading keeps one block of bytes and hands out views of it. A buffer is used where it lies; a Blob or a stream is
 * copied once, into a block whose size the header tells, after the header has been checked.
 */

import { halvesFromFloats } from '../numbers/half';
import { ByteStreamReader, type ProgressListener } from './byte-stream';
import { BufferCheckpoint, type Checkpoint } from './checkpoint';
import { DTYPE_BYTES } from './dtypes';
import { CheckpointTensorError, quoteName } from './errors';
import { LENGTH_BYTES, parseHeader, readHeaderLength, trailingBytes } from './safetensors-header';

export type { ProgressListener } from './byte-stream';
export type { Checkpoint, TensorInfo } from './checkpoint';
export { floatsOfShape } from './checkpoint';

export interface ReadOptions {
  /** Called as bytes arrive: (bytes read, bytes in all; undefined until the header is read, if `totalBytes` is not given). */
  onProgress?: ProgressListener;
  /** Stops reading; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Exact size of a stream in bytes, where known; lets a wrong file be refused before it is read. Do not pass the
   * Content-Length of a compressed response: that counts other bytes.
   */
  totalBytes?: number;
}

/**
 * Reads a safetensors file that is already in memory. Keeps views of `source`: do not write to it afterwards.
 * @throws CheckpointHeaderError, CheckpointTensorError, CheckpointTruncatedError
 */
export function parseSafetensors(source: ArrayBuffer | Uint8Array): Checkpoint {
  // A Node Buffer becomes a plain Uint8Array here: its slice() would not copy.
  const file =
    source instanceof Uint8Array
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
  const dataStart = LENGTH_BYTES + readHeaderLength(file, file.byteLength);
  const header = parseHeader(file.subarray(LENGTH_BYTES, dataStart), file.byteLength - dataStart);
  return new BufferCheckpoint(file.subarray(dataStart), header.tensors, header.metadata);
}

/**
 * Reads a safetensors file from memory, a Blob (a File of the user, an entry of the cache) or a stream (a download).
 * @returns the whole checkpoint; its tensors can then be asked for synchronously
 * @throws CheckpointHeaderError, CheckpointTensorError (names the tensor), CheckpointTruncatedError (says how many bytes
 *   of how many came), CheckpointError (no memory); the signal's reason if aborted; what the stream itself throws
 */
export async function readSafetensors(
  source: Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array>,
  options: ReadOptions = {},
): Promise<Checkpoint> {
  options.signal?.throwIfAborted();
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    const checkpoint = parseSafetensors(source);
    options.onProgress?.(source.byteLength, source.byteLength);
    return checkpoint;
  }
  const totalBytes = source instanceof Blob ? source.size : options.totalBytes;
  const stream = source instanceof Blob ? source.stream() : source;
  const reader = new ByteStreamReader(stream, options.signal, options.onProgress, totalBytes);
  try {
    return await readStream(reader, totalBytes);
  } finally {
    reader.close();
  }
}

async function readStream(reader: ByteStreamReader, totalBytes: number | undefined): Promise<Checkpoint> {
  const headerLength = readHeaderLength(await reader.take(LENGTH_BYTES, 'the header length'), totalBytes);
  const dataStart = LENGTH_BYTES + headerLength;
  const available = totalBytes === undefined ? undefined : totalBytes - dataStart;
  const header = parseHeader(await reader.take(headerLength, 'the header'), available);
  reader.learnTotal(dataStart + header.dataBytes);
  const data = await reader.take(header.dataBytes, 'the tensors');
  if (!(await reader.atEnd())) throw trailingBytes(header.dataBytes, header.dataBytes + 1);
  return new BufferCheckpoint(data, header.tensors, header.metadata);
}

/** A tensor to write. */
export interface WritableTensor {
  name: string;
  /** Row-major extents; their product is `data.length`. */
  shape: readonly number[];
  data: Float32Array;
  /** How it is stored; F16 rounds to nearest even. Default F32. */
  dtype?: 'F32' | 'F16';
}

/**
 * Makes a safetensors file. F32 tensors come first, so that every tensor starts at a multiple of its element size.
 * @param metadata strings to store beside the tensors
 * @throws CheckpointTensorError for a name used twice or reserved, or a shape that does not fit its data
 */
export function writeSafetensors(
  tensors: readonly WritableTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const placed = tensors
    .map((tensor) => ({ ...tensor, dtype: tensor.dtype ?? 'F32' }))
    .sort((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  const offsets: number[] = [];
  const seen = new Set(['__metadata__', '__proto__']);
  let dataBytes = 0;
  for (const { name, shape, data, dtype } of placed) {
    checkWritable(name, shape, data, seen);
    seen.add(name);
    const end = dataBytes + data.length * DTYPE_BYTES[dtype];
    entries.push([name, { dtype, shape, data_offsets: [dataBytes, end] }]);
    offsets.push(dataBytes);
    dataBytes = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const dataStart = LENGTH_BYTES + headerLength;
  const file = new Uint8Array(dataStart + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, LENGTH_BYTES + json.length, dataStart); // the format pads with spaces
  file.set(json, LENGTH_BYTES);
  placed.forEach(({ data, dtype }, index) => {
    const { buffer, byteOffset, byteLength } = dtype === 'F16' ? halvesFromFloats(data) : data;
    file.set(new Uint8Array(buffer, byteOffset, byteLength), dataStart + offsets[index]!);
  });
  return file;
}

function checkWritable(name: string, shape: readonly number[], data: Float32Array, seen: ReadonlySet<string>): void {
  if (seen.has(name)) {
    throw new CheckpointTensorError(`Tensor name ${quoteName(name)} is used twice or reserved.`, {
      tensor: name,
      remedy: 'Choose another name.',
    });
  }
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (elements !== data.length || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    const message = `Tensor ${quoteName(name)} of shape [${shape.join(', ')}] comes with ${data.length} values.`;
    const remedy = 'Give as many values as the shape has.';
    throw new CheckpointTensorError(message, { tensor: name, value: data.length, limit: elements, remedy });
  }
}
