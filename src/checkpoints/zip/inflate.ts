/**
 * Deflated entries of zip archives, through the platform's own DecompressionStream. An entry never yields more bytes than the directory
 * declared, whatever its data would unpack to; the archive has checked that those sizes are sensible.
 */
import type { ByteSource } from '../byte-source';
import { CheckpointError } from '../errors';

/** How many packed bytes are handed to the decompressor at once. */
const CHUNK_BYTES = 1 << 20;

/** Sources of deflated entries. The last one that was read stays in memory, so that the tensors of a storage share the work. */
export class InflatedEntries {
  private last: { name: string; bytes: Promise<Uint8Array> } | undefined;

  /** @param bytes the declared size */
  source(name: string, packed: ByteSource, bytes: number): ByteSource {
    return {
      size: bytes,
      read: async (offset, length) => {
        if (this.last?.name !== name) this.last = { name, bytes: inflate(packed, bytes) };
        return (await this.last.bytes).subarray(offset, offset + length);
      },
    };
  }
}

/** Exactly `size` bytes. @throws CheckpointError if the data are damaged or unpack to another size */
async function inflate(packed: ByteSource, size: number): Promise<Uint8Array> {
  const stream = chunksOf(packed).pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const bytes = new Uint8Array(size);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (filled + value.byteLength > size) throw damaged(`unpacks to more than the ${size} bytes it declares`);
      bytes.set(value, filled);
      filled += value.byteLength;
    }
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw damaged('cannot be unpacked', cause);
  } finally {
    reader.cancel().catch(() => undefined);
  }
  if (filled < size) throw damaged(`unpacks to ${filled} bytes, not to the ${size} it declares`);
  return bytes;
}

function chunksOf(source: ByteSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0;
  return new ReadableStream({
    async pull(controller) {
      const chunk = await source.read(offset, CHUNK_BYTES);
      offset += chunk.byteLength;
      if (chunk.byteLength === 0) controller.close();
      else controller.enqueue(new Uint8Array(chunk));
    },
  });
}

function damaged(problem: string, cause?: unknown): CheckpointError {
  return new CheckpointError(`Zip archive: an entry ${problem}.`, {
    remedy: 'The file is damaged: fetch or export it again.',
    cause,
  });
}
