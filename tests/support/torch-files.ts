/**
 * Torch files for tests, made from the real pickle that the tests have: the same objects as `torch.save` writes them, in the zip layout and
 * in the legacy one, and as a state dict alone.
 */
import { byteSource } from '../../src/checkpoints/byte-source';
import { OfficialModule } from '../../src/checkpoints/official/modules';
import { entryOf } from '../../src/checkpoints/pickle/plain';
import { openPickle } from '../../src/checkpoints/pickle/unpickle';
import {
  PickleGlobal,
  PickleObject,
  PicklePersistent,
  PickleTuple,
  type PickleValue,
} from '../../src/checkpoints/pickle/values';
import { isStorage, StorageTable } from '../../src/checkpoints/torch/storages';
import { concatenated, writePickle } from './pickle-writer';
import { writeZip, type ZipEntry } from './zip-writer';

/** The objects of a pickle with its storages taken out. */
interface TakenApart {
  readonly value: PickleValue;
  readonly file: Uint8Array;
  readonly references: ReadonlyMap<PickleValue, PicklePersistent>;
  /** By key; in the order in which they are referred to. */
  readonly storages: ReadonlyMap<string, Uint8Array>;
}

async function takeApart(file: Uint8Array, pick: (root: PickleValue) => PickleValue): Promise<TakenApart> {
  const { value: root } = await openPickle(file);
  const value = pick(root);
  const table = new StorageTable(byteSource(file));
  const references = new Map<PickleValue, PicklePersistent>();
  const storages = new Map<string, Uint8Array>();
  for (const storage of storagesIn(value)) {
    const { source, byteOffset, byteLength } = await table.locate(storage);
    const key = String(storages.size);
    storages.set(key, (await source.read(byteOffset, byteLength)).slice());
    const type = new PickleGlobal('torch', 'FloatStorage'); // the sample has no others
    references.set(storage, new PicklePersistent(new PickleTuple(['storage', type, key, 'cpu', byteLength / 4])));
  }
  return { value, file, references, storages };
}

function storagesIn(root: PickleValue): Set<PickleValue> {
  const found = new Set<PickleValue>();
  const seen = new Set<PickleValue>();
  const pending: PickleValue[] = [root];
  while (pending.length > 0) {
    const value = pending.pop()!;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isStorage(value)) found.add(value);
    if (value instanceof PickleObject) {
      pending.push(...value.args, value.state ?? null, ...(value.items ?? []));
      for (const entry of value.entries ?? []) pending.push(...entry);
    } else if ('items' in value) pending.push(...value.items);
    else if ('entries' in value) for (const entry of value.entries) pending.push(...entry);
  }
  return found;
}

export interface TorchFileOptions {
  /** Which part of the file to save. Default: all. */
  readonly pick?: (root: PickleValue) => PickleValue;
  readonly deflate?: boolean;
  /** Zip entries besides the usual ones, or in their place. */
  readonly extra?: readonly ZipEntry[];
}

/** `torch.save(objects)` since 1.6. */
export async function torchZip(pickle: Uint8Array, options: TorchFileOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { value, file, references, storages } = await takeApart(pickle, options.pick ?? ((root) => root));
  const data = writePickle(value, { protocol: 2, source: file, replace: (item) => references.get(item) });
  const deflate = options.deflate ?? false;
  const replaced = new Set(options.extra?.map(({ name }) => name));
  const entries: ZipEntry[] = [
    { name: 'archive/data.pkl', data, deflate },
    { name: 'archive/byteorder', data: new TextEncoder().encode('little') },
    ...[...storages].map(([key, bytes]) => ({ name: `archive/data/${key}`, data: bytes, deflate })),
    { name: 'archive/version', data: new TextEncoder().encode('3\n') },
  ];
  return writeZip([...entries.filter(({ name }) => !replaced.has(name)), ...(options.extra ?? [])]);
}

/** `torch.save(objects, _use_new_zipfile_serialization=False)`. */
export async function torchLegacy(
  pickle: Uint8Array,
  options: TorchFileOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { value, file, references, storages } = await takeApart(pickle, options.pick ?? ((root) => root));
  const protocol2 = (item: PickleValue) => writePickle(item, { protocol: 2 });
  const keys = new PickleTuple([...storages.keys()]);
  return concatenated([
    protocol2(119547037146038801333356n),
    protocol2(1001),
    protocol2(new PickleTuple([])),
    writePickle(value, { protocol: 2, source: file, replace: (item) => references.get(item) }),
    protocol2(keys),
    ...[...storages.values()].flatMap((bytes) => [countBytes(bytes.byteLength / 4), bytes]),
  ]);
}

function countBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count), true);
  return bytes;
}

/** The state dict of G_ema: `collections.OrderedDict` of tensors, as `G_ema.state_dict()` gives. */
export function stateDictOf(root: PickleValue): PickleObject {
  const network = OfficialModule.of(entryOf(root, 'G_ema'))!;
  const dict = new PickleObject(new PickleGlobal('collections', 'OrderedDict'), []);
  dict.entries = new Map(network.tensors());
  return dict;
}
