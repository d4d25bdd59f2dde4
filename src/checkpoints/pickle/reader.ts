/**
 * A window that moves over a pickle. Most instructions are a byte or two, so they are read from a buffer without waiting; a payload of
 * megabytes is stepped over, and the bytes behind it are fetched in small pieces that grow again as long as reading stays sequential.
 */
import type { ByteSource } from '../byte-source';
import { PickleLimitError, PickleTruncatedError } from './errors';
import { LIMITS } from './limits';
import { PickleBytes, PickleText, type TextEncoding } from './values';

const SMALLEST_FETCH = 16_384;
const LARGEST_FETCH = 1 << 20;
const NEWLINE = 10;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class PickleReader {
  /** Where the present instruction begins, for error messages. */
  instructionOffset = 0;
  private buffer: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.buffer.buffer);
  /** Place of the next byte in the buffer, and of the buffer in the source. */
  private at = 0;
  private bufferOffset: number;
  private fetchBytes = SMALLEST_FETCH;
  private decodedBytes = 0;

  constructor(
    private readonly source: ByteSource,
    start: number,
    /** Is told how far reading has come; throw there to stop. */
    private readonly onFetch: (offset: number) => void = () => {},
  ) {
    this.bufferOffset = start;
  }

  /** Byte of the source that is read next. */
  get offset(): number {
    return this.bufferOffset + this.at;
  }

  /** Bytes that can be read without waiting. */
  get buffered(): number {
    return this.buffer.byteLength - this.at;
  }

  /** Waits until `count` bytes are buffered, or all that are left. */
  async prefetch(count: number): Promise<void> {
    const start = this.offset;
    this.onFetch(start);
    const fetched = await this.source.read(start, Math.max(count, this.fetchBytes));
    this.buffer = fetched;
    this.view = new DataView(fetched.buffer, fetched.byteOffset, fetched.byteLength);
    this.bufferOffset = start;
    this.at = 0;
    this.fetchBytes = Math.min(2 * this.fetchBytes, LARGEST_FETCH);
  }

  /** Whether the last byte of the source is buffered or read. */
  get fetchedToEnd(): boolean {
    return this.bufferOffset + this.buffer.byteLength >= this.source.size;
  }

  // Numbers: little-endian, and buffered before each instruction, so none of these waits.

  u8(): number {
    return this.view.getUint8(this.step(1));
  }

  u16(): number {
    return this.view.getUint16(this.step(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.step(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.step(4), true);
  }

  /** 64 bits as a number; above 2^53 it is inexact, and over every limit. */
  u64(): number {
    return Number(this.view.getBigUint64(this.step(8), true));
  }

  /** Big-endian, the one place where pickles are. */
  f64(): number {
    return this.view.getFloat64(this.step(8), false);
  }

  /** A whole number of `length` bytes, two's complement. */
  async integer(length: number): Promise<number | bigint> {
    if (length > LIMITS.integerBytes) throw this.overLimit('a whole number of bytes', length, LIMITS.integerBytes);
    const bytes = await this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    if (length > 0 && bytes[length - 1]! >= 128) value -= 1n << BigInt(8 * length);
    return smallIfPossible(value);
  }

  /** Text of a declared length; a long one stays in the file. */
  text(length: number, encoding: TextEncoding): string | PickleText | Promise<string> {
    this.checkInside(length);
    if (length > LIMITS.textBytes) {
      const text = new PickleText(this.offset, length, encoding);
      this.skip(length);
      return text;
    }
    this.countText(length);
    if (this.buffered >= length) return decodeText(this.takeBuffered(length), encoding);
    return this.take(length).then((bytes) => decodeText(bytes, encoding));
  }

  /** Bytes of a declared length; they stay in the file, short ones are also copied. */
  bytes(length: number): PickleBytes | Promise<PickleBytes> {
    this.checkInside(length);
    const offset = this.offset;
    if (length > LIMITS.inlineBytes) {
      this.skip(length);
      return new PickleBytes(offset, length);
    }
    if (this.buffered >= length) return new PickleBytes(offset, length, this.takeBuffered(length).slice());
    return this.take(length).then((bytes) => new PickleBytes(offset, length, bytes.slice()));
  }

  /** Text up to a newline; a long one stays in the file. */
  async lineText(encoding: TextEncoding): Promise<string | PickleText> {
    const offset = this.offset;
    const short = await this.findNewline(LIMITS.textBytes);
    if (short !== undefined) {
      this.countText(short);
      const text = decodeText(this.takeBuffered(short), encoding);
      this.at++;
      return text;
    }
    for (;;) {
      const index = this.buffer.indexOf(NEWLINE, this.at);
      if (index >= 0) {
        this.at = index;
        const text = new PickleText(offset, this.offset - offset, encoding);
        this.at++;
        return text;
      }
      this.at = this.buffer.byteLength;
      if (!this.fetchedToEnd) await this.prefetch(1);
      if (this.buffered === 0) throw this.truncated(this.source.size + 1);
    }
  }

  /** A short line of ASCII: a number, a name, a memo key. */
  async line(what: string): Promise<string> {
    const length = await this.findNewline(LIMITS.numberLine);
    if (length === undefined) throw this.overLimit(`${what} of characters`, LIMITS.numberLine + 1, LIMITS.numberLine);
    this.countText(length);
    const text = decodeText(this.takeBuffered(length), 'utf8');
    this.at++;
    return text;
  }

  /** Refuses a declared length that reaches beyond the file. */
  checkInside(length: number): void {
    if (!(length <= this.source.size - this.offset)) throw this.truncated(this.offset + length);
  }

  private skip(length: number): void {
    if (length <= this.buffered) {
      this.at += length;
      return;
    }
    this.bufferOffset = this.offset + length;
    this.at = 0;
    this.buffer = this.buffer.subarray(0, 0);
    this.fetchBytes = SMALLEST_FETCH;
  }

  /** Characters before the next newline, buffered; undefined if there are more than `most`. */
  private async findNewline(most: number): Promise<number | undefined> {
    let index = this.buffer.indexOf(NEWLINE, this.at);
    if (index < 0 && this.buffered <= most) {
      await this.prefetch(most + 1);
      index = this.buffer.indexOf(NEWLINE, this.at);
      if (index < 0 && this.buffered <= most) throw this.truncated(this.source.size + 1);
    }
    return index < 0 || index - this.at > most ? undefined : index - this.at;
  }

  private async take(length: number): Promise<Uint8Array> {
    this.checkInside(length);
    if (this.buffered < length) await this.prefetch(length);
    return this.takeBuffered(length);
  }

  private takeBuffered(length: number): Uint8Array {
    const from = this.step(length);
    return this.buffer.subarray(from, from + length);
  }

  private step(count: number): number {
    if (this.buffered < count) throw this.truncated(this.offset + count);
    const from = this.at;
    this.at += count;
    return from;
  }

  private countText(length: number): void {
    this.decodedBytes += length;
    if (this.decodedBytes > LIMITS.totalTextBytes) {
      throw this.overLimit('texts of bytes', this.decodedBytes, LIMITS.totalTextBytes);
    }
  }

  private truncated(needed: number): PickleTruncatedError {
    return new PickleTruncatedError(`the file has ${this.source.size} bytes, but this needs ${needed}`, {
      offset: this.instructionOffset,
      value: needed,
      limit: this.source.size,
    });
  }

  private overLimit(what: string, value: number, limit: number): PickleLimitError {
    return new PickleLimitError(`${what}: ${value}, at most ${limit} are read`, {
      offset: this.instructionOffset,
      value,
      limit,
    });
  }
}

/** A number where that is exact. */
export function smallIfPossible(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Decodes a text as the instruction that brought it prescribes. */
export function decodeText(bytes: Uint8Array, encoding: TextEncoding): string {
  if (encoding === 'utf8') return utf8.decode(bytes);
  let latin1 = '';
  for (const byte of bytes) latin1 += String.fromCharCode(byte);
  if (encoding === 'latin1') return latin1;
  return latin1.replace(/\\u([0-9a-fA-F]{4})|\\U0*([0-9a-fA-F]{1,6})/g, (written, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : written;
  });
}
