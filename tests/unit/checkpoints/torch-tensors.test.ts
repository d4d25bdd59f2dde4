/** Tensors out of torch files: element types, offsets, strides, shared storages, and what is wrong with bad ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteSource, rangeOf } from '../../../src/checkpoints/byte-source';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { CheckpointError, CheckpointTensorError, UnsupportedModelError } from '../../../src/checkpoints/errors';
import {
  PickleGlobal,
  PickleObject,
  PicklePersistent,
  PickleTuple,
  type PickleValue,
} from '../../../src/checkpoints/pickle/values';
import type { StorageLocation, StorageReference } from '../../../src/checkpoints/torch/references';
import { StorageTable } from '../../../src/checkpoints/torch/storages';
import { TensorBlock } from '../../../src/checkpoints/torch/tensor-block';
import { type TorchTensor, tensorOf } from '../../../src/checkpoints/torch/tensors';
import { halvesFromFloats } from '../../../src/numbers/half';
import { bfloatsFromFloats } from '../../support/bfloats';

interface TensorSpec {
  readonly type?: string;
  readonly elements?: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly rebuild?: string;
  readonly more?: readonly PickleValue[];
  readonly view?: PickleValue;
}

function tensorValue(spec: TensorSpec): PickleObject {
  const { type = 'torch.FloatStorage', elements = 24, offset = 0, rebuild = '_rebuild_tensor_v2' } = spec;
  const cut = type.lastIndexOf('.');
  const storageType = new PickleGlobal(type.slice(0, cut), type.slice(cut + 1));
  const id = ['storage', storageType, 'key', 'cuda:0', elements, ...(spec.view === undefined ? [] : [spec.view])];
  return new PickleObject(new PickleGlobal('torch._utils', rebuild), [
    new PicklePersistent(new PickleTuple(id)),
    offset,
    new PickleTuple(spec.shape),
    new PickleTuple(spec.strides),
    ...(spec.more ?? [false, null]),
  ]);
}

/** Reads tensors that all look into one storage with these bytes. */
async function readTensors(
  specs: Record<string, TensorSpec>,
  storage: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number },
): Promise<Checkpoint> {
  const source = byteSource(new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength));
  const locate = async ({ dtype }: StorageReference): Promise<StorageLocation> => ({
    dtype,
    source,
    byteOffset: 0,
    byteLength: source.size,
    order: 0,
  });
  const tensors = new Map<string, TorchTensor>();
  for (const [name, spec] of Object.entries(specs)) tensors.set(name, tensorOf(name, tensorValue(spec)));
  const block = await TensorBlock.locate(tensors, new StorageTable(rangeOf(source, 0, 0), locate));
  return block.read({}, undefined, undefined);
}

const numbers = Float32Array.from({ length: 24 }, (_, index) => index);

describe('element types', () => {
  const eight = [0, 1, -2, 3.5, 100, -0.25, 8, 64];
  const whole = [0, 1, 2, 3, 100, 25, 8, 64];
  const floats = Float32Array.from(eight);
  it.each<[type: string, dtype: string, storage: NodeJS.TypedArray, values: readonly number[]]>([
    ['torch.FloatStorage', 'F32', floats, eight],
    ['torch.cuda.FloatStorage', 'F32', floats, eight],
    ['torch.DoubleStorage', 'F64', Float64Array.from(eight), eight],
    ['torch.HalfStorage', 'F16', halvesFromFloats(floats), eight],
    ['torch.BFloat16Storage', 'BF16', bfloatsFromFloats(floats), eight],
    ['torch.LongStorage', 'I64', BigInt64Array.from(whole.map(BigInt)), whole],
    ['torch.IntStorage', 'I32', Int32Array.from(whole), whole],
    ['torch.ShortStorage', 'I16', Int16Array.from(whole), whole],
    ['torch.CharStorage', 'I8', Int8Array.from(whole), whole],
    ['torch.ByteStorage', 'U8', Uint8Array.from(whole), whole],
  ])('%s', async (type, dtype, storage, values) => {
    const found = await readTensors({ x: { type, elements: 8, shape: [2, 4], strides: [4, 1] } }, storage);
    expect(found.info('x')).toMatchObject({ dtype, shape: [2, 4] });
    expect([...found.floats('x')]).toEqual(values);
  });

  it('torch.BoolStorage', async () => {
    const spec = { type: 'torch.BoolStorage', elements: 2, shape: [2], strides: [1] };
    expect([...(await readTensors({ x: spec }, Uint8Array.of(0, 1))).ints('x')]).toEqual([0, 1]);
  });

  it('an untyped storage, whose type the tensor names', async () => {
    const found = await readTensors(
      {
        x: {
          type: 'torch.storage.UntypedStorage',
          elements: 96,
          rebuild: '_rebuild_tensor_v3',
          offset: 2,
          shape: [3],
          strides: [1],
          more: [false, null, new PickleGlobal('torch', 'float32')],
        },
      },
      numbers,
    );
    expect([...found.floats('x')]).toEqual([2, 3, 4]);
  });

  it.each(['torch.ComplexFloatStorage', 'torch.QInt8Storage', 'elsewhere.FloatStorage', 'torch.constructor'])(
    'refuses %s by name',
    async (type) => {
      const reading = readTensors({ x: { type, shape: [1], strides: [1] } }, numbers);
      await expect(reading).rejects.toThrow(UnsupportedModelError);
      await expect(reading).rejects.toThrow(type);
    },
  );
});

