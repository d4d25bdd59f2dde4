/**
 * Random access to the bytes of a file that may be far larger than what is needed of it: a pickle of 350 MB holds three networks, of which
 * one is wanted. Readers ask for ranges; nothing else is ever in memory.
 *
 * A Blob (the user's file, an entry of the cache, `openAsBlob` in Node) reads from disk; bytes in memory hand out views without a copy.
 */
import { CheckpointError, CheckpointTruncatedError } from './errors';

export interface ByteSource {
  /** Number of bytes; an upper bound where they are decoded on the way (see pickle/text-bytes.ts). */
  readonly size: number;
  /**
   * The bytes from `offset` on: `length` of them, or fewer where the source ends. May be a view; do not write to it.
   * @throws CheckpointError if the medium fails
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Reads smaller than this come out of a block of this size that is kept: 65,536. */
const SMALL_READ = 65_536;
/** Large ranges are copied in pieces of this size, so that a piece and not the range is in memory twice. */
const PIECE_BYTES = 4 << 20;

class MemorySource implements ByteSource {
  readonly size: number;

  constructor(private readonly bytes: Uint8Array) {
    this.size = bytes.byteLength;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return this.bytes.subarray(offset, offset + length);
  }
}

class BlobSource implements ByteSource {
  readonly size: number;
  private block: Uint8Array = new Uint8Array(0);
  private blockOffset = 0;

  constructor(private readonly blob: Blob) {
    this.size = blob.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (length >= SMALL_READ) return this.fetch(offset, length);
    const end = Math.min(offset + length, this.size);
    if (offset < this.blockOffset || end > this.blockOffset + this.block.byteLength) {
      this.block = await this.fetch(offset, SMALL_READ);
      this.blockOffset = offset;
    }
    const begin = offset - this.blockOffset;
    return this.block.subarray(begin, begin + length);
  }

  private async fetch(offset: number, length: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      throw new CheckpointError(`Bytes ${offset} to ${offset + length} of the file cannot be read.`, {
        value: offset,
        limit: this.size,
        remedy: 'The file was moved, changed or locked since it was chosen: choose it again.',
        cause,
      });
    }
  }
}

/** A range of another source, as a source of its own. */
class RangeSource implements ByteSource {
  constructor(
    private readonly source: ByteSource,
    private readonly begin: number,
    readonly size: number,
  ) {}

  read(offset: number, length: number): Promise<Uint8Array> {
    const available = Math.max(0, this.size - offset);
    return this.source.read(this.begin + Math.min(offset, this.size), Math.min(length, available));
  }
}

/** What callers may hand over as a file. */
export type CheckpointSource = Blob | Uint8Array | ByteSource;

export function byteSource(source: CheckpointSource): ByteSource {
  if (source instanceof Uint8Array) {
    // A Node Buffer becomes a plain Uint8Array here: its slice() would not copy.
    return new MemorySource(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  }
  return source instanceof Blob ? new BlobSource(source) : source;
}

/** The `length` bytes of `source` from `begin` on. */
export function rangeOf(source: ByteSource, begin: number, length: number): ByteSource {
  return new RangeSource(source, begin, length);
}

/**
 * Fills `target` with the bytes from `offset` on, a few megabytes at a time.
 * @param onPiece is told the bytes of each piece; throw there to stop
 * @throws CheckpointTruncatedError if the source ends before
 */
export async function readInto(
  source: ByteSource,
  offset: number,
  target: Uint8Array,
  onPiece: (bytes: number) => void = () => {},
): Promise<void> {
  for (let filled = 0; filled < target.byteLength; ) {
    const wanted = Math.min(PIECE_BYTES, target.byteLength - filled);
    const piece = await source.read(offset + filled, wanted);
    if (piece.byteLength === 0) throw truncated(offset + filled, offset + target.byteLength);
    target.set(piece, filled);
    filled += piece.byteLength;
    onPiece(piece.byteLength);
  }
}

/** As {@link readInto}, into a block of its own. */
export async function readBytes(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  if (offset + length > source.size) throw truncated(source.size, offset + length);
  const bytes = new Uint8Array(length);
  await readInto(source, offset, bytes);
  return bytes;
}

function truncated(available: number, needed: number): CheckpointTruncatedError {
  return new CheckpointTruncatedError(`The file ends at byte ${available}, but its contents should reach ${needed}.`, {
    value: available,
    limit: needed,
    remedy: 'The download or copy was interrupted: fetch the file again.',
  });
}
