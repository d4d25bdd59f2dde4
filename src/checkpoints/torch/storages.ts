/**
 * Storages: the blocks of numbers that tensors look into. A file keeps them in one of three ways:
 *
 * - inside the pickle, as a byte string that is a small legacy `torch.save` file of its own (`torch.storage._load_from_bytes`): this is what
 *   `pickle.dump` of a network does, and so the official layout;
 * - behind the pickle, in a legacy `torch.save` file (legacy-file.ts), named by a persistent reference;
 * - beside the pickle, in a zip archive (zip-file.ts), named by a persistent reference.
 *
 * Nothing is located before it is asked for: the storages of networks that nobody wants are never looked at.
 */
import type { ByteSource } from '../byte-source';
import { CheckpointTensorError } from '../errors';
import { byteStringSource } from '../pickle/text-bytes';
import { describeValue, PickleObject, PicklePersistent, type PickleValue } from '../pickle/values';
import { openLegacyFile } from './legacy-file';
import { parseReference, type ReferenceLocator, type StorageLocation, type StorageReference } from './references';

const NESTED_FILE = 'torch.storage._load_from_bytes';

/** Whether a value stands for a storage. */
export function isStorage(value: PickleValue | undefined): boolean {
  if (value instanceof PicklePersistent) return true;
  return value instanceof PickleObject && value.qualifiedName === NESTED_FILE;
}

/** All storages of one file; each is located once, however many tensors share it. */
export class StorageTable {
  private readonly located = new Map<PickleValue, Promise<StorageLocation>>();

  constructor(
    private readonly source: ByteSource,
    private readonly locateReference: ReferenceLocator = refuseReference,
  ) {}

  /** @throws CheckpointError of some class; the value stands for no storage, or the file is damaged */
  locate(value: PickleValue): Promise<StorageLocation> {
    const known = this.located.get(value);
    if (known) return known;
    const location = this.find(value);
    this.located.set(value, location);
    return location;
  }

  private async find(value: PickleValue): Promise<StorageLocation> {
    if (value instanceof PicklePersistent) return this.locateReference(parseReference(value.id));
    const bytes =
      value instanceof PickleObject && isStorage(value) ? byteStringSource(value.args[0]!, this.source) : undefined;
    if (!bytes || !(value instanceof PickleObject)) throw damaged(`A tensor looks into ${describeValue(value)}`);
    const file = await openLegacyFile(bytes);
    if (!(file.value instanceof PicklePersistent)) throw damaged(`A storage holds ${describeValue(file.value)}`);
    const location = await file.locate(parseReference(file.value.id));
    return { ...location, order: offsetOf(value.args[0]!) };
  }
}

function offsetOf(bytes: PickleValue): number {
  if (bytes instanceof PickleObject) return offsetOfText(bytes.args[0]);
  return offsetOfText(bytes);
}

function offsetOfText(value: PickleValue | undefined): number {
  return typeof value === 'object' && value !== null && 'offset' in value ? value.offset : 0;
}

async function refuseReference({ key }: StorageReference): Promise<StorageLocation> {
  throw damaged(`The pickle refers to storage ${key.slice(0, 40)}, which is not in the file`);
}

function damaged(problem: string): CheckpointTensorError {
  return new CheckpointTensorError(`${problem}.`, {
    remedy: 'The file is damaged or was not written by torch: fetch or export it again.',
  });
}
