/**
 * Byte strings, in all the ways that pickles write them. From protocol 3 on they are bytes. Protocols 0 to 2 have texts only, so Python
 * writes a byte string as the Latin-1 text of the same codes, to be encoded again: `_codecs.encode(text, 'latin1')`. In the file that text
 * is UTF-8 (protocols 1 and 2) or has escapes (protocol 0), and is decoded here as it is read, a piece at a time.
 */
import { type ByteSource, rangeOf } from '../byte-source';
import { PickleStructureError } from './errors';
import { PickleBytes, PickleGlobal, PickleObject, PickleText, type PickleValue } from './values';

/** How much of the written text is decoded at once. */
const CHUNK_BYTES = 1 << 20;
/** A character of a text is written with at most this many bytes ("\u00ff"). */
const LONGEST_CHARACTER = 10;

/**
 * The bytes of a byte string as a source of their own; undefined if the value is none.
 * @param file the pickle that the value came from
 */
export function byteStringSource(value: PickleValue, file: ByteSource): ByteSource | undefined {
  if (value instanceof PickleBytes) return rangeOf(file, value.offset, value.length);
  const text = encodedText(value);
  if (typeof text === 'string') {
    const bytes = latin1Bytes(text);
    return { size: bytes.byteLength, read: async (offset, length) => bytes.subarray(offset, offset + length) };
  }
  if (text instanceof PickleText) {
    if (text.encoding === 'latin1') return rangeOf(file, text.offset, text.length);
    return new DecodedTextSource(rangeOf(file, text.offset, text.length), text);
  }
  return undefined;
}

/** The bytes of a short byte string, at once; undefined if the value is none or is long. */
export function shortBytes(value: PickleValue): Uint8Array | undefined {
  if (value instanceof PickleBytes) return value.inline;
  const text = encodedText(value);
  return typeof text === 'string' ? latin1Bytes(text) : undefined;
}

/** The text whose Latin-1 codes are the bytes. */
function encodedText(value: PickleValue): string | PickleText | undefined {
  if (typeof value === 'string' || value instanceof PickleText) return value; // a byte string of Python 2
  if (!(value instanceof PickleObject) || !(value.callable instanceof PickleGlobal)) return undefined;
  const { qualifiedName } = value.callable;
  const [text, encoding] = value.args;
  if (qualifiedName === '_codecs.encode' && /^latin-?1$/.test(String(encoding))) {
    return typeof text === 'string' || text instanceof PickleText ? text : undefined;
  }
  const isEmpty = qualifiedName === '__builtin__.bytes' || qualifiedName === 'builtins.bytes';
  return isEmpty && value.args.length === 0 ? '' : undefined;
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Decodes on the way. Reading onwards is cheap; reading back starts again from the front. */
class DecodedTextSource implements ByteSource {
  /** An upper bound: no character is written with fewer bytes than it stands for. */
  readonly size: number;
  private chunk: Uint8Array = new Uint8Array(0);
  private chunkOffset = 0;
  /** Bytes of the written text that the chunks so far have used. */
  private used = 0;

  constructor(
    private readonly written: ByteSource,
    private readonly text: PickleText,
  ) {
    this.size = written.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < this.chunkOffset) {
      this.chunk = new Uint8Array(0);
      this.chunkOffset = 0;
      this.used = 0;
    }
    while (offset >= this.chunkOffset + this.chunk.byteLength) {
      if (!(await this.decodeNext())) return new Uint8Array(0);
    }
    const begin = offset - this.chunkOffset;
    const end = begin + length;
    if (end <= this.chunk.byteLength) return this.chunk.subarray(begin, end);
    // The range goes on in the next chunks.
    const parts = [this.chunk.slice(begin)];
    let gathered = parts[0]!.byteLength;
    while (gathered < length && (await this.decodeNext())) {
      const part = this.chunk.slice(0, length - gathered);
      parts.push(part);
      gathered += part.byteLength;
    }
    const joined = new Uint8Array(gathered);
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.byteLength;
    }
    return joined;
  }

  private async decodeNext(): Promise<boolean> {
    this.chunkOffset += this.chunk.byteLength;
    this.chunk = new Uint8Array(0);
    if (this.used >= this.written.size) return false;
    const read = await this.written.read(this.used, CHUNK_BYTES);
    const isLast = this.used + read.byteLength >= this.written.size;
    const { bytes, used } = this.decode(read, isLast ? read.byteLength : read.byteLength - LONGEST_CHARACTER);
    if (used === 0) return false;
    this.chunk = bytes;
    this.used += used;
    return true;
  }

  /** Decodes the characters that begin before `until`. */
  private decode(written: Uint8Array, until: number): { bytes: Uint8Array; used: number } {
    const bytes = new Uint8Array(written.byteLength);
    const isUtf8 = this.text.encoding === 'utf8';
    let at = 0;
    let length = 0;
    while (at < until) {
      const byte = written[at]!;
      let code = byte;
      let width = 1;
      if (isUtf8 && byte >= 0x80) {
        width = 2;
        code = byte === 0xc2 || byte === 0xc3 ? ((byte & 3) << 6) | ((written[at + 1] ?? 0) & 63) : 256;
      } else if (!isUtf8 && byte === 0x5c && written[at + 1] === 0x75) {
        width = 6;
        code = hexadecimal(written, at + 2, 4);
      }
      if (!(code < 256)) {
        throw new PickleStructureError('a text that should stand for bytes has characters beyond Latin-1', {
          offset: this.text.offset + this.used + at,
        });
      }
      bytes[length++] = code;
      at += width;
    }
    return { bytes: bytes.subarray(0, length), used: Math.min(at, written.byteLength) };
  }
}

function hexadecimal(bytes: Uint8Array, at: number, digits: number): number {
  const text = String.fromCharCode(...bytes.subarray(at, at + digits));
  return /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
}
