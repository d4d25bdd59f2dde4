/**
 * The header of a safetensors file, read without trust. https://github.com/huggingface/safetensors#format
 *
 *   8 bytes   N, the header's length, unsigned little-endian
 *   N bytes   JSON object: tensor name -> {dtype, shape, data_offsets: [begin, end]}, and "__metadata__": {string: string}
 *   the rest  data; offsets count from here; tensors fill it without overlap and without holes
 *
 * A file can come from anywhere, so each number is checked before anything is allocated or sliced by it.
 */
import type { TensorInfo } from './checkpoint';
import { DTYPE_BYTES, isDtype } from './dtypes';
import { CheckpointHeaderError, CheckpointTensorError, CheckpointTruncatedError, quoteName } from './errors';

/** Bytes of the length in front of the header. */
export const LENGTH_BYTES = 8;

/** The format's own limit on the header, against absurd lengths. */
export const MAX_HEADER_BYTES = 100_000_000;

const METADATA_KEY = '__metadata__';
const REMEDY = 'The file is damaged or was not written as safetensors: fetch or export it again.';

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  /** Ordered by position in the data. */
  tensors: Map<string, TensorInfo>;
  /** Bytes that all tensors fill together. */
  dataBytes: number;
}

/**
 * Reads the first 8 bytes of a file.
 * @param prefix the file's first bytes, at least 8 unless the file is shorter
 * @param fileBytes size of the whole file, where known
 * @returns length of the JSON header in bytes
 * @throws CheckpointTruncatedError, CheckpointHeaderError
 */
export function readHeaderLength(prefix: Uint8Array, fileBytes?: number): number {
  if (prefix.byteLength < LENGTH_BYTES) {
    const message = `The file holds ${prefix.byteLength} bytes; safetensors begins with 8 bytes of header length.`;
    throw new CheckpointTruncatedError(message, { value: prefix.byteLength, limit: LENGTH_BYTES, remedy: REMEDY });
  }
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    const message = `The file claims a header of ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed.`;
    throw new CheckpointHeaderError(message, { value: length, limit: MAX_HEADER_BYTES, remedy: REMEDY });
  }
  if (fileBytes !== undefined && length > fileBytes - LENGTH_BYTES) {
    const message = `The header should take ${length} bytes, but the whole file has ${fileBytes}.`;
    throw new CheckpointTruncatedError(message, { value: fileBytes, limit: LENGTH_BYTES + length, remedy: REMEDY });
  }
  return length;
}

/**
 * Reads and checks the JSON header.
 * @param json the header's bytes
 * @param availableDataBytes bytes behind the header, where known
 * @throws CheckpointHeaderError, CheckpointTensorError (names the tensor), CheckpointTruncatedError
 */
export function parseHeader(json: Uint8Array, availableDataBytes?: number): SafetensorsHeader {
  const entries = parseObject(json);
  const metadata = readMetadata(entries.find(([key]) => key === METADATA_KEY)?.[1]);
  const tensors = entries
    .filter(([key]) => key !== METADATA_KEY)
    .map(([name, entry]) => ({ name, info: readEntry(name, entry) }))
    .sort((a, b) => a.info.byteOffset - b.info.byteOffset || a.info.byteLength - b.info.byteLength);
  let dataBytes = 0;
  let previous = '';
  for (const { name, info } of tensors) {
    checkNeighbours(name, info, previous, dataBytes);
    dataBytes = info.byteOffset + info.byteLength;
    previous = name;
    if (availableDataBytes !== undefined && dataBytes > availableDataBytes) {
      const message =
        `Tensor ${quoteName(name)} ends at data byte ${dataBytes}, but the file has only ${availableDataBytes} ` +
        `bytes of data: it was cut short or its header is wrong.`;
      throw new CheckpointTruncatedError(message, {
        tensor: name,
        value: availableDataBytes,
        limit: dataBytes,
        remedy: REMEDY,
      });
    }
  }
  if (availableDataBytes !== undefined && dataBytes < availableDataBytes)
    throw trailingBytes(dataBytes, availableDataBytes);
  return { metadata, tensors: new Map(tensors.map(({ name, info }) => [name, info])), dataBytes };
}

/** The error for data that no tensor owns at the end of a file. */
export function trailingBytes(dataBytes: number, availableDataBytes: number): CheckpointHeaderError {
  const message = `The tensors fill ${dataBytes} bytes, but the file has ${availableDataBytes} bytes of data or more.`;
  return new CheckpointHeaderError(message, { value: availableDataBytes, limit: dataBytes, remedy: REMEDY });
}

