/**
 * From tensors that look into storages all over a file to one block of row-major numbers in memory. First every storage is located and
 * every view checked against it; then the ranges are read in the order of the file, each straight into its place. Places follow the order
 * of the state dict, whatever kind of file it is. Tensors with other strides (transposed, channels last, expanded) are made contiguous on
 * the way.
 */
import { readBytes, readInto } from '../byte-source';
import type { ProgressListener } from '../byte-stream';
import { BufferCheckpoint, type TensorInfo } from '../checkpoint';
import { DTYPE_BYTES, type Dtype } from '../dtypes';
import { CheckpointError, CheckpointTensorError, quoteName } from '../errors';
import { elementBytes, type StorageLocation } from './references';
import type { StorageTable } from './storages';
import { contiguousStrides, type TorchTensor } from './tensors';

/** Every tensor starts at a multiple of the widest element. */
const ALIGNMENT = 8;
/** Tensors may take more bytes than their storages (expanded, shared) by this much, and no more. */
const EXPANSION_ALLOWANCE = 16 << 20;

interface PlacedTensor {
  readonly name: string;
  readonly tensor: TorchTensor;
  readonly dtype: Dtype;
  readonly location: StorageLocation;
  readonly info: TensorInfo;
}

/** Tensors whose places in the file are known and checked; their numbers are not read yet. */
export class TensorBlock {
  private constructor(
    private readonly placed: readonly PlacedTensor[],
    /** Bytes of all tensors together. */
    readonly byteLength: number,
  ) {}

  /**
   * @param tensors by name
   * @throws CheckpointTensorError for a view beyond its storage, and whatever locating the storages throws
   */
  static async locate(tensors: ReadonlyMap<string, TorchTensor>, storages: StorageTable): Promise<TensorBlock> {
    const found: { name: string; tensor: TorchTensor; dtype: Dtype; location: StorageLocation }[] = [];
    const storageBytes = new Map<unknown, number>();
    for (const [name, tensor] of tensors) {
      const location = await storages.locate(tensor.storage);
      const dtype = tensor.dtype ?? location.dtype;
      if (dtype === undefined) throw refuse(name, 'neither it nor its storage names the type of its elements');
      checkInside(name, tensor, dtype, location);
      storageBytes.set(tensor.storage, location.byteLength);
      found.push({ name, tensor, dtype, location });
    }
    let byteOffset = 0;
    const placed = found.map((entry) => {
      const { shape } = entry.tensor;
      const byteLength = elementsOf(shape) * DTYPE_BYTES[entry.dtype];
      const info: TensorInfo = { dtype: entry.dtype, shape, byteOffset, byteLength };
      byteOffset += Math.ceil(byteLength / ALIGNMENT) * ALIGNMENT;
      return { ...entry, info };
    });
    const limit = [...storageBytes.values()].reduce((sum, bytes) => sum + bytes, EXPANSION_ALLOWANCE);
    if (byteOffset > limit) {
      throw new CheckpointError(`The tensors take ${byteOffset} bytes, far more than their storages have.`, {
        value: byteOffset,
        limit,
        remedy: 'The file repeats few numbers very often: it is damaged or was made to do harm.',
      });
    }
    return new TensorBlock(placed, byteOffset);
  }

  names(): string[] {
    return this.placed.map(({ name }) => name);
  }

  infos(): Map<string, TensorInfo> {
    return new Map(this.placed.map(({ name, info }) => [name, info]));
  }

  /** The numbers of one tensor, row-major little-endian; meant for small ones. */
  async bytesOf(name: string): Promise<Uint8Array> {
    const found = this.placed.find((entry) => entry.name === name);
    if (!found) throw refuse(name, 'the file has no such tensor');
    const bytes = new Uint8Array(found.info.byteLength);
    await readTensor(found, bytes, () => {});
    return bytes;
  }

