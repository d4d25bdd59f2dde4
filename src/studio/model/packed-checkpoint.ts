/** A checkpoint on its way out of a worker: names, shapes and the memory itself, which changes hands without a copy. */
import { BufferCheckpoint, type Checkpoint, type TensorInfo } from '../../checkpoints/checkpoint';

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

/** @returns the checkpoint to be sent, with `buffers` as the list of what to transfer: it is of no use here afterwards */
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
