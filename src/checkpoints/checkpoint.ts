/**
 * A checkpoint in memory: named arrays and a few strings, whatever file they came from. Models ask it for tensors by
 * name and get numbers at once; the bytes were read before, so nothing here waits.
 */
import { bytesToFloats, bytesToInts, type Dtype } from './dtypes';
import { CheckpointTensorError, MissingTensorError, quoteName } from './errors';

/** Where and what a tensor is. */
export interface TensorInfo {
  dtype: Dtype;
  /** Row-major extents; [] is a scalar. */
  shape: readonly number[];
  /** First byte, counted from the start of the data (behind the header). */
  byteOffset: number;
  byteLength: number;
}

export interface Checkpoint {
  /** The file's strings; anything structured is JSON inside a string. */
  readonly metadata: Readonly<Record<string, string>>;
  /** All tensor names, in the order of the data in the file. */
  names(): string[];
  has(name: string): boolean;
  /** @throws MissingTensorError */
  info(name: string): TensorInfo;
  /**
   * The tensor as F32, row-major. An F32 tensor comes as a view of the file's bytes: do not write to it.
   * @throws MissingTensorError
   */
  floats(name: string): Float32Array;
  /**
   * An integer or BOOL tensor as I32, row-major; may be a view as with `floats`.
   * @throws MissingTensorError, or CheckpointTensorError for a float tensor or a value beyond 32 signed bits
   */
  ints(name: string): Int32Array;
  /** The tensor's raw little-endian bytes, a view. @throws MissingTensorError */
  bytes(name: string): Uint8Array;
}

/** At most this many similar names are listed when one is missing. */
const SUGGESTED_NAMES = 3;

function similarNames(wanted: string, names: Iterable<string>): string[] {
  const lastPart = wanted.slice(wanted.lastIndexOf('.') + 1);
  const found: string[] = [];
  for (const name of names) {
    if (name.endsWith(wanted) || wanted.endsWith(name) || (lastPart !== '' && name.endsWith(`.${lastPart}`))) {
      found.push(quoteName(name));
      if (found.length === SUGGESTED_NAMES) break;
    }
  }
  return found;
}

/** A {@link Checkpoint} whose tensors all lie in one block of bytes. */
export class BufferCheckpoint implements Checkpoint {
  constructor(
    private readonly data: Uint8Array,
    private readonly tensors: ReadonlyMap<string, TensorInfo>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  names(): string[] {
    return [...this.tensors.keys()];
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  info(name: string): TensorInfo {
    const info = this.tensors.get(name);
    if (info) return info;
    const similar = similarNames(name, this.tensors.keys());
    const hint = similar.length > 0 ? ` Similar: ${similar.join(', ')}.` : '';
    const message = `This file has no tensor ${quoteName(name)} among its ${this.tensors.size}.${hint}`;
    const remedy = 'Check that the file holds the kind of model that its configuration names.';
    throw new MissingTensorError(message, { tensor: name, remedy });
  }

  bytes(name: string): Uint8Array {
    const { byteOffset, byteLength } = this.info(name);
    return this.data.subarray(byteOffset, byteOffset + byteLength);
  }

  floats(name: string): Float32Array {
    return bytesToFloats(this.bytes(name), this.info(name).dtype);
  }

  ints(name: string): Int32Array {
    return bytesToInts(this.bytes(name), this.info(name).dtype, name);
  }
}

/**
 * `checkpoint.floats(name)`, but only if the tensor has the shape that the network's configuration asks for.
 * @param shape row-major extents
 * @throws MissingTensorError, or CheckpointTensorError that names both shapes
 */
export function floatsOfShape(checkpoint: Checkpoint, name: string, shape: readonly number[]): Float32Array {
  const found = checkpoint.info(name).shape;
  if (found.length !== shape.length || found.some((extent, axis) => extent !== shape[axis])) {
    const message =
      `Tensor ${quoteName(name)} has shape [${found.join(', ')}] but the model's configuration needs ` +
      `[${shape.join(', ')}]: the weights and the configuration are not of the same model.`;
    throw new CheckpointTensorError(message, { tensor: name, value: `[${found}]`, limit: `[${shape}]` });
  }
  return checkpoint.floats(name);
}
