/** Torch's names of element types: of dtypes (`torch.float32`) and of the storage classes that older files name (`torch.FloatStorage`). */
import type { Dtype } from '../dtypes';
import { UnsupportedModelError } from '../errors';

const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['DoubleStorage', 'F64'],
  ['FloatStorage', 'F32'],
  ['HalfStorage', 'F16'],
  ['BFloat16Storage', 'BF16'],
  ['LongStorage', 'I64'],
  ['IntStorage', 'I32'],
  ['ShortStorage', 'I16'],
  ['CharStorage', 'I8'],
  ['ByteStorage', 'U8'],
  ['BoolStorage', 'BOOL'],
  ['float64', 'F64'],
  ['double', 'F64'],
  ['float32', 'F32'],
  ['float', 'F32'],
  ['float16', 'F16'],
  ['half', 'F16'],
  ['bfloat16', 'BF16'],
  ['int64', 'I64'],
  ['long', 'I64'],
  ['int32', 'I32'],
  ['int', 'I32'],
  ['int16', 'I16'],
  ['short', 'I16'],
  ['int8', 'I8'],
  ['uint8', 'U8'],
  ['uint16', 'U16'],
  ['uint32', 'U32'],
  ['uint64', 'U64'],
  ['bool', 'BOOL'],
]);

/** Bytes without a type of their own: the tensor names it. */
const UNTYPED = 'UntypedStorage';

/**
 * @param qualifiedName such as "torch.FloatStorage", "torch.cuda.HalfStorage", "torch.bfloat16"
 * @returns undefined for untyped storages
 * @throws UnsupportedModelError for any other name: complex, quantised, 8-bit floats
 */
export function dtypeOfTorchName(qualifiedName: string): Dtype | undefined {
  const parts = qualifiedName.split('.');
  const name = parts[parts.length - 1]!;
  if (parts[0] === 'torch' && name === UNTYPED) return undefined;
  const dtype = parts[0] === 'torch' ? DTYPES.get(name) : undefined;
  if (dtype) return dtype;
  throw new UnsupportedModelError(`Tensors of type ${qualifiedName.slice(0, 120)} are not supported.`, {
    value: qualifiedName.slice(0, 120),
    limit: [...new Set(DTYPES.values())].join(', '),
    remedy: 'Convert the model to float32 or float16 and save it again.',
  });
}

/** The storage class under which files name an element type, such as "FloatStorage". @throws UnsupportedModelError where there is none */
export function storageClassOf(dtype: Dtype): string {
  const classes = [...DTYPES].filter(([name]) => name.endsWith('Storage'));
  const found = classes.find(([, known]) => known === dtype);
  if (found) return found[0];
  throw new UnsupportedModelError(`Torch files have no storage for tensors of type ${dtype}.`, {
    value: dtype,
    limit: classes.map(([, known]) => known).join(', '),
    remedy: 'Convert the tensor to F32 first.',
  });
}
