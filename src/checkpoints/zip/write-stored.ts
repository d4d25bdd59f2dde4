/**
 * Writes zip archives whose entries are stored as they are: weights and PNG pictures do not compress, and what is stored can be read in place.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 *   [local header, contents] for each entry; then the central directory: one record for each entry; then its end record
 *
 * The archive is made piece by piece, so that one of many gigabytes can go to a file while it is made. Beyond 4 GB and 65,535 entries it gets
 * the zip64 fields that Python and this project's reader (archive.ts) know.
 */
import { CheckpointError, quoteName } from '../errors';
import { crc32 } from './crc32';

const LOCAL_HEADER_BYTES = 30;
const RECORD_BYTES = 46;
const END_BYTES = 22;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;
const WIDE = 0xffffffff;
const WIDE_COUNT = 0xffff;
const NAMES_ARE_UTF8 = 0x0800;
/** 1 January 1980, the earliest that there is: the same contents give the same bytes. */
const DATE = 0x0021;
/** The field that fills up a local header, under the two letters that torch uses for it. */
const PADDING_FIELD = 0x4246;
const FIELD_HEADER_BYTES = 4;

export class StoredZip {
  private readonly records: Uint8Array[] = [];
  private offset = 0;

  /** @param alignment contents begin at multiples of so many bytes */
  constructor(private readonly alignment = 1) {}

  /**
   * Pieces to append to the file: a header and the contents.
   * @param name with "/" between folders; each once
   * @throws CheckpointError for contents of 4 GB and more
   */
  entry(name: string, contents: Uint8Array): [header: Uint8Array<ArrayBuffer>, contents: Uint8Array] {
    if (contents.byteLength >= WIDE) {
      throw new CheckpointError(`${quoteName(name)} has ${contents.byteLength} bytes, too many for an entry.`, {
        value: contents.byteLength,
        limit: WIDE - 1,
        remedy: 'Write it in parts.',
      });
    }
    const encoded = new TextEncoder().encode(name);
    const sum = crc32(contents);
    const start = this.offset + LOCAL_HEADER_BYTES + encoded.byteLength;
    const padding = paddingBytes(start, this.alignment);
    const header = new Uint8Array(LOCAL_HEADER_BYTES + encoded.byteLength + padding);
    const local = new DataView(header.buffer);
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(4, 20, true);
    writeFacts(local, 6, sum, contents.byteLength, encoded.byteLength);
    local.setUint16(28, padding, true);
    header.set(encoded, LOCAL_HEADER_BYTES);
    if (padding > 0) {
      local.setUint16(LOCAL_HEADER_BYTES + encoded.byteLength, PADDING_FIELD, true);
      local.setUint16(LOCAL_HEADER_BYTES + encoded.byteLength + 2, padding - FIELD_HEADER_BYTES, true);
    }
    this.records.push(recordOf(encoded, sum, contents.byteLength, this.offset));
    this.offset += header.byteLength + contents.byteLength;
    return [header, contents];
  }

  /** The directory, with which the file ends. */
  end(): Uint8Array<ArrayBuffer> {
    return directoryOf(this.records, this.offset);
  }
}

/** @param start where the contents would begin without padding */
function paddingBytes(start: number, alignment: number): number {
  if (start % alignment === 0) return 0;
  const afterField = start + FIELD_HEADER_BYTES;
  return FIELD_HEADER_BYTES + ((alignment - (afterField % alignment)) % alignment);
}

/** What local header and record have in common, from the flags on. */
function writeFacts(view: DataView, at: number, sum: number, bytes: number, nameBytes: number): void {
  view.setUint16(at, NAMES_ARE_UTF8, true);
  view.setUint16(at + 6, DATE, true);
  view.setUint32(at + 8, sum, true);
  view.setUint32(at + 12, bytes, true);
  view.setUint32(at + 16, bytes, true);
  view.setUint16(at + 20, nameBytes, true);
}

/** An entry's record in the directory. @param offset of its local header */
export function recordOf(name: Uint8Array, sum: number, bytes: number, offset: number): Uint8Array {
  const isWide = offset >= WIDE;
  const extra = isWide ? FIELD_HEADER_BYTES + 8 : 0;
  const record = new Uint8Array(RECORD_BYTES + name.byteLength + extra);
  const view = new DataView(record.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, isWide ? 45 : 20, true);
  view.setUint16(6, isWide ? 45 : 20, true);
  writeFacts(view, 8, sum, bytes, name.byteLength);
  view.setUint16(30, extra, true);
  view.setUint32(42, isWide ? WIDE : offset, true);
  record.set(name, RECORD_BYTES);
  if (isWide) {
    view.setUint16(RECORD_BYTES + name.byteLength, 1, true);
    view.setUint16(RECORD_BYTES + name.byteLength + 2, 8, true);
    view.setBigUint64(RECORD_BYTES + name.byteLength + FIELD_HEADER_BYTES, BigInt(offset), true);
  }
  return record;
}

/** Records and end record. @param offset where they begin in the file */
export function directoryOf(records: readonly Uint8Array[], offset: number): Uint8Array<ArrayBuffer> {
  const length = records.reduce((sum, record) => sum + record.byteLength, 0);
  const isWide = offset + length >= WIDE || records.length >= WIDE_COUNT;
  const wideBytes = isWide ? ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES : 0;
  const directory = new Uint8Array(length + wideBytes + END_BYTES);
  let at = 0;
  for (const record of records) {
    directory.set(record, at);
    at += record.byteLength;
  }
  const view = new DataView(directory.buffer);
  if (isWide) {
    view.setUint32(at, 0x06064b50, true);
    view.setBigUint64(at + 4, BigInt(ZIP64_END_BYTES - 12), true);
    view.setUint16(at + 12, 45, true);
    view.setUint16(at + 14, 45, true);
    for (const [place, value] of [records.length, records.length, length, offset].entries()) {
      view.setBigUint64(at + 24 + 8 * place, BigInt(value), true);
    }
    const locator = at + ZIP64_END_BYTES;
    view.setUint32(locator, 0x07064b50, true);
    view.setBigUint64(locator + 8, BigInt(offset + length), true);
    view.setUint32(locator + 16, 1, true);
    at += wideBytes;
  }
  const count = isWide ? WIDE_COUNT : records.length;
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, count, true);
  view.setUint16(at + 10, count, true);
  view.setUint32(at + 12, isWide ? WIDE : length, true);
  view.setUint32(at + 16, isWide ? WIDE : offset, true);
  return directory;
}