  /**
   * Reads all numbers.
   * @throws CheckpointTruncatedError, CheckpointError (no memory); the signal's reason if aborted
   */
  async read(
    metadata: Readonly<Record<string, string>>,
    onProgress: ProgressListener | undefined,
    signal: AbortSignal | undefined,
  ): Promise<BufferCheckpoint> {
    const block = this.allocate();
    let done = 0;
    const onPiece = (bytes: number) => {
      signal?.throwIfAborted();
      done += bytes;
      onProgress?.(Math.min(done, this.byteLength), this.byteLength);
    };
    const inFileOrder = this.placed.toSorted(
      (a, b) => a.location.order - b.location.order || a.tensor.offset - b.tensor.offset,
    );
    for (const entry of inFileOrder) {
      const { byteOffset, byteLength } = entry.info;
      await readTensor(entry, block.subarray(byteOffset, byteOffset + byteLength), onPiece);
    }
    signal?.throwIfAborted();
    onProgress?.(this.byteLength, this.byteLength);
    return new BufferCheckpoint(block, this.infos(), metadata);
  }

  private allocate(): Uint8Array {
    try {
      return new Uint8Array(this.byteLength);
    } catch (cause) {
      throw new CheckpointError(`There is no room for ${this.byteLength} bytes of weights in one block.`, {
        value: this.byteLength,
        remedy: 'Close other pages or programs, or use a smaller model.',
        cause,
      });
    }
  }
}

async function readTensor(entry: PlacedTensor, target: Uint8Array, onPiece: (bytes: number) => void): Promise<void> {
  const { tensor, dtype, location } = entry;
  if (target.byteLength === 0) return;
  const size = DTYPE_BYTES[dtype];
  const begin = location.byteOffset + tensor.offset * size;
  if (isContiguous(tensor)) {
    await readInto(location.source, begin, target, onPiece);
    return;
  }
  const span = await readBytes(location.source, begin, spanOf(tensor) * size);
  gather(span, target, tensor, size);
  onPiece(target.byteLength);
}

/** Copies a strided view, row-major. @param span the storage from the tensor's first element on */
function gather(span: Uint8Array, target: Uint8Array, { shape, strides }: TorchTensor, size: number): void {
  const index: number[] = new Array(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < target.byteLength; to += size) {
    for (let byte = 0; byte < size; byte++) target[to + byte] = span[from * size + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

function isContiguous({ shape, strides }: TorchTensor): boolean {
  const wanted = contiguousStrides(shape);
  return shape.every((extent, axis) => extent === 1 || strides[axis] === wanted[axis]);
}

/** Elements from the first to the last of a view, both included; 0 for an empty one. */
function spanOf({ shape, strides }: TorchTensor): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, extent, axis) => last + (extent - 1) * strides[axis]!, 1);
}

function elementsOf(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, extent) => product * extent, 1);
}

function checkInside(name: string, tensor: TorchTensor, dtype: Dtype, location: StorageLocation): void {
  if (location.dtype !== undefined && location.dtype !== dtype && elementBytes(location.dtype) !== DTYPE_BYTES[dtype]) {
    throw refuse(name, `it holds ${dtype}, its storage ${location.dtype}`);
  }
  const elements = elementsOf(tensor.shape);
  const end = elements === 0 ? 0 : (tensor.offset + spanOf(tensor)) * DTYPE_BYTES[dtype];
  if (Number.isSafeInteger(end) && Number.isSafeInteger(elements) && end <= location.byteLength) return;
  throw refuse(
    name,
    `shape [${tensor.shape}], strides [${tensor.strides}] and offset ${tensor.offset} reach byte ${end} of its storage, ` +
      `which has ${location.byteLength}`,
    end,
    location.byteLength,
  );
}

function refuse(name: string, problem: string, value?: number, limit?: number): CheckpointTensorError {
  return new CheckpointTensorError(`Tensor ${quoteName(name)}: ${problem}.`, {
    tensor: name,
    value,
    limit,
    remedy: 'The file is damaged: fetch or export it again.',
  });
}
