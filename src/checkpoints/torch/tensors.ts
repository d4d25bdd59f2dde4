/**
 * Tensors as torch pickles them: calls of a few rebuilding functions with a storage, an offset, a shape and strides (all in elements). The
 * functions are never called; their arguments say everything.
 */
import type { Dtype } from '../dtypes';
import { CheckpointTensorError, quoteName, UnsupportedModelError } from '../errors';
import { itemsOf, numberOf } from '../pickle/plain';
import { describeValue, PickleGlobal, PickleObject, PickleTuple, type PickleValue } from '../pickle/values';
import { dtypeOfTorchName } from './element-types';
import { isCount } from './references';
import { isStorage } from './storages';

/** A view into a storage. */
export interface TorchTensor {
  readonly storage: PickleValue;
  /** Where the tensor itself names it; otherwise the storage does. */
  readonly dtype: Dtype | undefined;
  /** In elements. */
  readonly offset: number;
  readonly shape: readonly number[];
  /** In elements, one for each axis. */
  readonly strides: readonly number[];
}

/** torch allows no more axes than this. */
const MOST_AXES = 64;
/** Wrappers around wrappers: a parameter of a subclass of a tensor. */
const MOST_WRAPPERS = 4;
const REBUILD = 'torch._utils._rebuild_';

/** Whether a value stands for a tensor or parameter, of whatever kind. */
export function isTensor(value: PickleValue | undefined): value is PickleObject {
  if (!(value instanceof PickleObject)) return false;
  const { qualifiedName } = value;
  return qualifiedName.startsWith(REBUILD) || qualifiedName === 'torch._tensor._rebuild_from_type_v2';
}

/**
 * @param name of the tensor, for messages
 * @throws UnsupportedModelError for sparse, quantised and other special tensors; CheckpointTensorError for senseless arguments
 */
export function tensorOf(name: string, value: PickleValue | undefined): TorchTensor {
  const rebuilt = unwrapped(value);
  const refuse = (problem: string) =>
    new CheckpointTensorError(`Tensor ${quoteName(name)}: ${problem}.`, {
      tensor: name,
      remedy: 'The file is damaged or was not written by torch: fetch or export it again.',
    });
  if (!isTensor(rebuilt)) throw refuse(`it is ${describeValue(rebuilt)}`);
  const kind = rebuilt.qualifiedName.slice(REBUILD.length);
  if (!['tensor', 'tensor_v2', 'tensor_v3'].includes(kind)) {
    throw new UnsupportedModelError(`Tensor ${quoteName(name)} is of a kind that is not supported: ${kind}.`, {
      tensor: name,
      value: rebuilt.qualifiedName,
      remedy: 'Save the model with plain, dense tensors.',
    });
  }
  const [storage, offsetValue, sizes, steps] = rebuilt.args;
  const offset = numberOf(offsetValue);
  const shape = (itemsOf(sizes) ?? []).map(numberOf);
  const strides = (itemsOf(steps) ?? []).map(numberOf);
  if (storage === undefined || !isStorage(storage)) throw refuse(`it looks into ${describeValue(storage)}`);
  if (!itemsOf(sizes) || shape.length !== strides.length || shape.length > MOST_AXES) {
    throw refuse(`${shape.length} extents and ${strides.length} strides do not make a shape`);
  }
  if (!isCount(offset) || !shape.every(isCount) || !strides.every(isCount)) {
    throw refuse(`offset ${offset}, shape [${shape}] and strides [${strides}] must be whole numbers from 0 on`);
  }
  return { storage, dtype: kind === 'tensor_v3' ? ownDtype(rebuilt.args[6]) : undefined, offset, shape, strides };
}

/** Through parameters and subclasses to the tensor itself. */
function unwrapped(value: PickleValue | undefined): PickleValue | undefined {
  let inner = value;
  for (let i = 0; i < MOST_WRAPPERS && inner instanceof PickleObject; i++) {
    const { qualifiedName, args } = inner;
    if (qualifiedName.startsWith(`${REBUILD}parameter`)) inner = args[0];
    else if (qualifiedName === 'torch._tensor._rebuild_from_type_v2') {
      const [rebuild, , rebuildArgs] = args;
      if (!(rebuild instanceof PickleGlobal) || !(rebuildArgs instanceof PickleTuple)) return inner;
      inner = new PickleObject(rebuild, rebuildArgs.items);
    } else return inner;
  }
  return inner;
}

function ownDtype(value: PickleValue | undefined): Dtype | undefined {
  return value instanceof PickleGlobal ? dtypeOfTorchName(value.qualifiedName) : undefined;
}

/** Row-major strides of a shape. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides: number[] = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}
