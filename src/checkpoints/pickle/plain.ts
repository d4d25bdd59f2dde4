/**
 * Pickled values as plain ones: dicts of several classes, and numbers that numpy wrote. This is the reader's list of known constructors,
 * together with those of torch (../torch/tensors.ts) and of the official networks (../official/modules.ts); whatever is not on it stays
 * an inert record.
 */
import { floatFromHalf } from '../../numbers/half';
import { shortBytes } from './text-bytes';
import { PickleDict, PickleGlobal, PickleList, PickleObject, PickleSet, PickleTuple, type PickleValue } from './values';

/** Names under which a class may be found: moved modules, Python 2's, numpy 2's. */
const DICT_CLASSES = /^(collections\.OrderedDict|(?:.*\.)?EasyDict|builtins\.dict|__builtin__\.dict)$/;
const RECONSTRUCTOR = /^(copyreg|copy_reg)\._reconstructor$/;
/** torch.Size is a tuple; protocols below 4 make a set from a list. */
const SEQUENCE_CLASSES = /^(torch\.Size|(builtins|__builtin__)\.(set|frozenset|tuple|list))$/;
const NUMPY_SCALAR = /^numpy\.(core|_core)\.multiarray\.scalar$/;
const NUMPY_ARRAY = /^numpy\.(core|_core)\.multiarray\._reconstruct$/;

/** The class of an object, also where protocols 0 and 1 wrap it: `copyreg._reconstructor(class, base, state)`. */
export function classOf(value: PickleObject): string {
  const wrapped = value.args[0];
  if (RECONSTRUCTOR.test(value.qualifiedName) && wrapped instanceof PickleGlobal) return wrapped.qualifiedName;
  return value.qualifiedName;
}

/** The entries of a dict, an OrderedDict, or dnnlib's EasyDict; undefined for anything else. */
export function entriesOf(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  if (value instanceof PickleDict) return value.entries;
  if (!(value instanceof PickleObject) || !DICT_CLASSES.test(classOf(value))) return undefined;
  if (value.entries) return value.entries;
  const initial = RECONSTRUCTOR.test(value.qualifiedName) ? value.args[2] : value.args[0];
  if (initial instanceof PickleDict) return initial.entries;
  const pairs = itemsOf(initial)?.map((pair) => itemsOf(pair) ?? []);
  return new Map((pairs ?? []).filter(({ length }) => length === 2).map(([key, item]) => [key!, item!]));
}

/** One entry of a dict. */
export function entryOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  return entriesOf(value)?.get(key);
}

/** The members of a list, tuple or set, however it was written. */
export function itemsOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  if (value instanceof PickleList || value instanceof PickleTuple || value instanceof PickleSet) return value.items;
  if (!(value instanceof PickleObject) || !SEQUENCE_CLASSES.test(value.qualifiedName)) return undefined;
  const [members] = value.args;
  return members instanceof PickleList || members instanceof PickleTuple ? members.items : [];
}

/** A number or boolean, of Python or of numpy; undefined for anything else. */
export function numberOf(value: PickleValue | undefined): number | undefined {
  const scalar = scalarOf(value);
  if (typeof scalar === 'number') return scalar;
  if (typeof scalar === 'bigint' || typeof scalar === 'boolean') return Number(scalar);
  return undefined;
}

/** A boolean of Python or numpy, or 0 and 1; undefined for anything else. */
export function booleanOf(value: PickleValue | undefined): boolean | undefined {
  const scalar = scalarOf(value);
  if (typeof scalar === 'boolean') return scalar;
  return scalar === 0 || scalar === 1 ? scalar === 1 : undefined;
}

/** The numbers of a list, tuple or small numpy array; undefined for anything else. */
export function numbersOf(value: PickleValue | undefined): number[] | undefined {
  const items = itemsOf(value) ?? arrayOf(value);
  const numbers = items?.map(numberOf);
  return numbers?.every((number) => number !== undefined) ? numbers : undefined;
}

type Scalar = number | bigint | boolean;

function scalarOf(value: PickleValue | undefined): Scalar | undefined {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (!(value instanceof PickleObject)) return undefined;
  if (NUMPY_SCALAR.test(value.qualifiedName)) return numpyNumbers(value.args[0], value.args[1])?.[0];
  return NUMPY_ARRAY.test(value.qualifiedName) && arrayOf(value)?.length === 1 ? arrayOf(value)![0] : undefined;
}

/** A small numpy array, flat: state is (version, shape, dtype, is Fortran order, bytes). */
function arrayOf(value: PickleValue | undefined): Scalar[] | undefined {
  if (!(value instanceof PickleObject) || !NUMPY_ARRAY.test(value.qualifiedName)) return undefined;
  const state = itemsOf(value.state);
  return state?.length === 5 ? numpyNumbers(state[2], state[4]) : undefined;
}

/** Elements of a dtype record, `numpy.dtype('f8', ...)` with state (3, '<', ...). */
function numpyNumbers(dtype: PickleValue | undefined, data: PickleValue | undefined): Scalar[] | undefined {
  if (!(dtype instanceof PickleObject) || dtype.qualifiedName !== 'numpy.dtype' || data === undefined) return undefined;
  const bytes = shortBytes(data);
  const read = ELEMENT_READERS.get(String(dtype.args[0]));
  if (!bytes || !read) return undefined;
  const isLittleEndian = itemsOf(dtype.state)?.[1] !== '>';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = Number(String(dtype.args[0]).slice(1));
  const numbers: Scalar[] = [];
  for (let at = 0; at + size <= bytes.byteLength; at += size) numbers.push(read(view, at, isLittleEndian));
  return numbers;
}

type ElementReader = (view: DataView, at: number, isLittleEndian: boolean) => Scalar;

const ELEMENT_READERS: ReadonlyMap<string, ElementReader> = new Map<string, ElementReader>([
  ['f8', (view, at, little) => view.getFloat64(at, little)],
  ['f4', (view, at, little) => view.getFloat32(at, little)],
  ['f2', (view, at, little) => floatFromHalf(view.getUint16(at, little))],
  ['i8', (view, at, little) => Number(view.getBigInt64(at, little))],
  ['u8', (view, at, little) => Number(view.getBigUint64(at, little))],
  ['i4', (view, at, little) => view.getInt32(at, little)],
  ['u4', (view, at, little) => view.getUint32(at, little)],
  ['i2', (view, at, little) => view.getInt16(at, little)],
  ['u2', (view, at, little) => view.getUint16(at, little)],
  ['i1', (view, at) => view.getInt8(at)],
  ['u1', (view, at) => view.getUint8(at)],
  ['b1', (view, at) => view.getUint8(at) !== 0],
]);