describe('views', () => {
  it.each<[what: string, spec: TensorSpec, values: readonly number[]]>([
    ['a number', { shape: [], strides: [], offset: 7 }, [7]],
    ['nothing', { shape: [0, 3], strides: [3, 1] }, []],
    ['a part', { shape: [2, 3], strides: [3, 1], offset: 6 }, [6, 7, 8, 9, 10, 11]],
    ['a transposed matrix', { shape: [3, 2], strides: [1, 3] }, [0, 3, 1, 4, 2, 5]],
    ['channels last', { shape: [1, 2, 2, 2], strides: [8, 1, 4, 2] }, [0, 2, 4, 6, 1, 3, 5, 7]],
    ['every third', { shape: [4], strides: [3], offset: 1 }, [1, 4, 7, 10]],
    ['an expanded vector', { shape: [2, 3], strides: [0, 1] }, [0, 1, 2, 0, 1, 2]],
    ['odd strides of an axis of one', { shape: [1, 3], strides: [999, 1], offset: 3 }, [3, 4, 5]],
  ])('%s', async (_, spec, values) => {
    expect([...(await readTensors({ x: spec }, numbers)).floats('x')]).toEqual(values);
  });

  it('share a storage', async () => {
    const found = await readTensors(
      {
        a: { shape: [24], strides: [1] },
        b: { shape: [12], strides: [1], offset: 12 },
        c: { shape: [2], strides: [1] },
      },
      numbers,
    );
    expect([...found.floats('b')]).toEqual([...numbers.subarray(12)]);
    expect(found.names()).toEqual(['a', 'b', 'c']);
  });

  it('agree with a plain loop for any shape and strides', async () => {
    const axis = fc.record({ extent: fc.integer({ min: 1, max: 4 }), stride: fc.integer({ min: 0, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { maxLength: 3 }), fc.integer({ min: 0, max: 3 }), async (axes, offset) => {
        const shape = axes.map(({ extent }) => extent);
        const strides = axes.map(({ stride }) => stride);
        const storage = Float32Array.from({ length: 64 }, (_, index) => index);
        const expected: number[] = [];
        const visit = (depth: number, at: number) => {
          if (depth === axes.length) expected.push(at);
          else for (let i = 0; i < shape[depth]!; i++) visit(depth + 1, at + i * strides[depth]!);
        };
        visit(0, offset);
        const found = await readTensors({ x: { elements: 64, shape, strides, offset } }, storage);
        expect([...found.floats('x')]).toEqual(expected);
      }),
    );
  });

  it.each<[what: string, spec: TensorSpec]>([
    ['beyond the storage', { shape: [25], strides: [1] }],
    ['behind an offset', { shape: [4], strides: [1], offset: 21 }],
    ['by its strides', { shape: [2, 2], strides: [24, 1] }],
    ['by numbers that cannot be counted', { shape: [2 ** 40, 2 ** 40], strides: [0, 0] }],
    ['with a negative stride', { shape: [2], strides: [-1], offset: 2 }],
    ['with a fraction', { shape: [1.5], strides: [1] }],
    ['with fewer strides than extents', { shape: [2, 2], strides: [1] }],
  ])('are refused %s, with the name of the tensor', async (_, spec) => {
    const error = await readTensors({ 'b4.const': spec }, numbers).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CheckpointTensorError);
    expect((error as CheckpointTensorError).tensor).toBe('b4.const');
  });

  it('that repeat one number billions of times are refused', async () => {
    const reading = readTensors({ x: { shape: [2 ** 20, 2 ** 20], strides: [0, 0] } }, numbers);
    await expect(reading).rejects.toThrow(CheckpointError);
    await expect(reading).rejects.toThrow('far more than their storages');
  });

  it.each(['_rebuild_sparse_tensor', '_rebuild_qtensor'])('of the kind %s are refused by name', async (rebuild) => {
    const reading = readTensors({ x: { rebuild, shape: [1], strides: [1] } }, numbers);
    await expect(reading).rejects.toThrow(UnsupportedModelError);
  });
});