function parseObject(json: Uint8Array): [string, unknown][] {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointHeaderError(`The header (${json.byteLength} bytes) is not JSON.`, { cause, remedy: REMEDY });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CheckpointHeaderError(`The header is JSON, but not an object of tensors.`, { remedy: REMEDY });
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) {
    const message = `The header names ${quoteName(repeated)} twice.`;
    throw new CheckpointTensorError(message, { tensor: repeated, remedy: REMEDY });
  }
  return Object.entries(parsed);
}

/** JSON.parse keeps the last of two equal keys in silence, so the keys are read once more. `text` must be valid JSON. */
function repeatedKey(text: string): string | undefined {
  const seen = new Set<string>();
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;
  let depth = 0;
  let lastString = '';
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match;
    if (found === '{' || found === '[') depth++;
    else if (found === '}' || found === ']') depth--;
    else if (found !== ':') lastString = found;
    else if (depth === 1) {
      const key: unknown = JSON.parse(lastString);
      if (typeof key !== 'string') continue;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CheckpointHeaderError(`"${METADATA_KEY}" is not an object of strings.`, { remedy: REMEDY });
  }
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string' || key === '__proto__') {
      const message = `"${METADATA_KEY}" may hold strings only, and no key "__proto__"; see ${quoteName(key)}.`;
      throw new CheckpointHeaderError(message, { value: key, limit: 'string', remedy: REMEDY });
    }
    metadata[key] = text;
  }
  return metadata;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readEntry(name: string, entry: unknown): TensorInfo {
  const refuse = (problem: string, value?: unknown, limit?: number | string) =>
    new CheckpointTensorError(`Tensor ${quoteName(name)}: ${problem}.`, {
      tensor: name,
      value: typeof value === 'number' ? value : JSON.stringify(value)?.slice(0, 200),
      limit,
      remedy: REMEDY,
    });
  if (name === '__proto__') throw refuse('this name is not allowed');
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw refuse('its entry is no object', entry);
  const fields = new Map<string, unknown>(Object.entries(entry));
  const dtype = fields.get('dtype');
  if (!isDtype(dtype)) {
    const known = Object.keys(DTYPE_BYTES).join(', ');
    throw refuse(`unknown element type ${JSON.stringify(dtype)?.slice(0, 40)}; known are ${known}`, dtype, known);
  }
  const shape: unknown = fields.get('shape');
  if (!Array.isArray(shape)) throw refuse('its shape is no list', shape);
  const extents: number[] = [];
  let elements = 1;
  for (const extent of shape) {
    if (!isCount(extent)) throw refuse(`its shape holds ${JSON.stringify(extent)}, not a whole number >= 0`, extent);
    extents.push(extent);
    elements *= extent;
  }
  const bytes = elements * DTYPE_BYTES[dtype];
  if (!isCount(bytes))
    throw refuse('its shape asks for more bytes than can be counted', shape, Number.MAX_SAFE_INTEGER);
  const offsets: unknown = fields.get('data_offsets');
  const [begin, end]: unknown[] = Array.isArray(offsets) && offsets.length === 2 ? offsets : [];
  if (!isCount(begin) || !isCount(end) || begin > end) {
    throw refuse('its data_offsets are not [begin, end] with 0 <= begin <= end', offsets);
  }
  if (end - begin !== bytes) {
    const problem = `${dtype} [${extents.slice(0, 16).join(', ')}] takes ${bytes} bytes, its data_offsets give ${end - begin}`;
    throw refuse(problem, end - begin, bytes);
  }
  return { dtype, shape: extents, byteOffset: begin, byteLength: bytes };
}

function checkNeighbours(name: string, info: TensorInfo, previous: string, filledBytes: number): void {
  if (info.byteOffset === filledBytes) return;
  const facts = { tensor: name, value: info.byteOffset, limit: filledBytes, remedy: REMEDY };
  if (info.byteOffset < filledBytes) {
    const message =
      `Tensor ${quoteName(name)} begins at data byte ${info.byteOffset}, inside tensor ${quoteName(previous)}, ` +
      `which ends at ${filledBytes}.`;
    throw new CheckpointTensorError(message, facts);
  }
  const message =
    `Tensor ${quoteName(name)} begins at data byte ${info.byteOffset}, but the bytes from ${filledBytes} on ` +
    `belong to no tensor.`;
  throw new CheckpointTensorError(message, facts);
}
