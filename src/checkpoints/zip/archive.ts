/**
 * Zip archives, as far as checkpoints need them: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 *   [local header, data] for each entry; then the central directory: one record for each entry; then its end record
 *
 * The directory at the end is believed for sizes, the local header only for where the data begin. `torch.save` stores its entries without
 * compression, with zip64 fields where 4 GB are exceeded; somebody's re-zipped file may be deflated (inflate.ts).
 */
import { type ByteSource, rangeOf, readBytes } from '../byte-source';
import { CheckpointError } from '../errors';
import { InflatedEntries } from './inflate';

export class ZipError extends CheckpointError {
  override readonly code: string = 'zip';

  constructor(problem: string, value?: number | string, limit?: number | string) {
    super(`Zip archive: ${problem}.`, { value, limit, remedy: 'The file is damaged: fetch or export it again.' });
  }
}

/** Declared sizes that no honest checkpoint has. */
export class ZipBombError extends ZipError {
  override readonly code = 'zip-bomb';
}

interface Entry {
  readonly method: number;
  readonly flags: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const RECORD_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
/** The official data set of faces, mirrored, has 139,915. */
const MOST_ENTRIES = 500_000;
const LARGEST_DIRECTORY = 32 << 20;
const STORED = 0;
const DEFLATED = 8;
/** Weights hardly compress; archives that unpack to more than this many times their size are refused. */
const LARGEST_EXPANSION = 4;
const EXPANSION_ALLOWANCE = 16 << 20;

export class ZipArchive {
  private readonly inflated = new InflatedEntries();

  private constructor(
    private readonly file: ByteSource,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws ZipError for a damaged directory, ZipBombError for one that declares absurd sizes */
  static async open(file: ByteSource): Promise<ZipArchive> {
    const { offset, length, count } = await findDirectory(file);
    if (count > MOST_ENTRIES) throw new ZipError(`${count} entries`, count, MOST_ENTRIES);
    if (length > LARGEST_DIRECTORY) throw new ZipError(`a directory of ${length} bytes`, length, LARGEST_DIRECTORY);
    if (offset + length > file.size)
      throw new ZipError('its directory lies beyond the end', offset + length, file.size);
    const entries = readDirectory(viewOf(await readBytes(file, offset, length)), count);
    let unpacked = 0;
    for (const { bytes } of entries.values()) unpacked += bytes;
    const limit = LARGEST_EXPANSION * file.size + EXPANSION_ALLOWANCE;
    if (unpacked > limit) {
      throw new ZipBombError(`${file.size} bytes that unpack to ${unpacked}, at most ${limit} are`, unpacked, limit);
    }
    return new ZipArchive(file, entries);
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /**
   * The contents of an entry, and where in the file they lie (packed or not).
   * @throws ZipError for a missing, encrypted or otherwise packed entry
   */
  async entry(name: string): Promise<{ contents: ByteSource; fileOffset: number }> {
    const entry = this.entries.get(name);
    if (!entry) throw new ZipError(`it has no entry ${JSON.stringify(name.slice(0, 120))}`, name.slice(0, 120));
    if (entry.flags & 1) throw new ZipError(`entry ${JSON.stringify(name.slice(0, 120))} is encrypted`);
    if (entry.headerOffset + LOCAL_HEADER_BYTES > this.file.size) throw new ZipError('an entry lies beyond the end');
    const header = viewOf(await readBytes(this.file, entry.headerOffset, LOCAL_HEADER_BYTES));
    if (header.getUint32(0, true) !== 0x04034b50) throw new ZipError('an entry has no header', entry.headerOffset);
    const begin = entry.headerOffset + LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
    if (begin + entry.packedBytes > this.file.size) {
      throw new ZipError('an entry reaches beyond the end', begin + entry.packedBytes, this.file.size);
    }
    const packed = rangeOf(this.file, begin, entry.packedBytes);
    if (entry.method === STORED && entry.packedBytes === entry.bytes) return { contents: packed, fileOffset: begin };
    if (entry.method !== DEFLATED) throw new ZipError(`packing method ${entry.method} is not supported`, entry.method);
    return { contents: this.inflated.source(name, packed, entry.bytes), fileOffset: begin };
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface DirectoryPlace {
  readonly offset: number;
  readonly length: number;
  readonly count: number;
}

async function findDirectory(file: ByteSource): Promise<DirectoryPlace> {
  const tailBytes = Math.min(file.size, END_BYTES + LONGEST_COMMENT + ZIP64_LOCATOR_BYTES);
  const tailOffset = file.size - tailBytes;
  const tail = viewOf(await readBytes(file, tailOffset, tailBytes));
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50 || at + END_BYTES + tail.getUint16(at + 20, true) > tailBytes) continue;
    const place = {
      count: tail.getUint16(at + 10, true),
      length: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    };
    const needsZip64 = place.count === 0xffff || place.length === 0xffffffff || place.offset === 0xffffffff;
    const locator = at - ZIP64_LOCATOR_BYTES;
    if (locator < 0 || tail.getUint32(locator, true) !== 0x07064b50) {
      if (needsZip64) throw new ZipError('its zip64 directory is missing');
      return place;
    }
    return needsZip64 ? readZip64End(file, Number(tail.getBigUint64(locator + 8, true))) : place;
  }
  throw new ZipError('it has no directory at its end; the file was cut short', file.size);
}

async function readZip64End(file: ByteSource, offset: number): Promise<DirectoryPlace> {
  if (offset + ZIP64_END_BYTES > file.size) throw new ZipError('its zip64 directory lies beyond the end', offset);
  const end = viewOf(await readBytes(file, offset, ZIP64_END_BYTES));
  if (end.getUint32(0, true) !== 0x06064b50) throw new ZipError('its zip64 directory is missing', offset);
  return {
    count: Number(end.getBigUint64(32, true)),
    length: Number(end.getBigUint64(40, true)),
    offset: Number(end.getBigUint64(48, true)),
  };
}

function readDirectory(view: DataView, count: number): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const text = new TextDecoder();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + RECORD_BYTES > view.byteLength || view.getUint32(at, true) !== 0x02014b50) {
      throw new ZipError(`record ${i} of its directory is damaged`, i, count);
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + RECORD_BYTES + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > view.byteLength) throw new ZipError(`record ${i} of its directory is damaged`, i, count);
    const name = text.decode(new Uint8Array(view.buffer, view.byteOffset + at + RECORD_BYTES, nameLength));
    const extra = at + RECORD_BYTES + nameLength;
    const [bytes, packedBytes, headerOffset] = wideFields(view, extra, extra + extraLength, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    entries.set(name, { method, flags, packedBytes: packedBytes!, bytes: bytes!, headerOffset: headerOffset! });
    at = end;
  }
  return entries;
}

/** Zip64: fields that are all ones in the record follow in extra field 1, in this order, with 64 bits each. */
function wideFields(view: DataView, from: number, until: number, fields: readonly number[]): readonly number[] {
  if (!fields.includes(0xffffffff)) return fields;
  for (let at = from; at + 4 <= until; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    const end = Math.min(until, next + view.getUint16(at + 2, true));
    return fields.map((field) => {
      if (field !== 0xffffffff) return field;
      if (next + 8 > end) throw new ZipError('a zip64 field is missing');
      next += 8;
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  throw new ZipError('a zip64 field is missing');
}
