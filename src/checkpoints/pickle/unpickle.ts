/**
 * Reads one pickle: https://docs.python.org/3/library/pickle.html#data-stream-format, protocols 0 to 5. It is read as data: nothing in it is
 * run, and long byte strings and texts stay in the file (values.ts).
 */
import { type ByteSource, byteSource, type CheckpointSource } from '../byte-source';
import { PickleLimitError } from './errors';
import { instructionOf, LONGEST_PREFIX } from './instructions';
import { LIMITS } from './limits';
import { PickleMachine } from './machine';
import { PickleReader } from './reader';
import type { PicklePersistent, PickleValue } from './values';

export interface OpenPickleOptions {
  /** Called as reading moves on: (byte of the file, bytes of the file). */
  onProgress?: ((offset: number, totalBytes: number) => void) | undefined;
  /** Stops reading; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Where the pickle begins. Default: 0. */
  start?: number | undefined;
}

export interface OpenedPickle {
  readonly value: PickleValue;
  /** References to what the file keeps elsewhere. */
  readonly references: readonly PicklePersistent[];
  /** First byte behind the pickle: legacy torch files hold several in a row. */
  readonly end: number;
  /** The file, for {@link PickleBytes} and {@link PickleText} that stayed there. */
  readonly source: ByteSource;
}

/**
 * Reads the pickle at the head of `source`, without running anything and without copying its long byte strings.
 * @throws PickleError of some class, with the byte of the file, the value, the limit and a remedy; the signal's reason if aborted
 */
export async function openPickle(source: CheckpointSource, options: OpenPickleOptions = {}): Promise<OpenedPickle> {
  const { onProgress, signal, start = 0 } = options;
  const bytes = byteSource(source);
  const reader = new PickleReader(bytes, start, (offset) => {
    signal?.throwIfAborted();
    onProgress?.(offset, bytes.size);
  });
  const machine = new PickleMachine(reader);
  for (let count = 0; machine.result === undefined; count++) {
    if (count >= LIMITS.instructions) {
      throw new PickleLimitError(`more than ${LIMITS.instructions} instructions`, {
        offset: reader.offset,
        value: count + 1,
        limit: LIMITS.instructions,
      });
    }
    if (reader.buffered < LONGEST_PREFIX && !reader.fetchedToEnd) await reader.prefetch(LONGEST_PREFIX);
    const offset = reader.offset;
    reader.instructionOffset = offset;
    const waiting = instructionOf(reader.u8(), offset).run(machine, reader);
    if (waiting) await waiting;
  }
  return { value: machine.result, references: machine.references, end: reader.offset, source: bytes };
}
