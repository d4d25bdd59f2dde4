/**
 * References from a pickle to storages that lie outside of it, as torch writes them: ('storage', class, key, device, number of elements),
 * and in old files a sixth member, the part that is seen: (key, offset, elements).
 */
import type { ByteSource } from '../byte-source';
import { DTYPE_BYTES, type Dtype } from '../dtypes';
import { CheckpointTensorError } from '../errors';
import { itemsOf, numberOf } from '../pickle/plain';
import { describeValue, PickleGlobal, type PickleValue } from '../pickle/values';
import { dtypeOfTorchName } from './element-types';

/** A block of numbers in the file. */
export interface StorageLocation {
  /** undefined for bytes without a type. */
  readonly dtype: Dtype | undefined;
  readonly source: ByteSource;
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Where in the whole file it lies, to read in that order. */
  readonly order: number;
}

/** What a persistent reference says. */
export interface StorageReference {
  readonly dtype: Dtype | undefined;
  readonly key: string;
  readonly elements: number;
  /** Old files: the storage is this part of the one under `key`. */
  readonly view?: { readonly offset: number; readonly elements: number };
}

/** Finds the storages that references name. */
export type ReferenceLocator = (reference: StorageReference) => Promise<StorageLocation>;

/** @throws CheckpointTensorError for anything but a storage reference, UnsupportedModelError for an unknown element type */
export function parseReference(id: PickleValue): StorageReference {
  const [kind, type, key, , elements, view] = itemsOf(id) ?? [];
  const count = numberOf(elements);
  const isKey = typeof key === 'string' || typeof key === 'number';
  if (kind !== 'storage' || !(type instanceof PickleGlobal) || !isKey || !isCount(count)) {
    throw damaged(`A reference to a storage is ${describeValue(id)}`);
  }
  const reference = { dtype: dtypeOfTorchName(type.qualifiedName), key: String(key), elements: count };
  const [, viewOffset, viewElements] = (itemsOf(view) ?? []).map(numberOf);
  return isCount(viewOffset) && isCount(viewElements)
    ? { ...reference, view: { offset: viewOffset, elements: viewElements } }
    : reference;
}

/** Bytes of one element of a storage. */
export function elementBytes(dtype: Dtype | undefined): number {
  return dtype === undefined ? 1 : DTYPE_BYTES[dtype];
}

export function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function damaged(problem: string): CheckpointTensorError {
  return new CheckpointTensorError(`${problem}.`, {
    remedy: 'The file is damaged or was not written by torch: fetch or export it again.',
  });
}
