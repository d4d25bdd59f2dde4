/**
 * Writes the pickle of a torch file (protocol 2, as `torch.save`): dicts of names, texts and tensors. Tensors become calls of
 * `torch._utils._rebuild_tensor_v2` with a persistent reference to a storage that lies outside of the pickle (references.ts reads them).
 *
 * The opcodes are those of Python's pickletools; only what is needed is here, so also `torch.load(..., weights_only=True)` takes it. Nothing is
 * memoised: each object is written where it stands.
 */
import { DTYPE_BYTES, type Dtype } from '../dtypes';
import { storageClassOf } from './element-types';
import { contiguousStrides } from './tensors';

/** A tensor, row-major. */
export interface TorchTensorData {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian; `shape` says how many. */
  readonly bytes: Uint8Array;
}

/** A map is written as `collections.OrderedDict`, which is what `state_dict()` gives. */
export type TorchValue = string | TorchTensorData | ReadonlyMap<string, TorchValue>;

export interface WrittenPickle {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Contents of the storages, by their keys "0", "1", ... in order. */
  readonly storages: readonly Uint8Array[];
}

const REBUILD_TENSOR = 'ctorch._utils\n_rebuild_tensor_v2\n';
const ORDERED_DICT = 'ccollections\nOrderedDict\n)R';
const FALSE = 0x89;

/** @throws UnsupportedModelError for an element type that torch files have no storage class for */
export function writeTorchPickle(value: TorchValue): WrittenPickle {
  const writer = new PickleWriter();
  writer.raw(Uint8Array.of(0x80, 2));
  writer.value(value);
  writer.code('.');
  return { bytes: writer.bytes(), storages: writer.storages };
}

class PickleWriter {
  readonly storages: Uint8Array[] = [];
  private readonly pieces: Uint8Array[] = [];
  private readonly encoder = new TextEncoder();

  value(value: TorchValue): void {
    if (typeof value === 'string') this.text(value);
    else if (value instanceof Map) this.dict(value);
    else this.tensor(value as TorchTensorData);
  }

  raw(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }

  /** Opcodes that are letters, and names of classes and functions. */
  code(text: string): void {
    this.raw(this.encoder.encode(text));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let at = 0;
    for (const piece of this.pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  }

  private dict(entries: ReadonlyMap<string, TorchValue>): void {
    this.code(`${ORDERED_DICT}(`);
    for (const [key, entry] of entries) {
      this.text(key);
      this.value(entry);
    }
    this.code('u');
  }

  private tensor({ dtype, shape, bytes }: TorchTensorData): void {
    const key = this.storages.push(bytes) - 1;
    this.code(`${REBUILD_TENSOR}((`);
    this.text('storage');
    this.code(`ctorch\n${storageClassOf(dtype)}\n`);
    this.text(String(key));
    this.text('cpu');
    this.count(bytes.byteLength / DTYPE_BYTES[dtype]);
    this.code('tQ');
    this.count(0); // offset in the storage
    this.tuple(shape);
    this.tuple(contiguousStrides(shape));
    this.raw(Uint8Array.of(FALSE)); // requires_grad
    this.code(`${ORDERED_DICT}tR`); // no backward hooks
  }

  private tuple(counts: readonly number[]): void {
    this.code('(');
    for (const count of counts) this.count(count);
    this.code('t');
  }

  private text(text: string): void {
    const encoded = this.encoder.encode(text);
    const head = new DataView(new ArrayBuffer(5));
    head.setUint8(0, 0x58); // X, BINUNICODE
    head.setUint32(1, encoded.byteLength, true);
    this.raw(new Uint8Array(head.buffer));
    this.raw(encoded);
  }

  /** A whole number from 0 on: BININT up to 31 bits, LONG1 beyond. */
  private count(count: number): void {
    const isLong = count > 0x7fffffff;
    const view = new DataView(new ArrayBuffer(isLong ? 10 : 5));
    if (isLong) {
      view.setUint16(0, 0x8a08, false);
      view.setBigUint64(2, BigInt(count), true);
    } else {
      view.setUint8(0, 0x4a);
      view.setInt32(1, count, true);
    }
    this.raw(new Uint8Array(view.buffer));
  }
}
