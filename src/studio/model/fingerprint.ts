/**
 * The name of a file by its content: SHA-256 over the SHA-256 of its pieces. The browser's own SHA-256 wants all bytes at once, which a
 * file of hundreds of megabytes should not ask for; pieces need no more memory than one of them, and change with every bit as well.
 */

/** Part of the definition: another size gives another name. */
const PIECE_BYTES = 4 << 20;
const DIGEST_BYTES = 32;

export interface FingerprintOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((readBytes: number, totalBytes: number) => void) | undefined;
}

/** @returns 64 hexadecimal digits. @throws the signal's reason if aborted; what the medium throws if it cannot be read */
export async function fingerprintOf(file: Blob, { signal, onProgress }: FingerprintOptions = {}): Promise<string> {
  const pieces = Math.max(1, Math.ceil(file.size / PIECE_BYTES));
  const digests = new Uint8Array(pieces * DIGEST_BYTES);
  for (let piece = 0; piece < pieces; piece++) {
    signal?.throwIfAborted();
    const end = Math.min(file.size, (piece + 1) * PIECE_BYTES);
    const bytes = await file.slice(piece * PIECE_BYTES, end).arrayBuffer();
    digests.set(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), piece * DIGEST_BYTES);
    onProgress?.(end, file.size);
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', digests));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
