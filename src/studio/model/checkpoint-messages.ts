/**
 * What the page and its checkpoint worker say to each other. A checkpoint crosses as names, shapes and the memory itself, which changes
 * hands without a copy; an error crosses as its words, since classes do not.
 */
import { BufferCheckpoint, type Checkpoint, type TensorInfo } from '../../checkpoints/checkpoint';
import { CheckpointError, MissingFactsError } from '../../checkpoints/errors';
import type { KnownConfiguration } from './model-facts';

export type CheckpointRequest =
  | { readonly kind: 'read'; readonly file: Blob; readonly like: KnownConfiguration | undefined }
  | { readonly kind: 'fingerprint'; readonly file: Blob };

export type CheckpointReply =
  | { readonly kind: 'progress'; readonly readBytes: number; readonly totalBytes: number }
  | { readonly kind: 'read'; readonly checkpoint: PackedCheckpoint }
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  | { readonly kind: 'error'; readonly error: PackedError };

export interface PackedCheckpoint {
  readonly metadata: Readonly<Record<string, string>>;
  /** Blocks of memory, in any number. */
  readonly buffers: readonly ArrayBuffer[];
  readonly tensors: readonly PackedTensor[];
}

interface PackedTensor extends TensorInfo {
  readonly name: string;
  /** Index of the block that `byteOffset` counts in. */
  readonly buffer: number;
}

export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly remedy: string | undefined;
  /** Of a `MissingFactsError`. */
  readonly missing: readonly string[] | undefined;
}

/** @returns the checkpoint for `postMessage`, with `buffers` as the list of what to transfer: it is of no use here afterwards */
export function packCheckpoint(checkpoint: Checkpoint): PackedCheckpoint {
  const buffers: ArrayBuffer[] = [];
  const known = new Map<ArrayBufferLike, number>();
  const tensors = checkpoint.names().map((name): PackedTensor => {
    const bytes = checkpoint.bytes(name);
    const { buffer, byteOffset } = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
    let index = known.get(buffer);
    if (index === undefined) {
      index = buffers.push(buffer as ArrayBuffer) - 1;
      known.set(buffer, index);
    }
    const { dtype, shape, byteLength } = checkpoint.info(name);
    return { name, dtype, shape, byteLength, byteOffset, buffer: index };
  });
  return { metadata: checkpoint.metadata, buffers, tensors };
}

export function unpackCheckpoint({ metadata, buffers, tensors }: PackedCheckpoint): Checkpoint {
  const blocks = new Map(tensors.map(({ name, buffer }) => [name, buffers[buffer]!]));
  return new BlocksCheckpoint(blocks, new Map(tensors.map(({ name, buffer: _, ...info }) => [name, info])), metadata);
}

/** A checkpoint whose tensors lie in several blocks; offsets count in each tensor's own. */
class BlocksCheckpoint extends BufferCheckpoint {
  constructor(
    private readonly blocks: ReadonlyMap<string, ArrayBuffer>,
    tensors: ReadonlyMap<string, TensorInfo>,
    metadata: Readonly<Record<string, string>>,
  ) {
    super(new Uint8Array(0), tensors, metadata);
  }

  override bytes(name: string): Uint8Array {
    const { byteOffset, byteLength } = this.info(name);
    return new Uint8Array(this.blocks.get(name)!, byteOffset, byteLength);
  }
}

export function packError(error: unknown): PackedError {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const remedy = error instanceof CheckpointError ? error.remedy : remedyFor(name);
  return { name, message, remedy, missing: error instanceof MissingFactsError ? error.missing : undefined };
}

export function unpackError({ message, remedy, missing }: PackedError): CheckpointError {
  if (missing) return new MissingFactsError(missing);
  return new CheckpointError(message, remedy === undefined ? {} : { remedy });
}

/** Errors of the browser itself, which bring no remedy. */
function remedyFor(name: string): string | undefined {
  switch (name) {
    case 'NotFoundError':
    case 'NotReadableError':
      return 'The file was moved, changed or locked since it was chosen, or it is a folder: choose it again.';
    case 'RangeError':
      return 'There may not be enough memory for this file: close other tabs and try again.';
  }
}
