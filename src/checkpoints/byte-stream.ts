/**
 * Reading a stream of chunks as "the next n bytes", with progress and cancellation. The caller learns from the first
 * bytes how many follow, so the rest lands in one block of exactly the right size and is copied once.
 */
import { CheckpointError, CheckpointTruncatedError } from './errors';

/** Called after every chunk. `totalBytes` is undefined as long as nobody knows it. */
export type ProgressListener = (bytesRead: number, totalBytes: number | undefined) => void;

export class ByteStreamReader {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private pending: Uint8Array = new Uint8Array(0);
  private received = 0;
  private consumed = 0;
  private readonly abort = () => void this.reader.cancel(this.signal?.reason).catch(() => undefined);

  constructor(
    stream: ReadableStream<Uint8Array>,
    private readonly signal: AbortSignal | undefined,
    private readonly onProgress: ProgressListener | undefined,
    /** Size of everything, where known from the start. */
    private totalBytes: number | undefined,
  ) {
    this.reader = stream.getReader();
    // Cancelling the reader also wakes up a read that waits for a stalled network.
    signal?.addEventListener('abort', this.abort, { once: true });
  }

  /**
   * The next `length` bytes, in a block of their own.
   * @throws CheckpointTruncatedError if the stream ends before; the signal's reason if it was aborted
   */
  async take(length: number, what: string): Promise<Uint8Array> {
    const block = this.allocate(length, what);
    let filled = 0;
    while (filled < length) {
      if (this.pending.byteLength === 0 && !(await this.pull())) {
        const expected = this.totalBytes ?? this.consumed + length;
        const message =
          `The data ended after ${this.received} of ${expected} bytes, inside ${what}: ` +
          'the download or copy was interrupted.';
        const remedy = 'Load the file again.';
        throw new CheckpointTruncatedError(message, { value: this.received, limit: expected, remedy });
      }
      const part = this.pending.subarray(0, length - filled);
      block.set(part, filled);
      filled += part.byteLength;
      this.pending = this.pending.subarray(part.byteLength);
    }
    this.consumed += length;
    return block;
  }

  /** The header has told the size of everything. */
  learnTotal(totalBytes: number): void {
    this.totalBytes = totalBytes;
    this.onProgress?.(this.received, totalBytes);
  }

  /** Whether nothing follows. */
  async atEnd(): Promise<boolean> {
    while (this.pending.byteLength === 0) if (!(await this.pull())) return true;
    return false;
  }

  /** Lets go of the stream; what is left of it is not wanted. */
  close(): void {
    this.signal?.removeEventListener('abort', this.abort);
    this.reader.cancel().catch(() => undefined);
  }

  private async pull(): Promise<boolean> {
    this.signal?.throwIfAborted();
    const { done, value } = await this.reader.read();
    this.signal?.throwIfAborted();
    if (done) return false;
    this.pending = value;
    this.received += value.byteLength;
    this.onProgress?.(this.received, this.totalBytes);
    return true;
  }

  private allocate(length: number, what: string): Uint8Array {
    try {
      return new Uint8Array(length);
    } catch (cause) {
      throw new CheckpointError(`There is no room for ${length} bytes of ${what} in one block.`, {
        value: length,
        remedy: 'Close other pages or programs, or use a smaller model.',
        cause,
      });
    }
  }
}
