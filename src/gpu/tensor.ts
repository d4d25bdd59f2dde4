/**
 * A tensor: a shape and the GPU buffer that holds it, row-major, the last axis padded with zeros to a multiple of four, so that every
 * kernel may read and write vectors of four. Activations are [N, H, W, C] (channels last); vectors are [N, C]. Numbers are stored as f32,
 * or as f16 where the owner says so; kernels compute with f32 in any case.
 */
import { floatsFromHalves, halvesFromFloats } from '../numbers/half';
import type { Gpu } from './device';
import { ScratchAccessError, ShapeError } from './errors';
import { type MemoryBlock, type StorageFormat, type TensorHost, TensorStorage } from './tensor-host';

const BYTES_PER_NUMBER = { f32: 4, f16: 2 } as const;

export interface Tensor {
  readonly label: string;
  readonly shape: readonly number[];
  readonly format: StorageFormat;
  /** Numbers from one row of the last axis to the next: the last extent rounded up to a multiple of four. */
  readonly stride: number;
  readonly storage: TensorStorage;
}

/** `count` rounded up to a multiple of four. */
export const padToFour = (count: number): number => Math.ceil(count / 4) * 4;

/** Product of the extents; 1 for an empty list. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, extent) => product * extent, 1);

/** Vectors of four numbers that a tensor has, padding included. */
export const vectorCount = ({ shape, stride }: Tensor): number => (elementCount(shape.slice(0, -1)) * stride) / 4;

/**
 * The same memory seen with another shape. The last axis stays, so that the padding stays where it is, unless there is none in either shape.
 * @throws ShapeError when the shapes do not hold equally many rows of equal length, nor equally many numbers without padding
 */
export function reshaped(tensor: Tensor, shape: readonly number[]): Tensor {
  const { label, shape: former } = tensor;
  const [columns, formerColumns] = [shape[shape.length - 1]!, former[former.length - 1]!];
  const staysInPlace = columns === formerColumns || (columns % 4 === 0 && formerColumns % 4 === 0);
  if (!staysInPlace || elementCount(shape) !== elementCount(former)) {
    throw new ShapeError(`"${label}" [${former}] cannot be seen as [${shape}]`);
  }
  return { ...tensor, shape, stride: padToFour(columns) };
}

/** Makes a tensor of zeros. Free it with {@link destroyTensor}. @throws ShapeError, BufferLimitError */
export function createTensor(
  host: TensorHost,
  label: string,
  shape: readonly number[],
  format: StorageFormat = 'f32',
): Tensor {
  const tensor = describeTensor(label, shape, format);
  tensor.storage.block = host.allocate(label, tensor.storage.bytes);
  return tensor;
}

/** A tensor that has no memory yet: scratch. @throws ShapeError */
export function describeTensor(label: string, shape: readonly number[], format: StorageFormat = 'f32'): Tensor {
  if (shape.length === 0 || shape.some((extent) => !Number.isInteger(extent) || extent < 1)) {
    throw new ShapeError(`tensor "${label}" cannot have the shape [${shape}]: extents are integers of 1 or more`);
  }
  const stride = padToFour(shape[shape.length - 1]!);
  const rows = elementCount(shape.slice(0, -1));
  const bytes = rows * stride * BYTES_PER_NUMBER[format];
  return { label, shape, format, stride, storage: new TensorStorage(label, bytes, undefined) };
}

/**
 * Makes a tensor and fills it.
 * @param values row-major without padding; a function is called only if the host keeps values. Rounded to the nearest half for f16
 */
export function uploadTensor(
  host: TensorHost,
  label: string,
  shape: readonly number[],
  values: ArrayLike<number> | (() => ArrayLike<number>),
  format: StorageFormat = 'f32',
): Tensor {
  const tensor = createTensor(host, label, shape, format);
  try {
    host.write(ownBlock(tensor), () => stored(tensor, typeof values === 'function' ? values() : values));
  } catch (error) {
    destroyTensor(host, tensor);
    throw error;
  }
  return tensor;
}

/** Replaces a tensor's values from an unpadded, row-major array of exactly its element count. @throws ScratchAccessError */
export function writeTensor(host: TensorHost, tensor: Tensor, values: ArrayLike<number>): void {
  host.write(ownBlock(tensor), () => stored(tensor, values));
}

/** Reads a tensor back, without the padding. Waits for all work submitted before. @throws ScratchAccessError */
export async function readTensor(gpu: Gpu, tensor: Tensor): Promise<Float32Array> {
  const { bytes: size, buffer } = tensor.storage;
  const staging = gpu.memory.create(`read ${tensor.label}`, size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  try {
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    gpu.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const mapped = staging.getMappedRange();
    const isHalf = tensor.format === 'f16';
    return dropPadding(tensor, isHalf ? floatsFromHalves(new Uint16Array(mapped)) : new Float32Array(mapped));
  } finally {
    gpu.memory.release(staging);
  }
}

export function destroyTensor(host: TensorHost, tensor: Tensor): void {
  host.release(ownBlock(tensor));
}

function ownBlock({ storage }: Tensor): MemoryBlock {
  if (!storage.block) throw new ScratchAccessError(storage.label);
  return storage.block;
}

/** @throws ShapeError unless the tensor's shape is exactly `shape` */
export function expectShape(tensor: Tensor, shape: readonly number[], what: string): void {
  if (tensor.shape.length !== shape.length || tensor.shape.some((extent, axis) => extent !== shape[axis])) {
    throw new ShapeError(`${what}: "${tensor.label}" has shape [${tensor.shape}], expected [${shape}]`);
  }
}

/** The four extents of an activation. @throws ShapeError when it is not [N, H, W, C] */
export function imageExtents(
  tensor: Tensor,
  what: string,
): { batch: number; height: number; width: number; channels: number } {
  const [batch, height, width, channels] = tensor.shape;
  if (tensor.shape.length !== 4)
    throw new ShapeError(`${what}: "${tensor.label}" is [${tensor.shape}], expected [N, H, W, C]`);
  return { batch: batch!, height: height!, width: width!, channels: channels! };
}

/** A tensor's values as they are stored. */
function stored(tensor: Tensor, values: ArrayLike<number>): Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  const floats = padRows(tensor, values);
  return tensor.format === 'f16' ? halvesFromFloats(floats) : floats;
}

function padRows(tensor: Tensor, values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const count = elementCount(tensor.shape);
  if (values.length !== count) {
    throw new ShapeError(`"${tensor.label}" [${tensor.shape}] takes ${count} values, got ${values.length}`);
  }
  const columns = tensor.shape[tensor.shape.length - 1]!;
  if (columns === tensor.stride) return Float32Array.from(values);
  const padded = new Float32Array((count / columns) * tensor.stride);
  for (let from = 0, to = 0; from < count; from += columns, to += tensor.stride) {
    for (let column = 0; column < columns; column++) padded[to + column] = values[from + column]!;
  }
  return padded;
}

function dropPadding(tensor: Tensor, padded: Float32Array): Float32Array {
  const columns = tensor.shape[tensor.shape.length - 1]!;
  const values = new Float32Array(elementCount(tensor.shape));
  for (let from = 0, to = 0; to < values.length; from += tensor.stride, to += columns) {
    values.set(padded.subarray(from, from + columns), to);
  }
  return values;
}
