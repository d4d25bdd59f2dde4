/**
 * Element types of a checkpoint, under their safetensors names, and how each becomes numbers that JavaScript can use.
 * Data are little-endian, and so is every machine that has WebGPU: typed arrays look at the bytes as they are.
 */

import { floatsFromBfloats, floatsFromHalves } from '../numbers/half';
import { CheckpointTensorError, quoteName } from './errors';

/** Bytes of one element. */
export const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type Dtype = keyof typeof DTYPE_BYTES;

export function isDtype(name: unknown): name is Dtype {
  return typeof name === 'string' && Object.hasOwn(DTYPE_BYTES, name);
}

/** The bytes themselves if they start where a typed array of this type may start, otherwise a copy that does. */
function aligned(bytes: Uint8Array, dtype: Dtype): Uint8Array {
  return bytes.byteOffset % DTYPE_BYTES[dtype] === 0 ? bytes : new Uint8Array(bytes);
}

type AnyTypedArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

function typedView(unalignedBytes: Uint8Array, dtype: Dtype): AnyTypedArray {
  const { buffer, byteOffset, byteLength } = aligned(unalignedBytes, dtype);
  const length = byteLength / DTYPE_BYTES[dtype];
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer, byteOffset, length);
    case 'F32':
      return new Float32Array(buffer, byteOffset, length);
    case 'F16':
    case 'BF16':
    case 'U16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'I64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'U64':
      return new BigUint64Array(buffer, byteOffset, length);
    case 'I32':
      return new Int32Array(buffer, byteOffset, length);
    case 'U32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'I16':
      return new Int16Array(buffer, byteOffset, length);
    case 'I8':
      return new Int8Array(buffer, byteOffset, length);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/**
 * Elements as F32. An aligned F32 tensor comes back as a view of `bytes`, without a copy; every other type is converted
 * (F64 and integers of more than 24 bits round to the nearest F32).
 */
export function bytesToFloats(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const view = typedView(bytes, dtype);
  if (view instanceof Float32Array) return view;
  if (view instanceof Uint16Array && dtype === 'F16') return floatsFromHalves(view);
  if (view instanceof Uint16Array && dtype === 'BF16') return floatsFromBfloats(view);
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) {
    return Float32Array.from(view, (value) => Number(value));
  }
  return new Float32Array(view);
}

/**
 * Elements of an integer or BOOL tensor as I32.
 * @throws CheckpointTensorError if the type is a float, or if a value does not fit 32 signed bits
 */
export function bytesToInts(bytes: Uint8Array, dtype: Dtype, tensor: string): Int32Array {
  if (dtype === 'F64' || dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') {
    const message = `Tensor ${quoteName(tensor)} holds ${dtype}, not integers.`;
    throw new CheckpointTensorError(message, {
      tensor,
      value: dtype,
      limit: 'integer',
      remedy: 'Read it with floats().',
    });
  }
  const view = typedView(bytes, dtype);
  if (view instanceof Int32Array) return view;
  const ints = new Int32Array(view.length);
  for (let i = 0; i < view.length; i++) {
    const value = Number(view[i]!);
    ints[i] = value;
    if (ints[i] !== value) {
      const message = `Tensor ${quoteName(tensor)} holds ${view[i]!} at element ${i}, which 32 signed bits cannot.`;
      const remedy = 'Read it with floats() if the nearest F32 will do.';
      throw new CheckpointTensorError(message, { tensor, value, limit: 2 ** 31 - 1, remedy });
    }
  }
  return ints;
}
