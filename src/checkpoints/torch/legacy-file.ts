/**
 * Legacy files of `torch.save` (before 1.6, and each storage inside of an official pickle). Several pickles in a row, then numbers:
 *
 *   magic number, version (1001), system facts, the object, the keys of its storages in order; then for each storage
 *   8 bytes   number of elements, little-endian
 *   the rest  the elements, little-endian
 */
import { type ByteSource, rangeOf, readBytes } from '../byte-source';
import { CheckpointTensorError, UnknownFormatError } from '../errors';
import { itemsOf } from '../pickle/plain';
import { type OpenPickleOptions, openPickle } from '../pickle/unpickle';
import type { PickleValue } from '../pickle/values';
import {
  elementBytes,
  parseReference,
  type ReferenceLocator,
  type StorageLocation,
  type StorageReference,
} from './references';

/** 0x1950a86a20f9469cfc6c: how every legacy file begins. */
export const LEGACY_MAGIC = 119547037146038801333356n;
const VERSION = 1001;
const COUNT_BYTES = 8;

export interface LegacyFile {
  readonly value: PickleValue;
  readonly locate: ReferenceLocator;
}

/** Reads everything but the numbers. @throws UnknownFormatError for another kind of file, PickleError, CheckpointTensorError */
export async function openLegacyFile(source: ByteSource, options: OpenPickleOptions = {}): Promise<LegacyFile> {
  const magic = await openPickle(source, options);
  const version = await openPickle(source, { ...options, start: magic.end });
  if (magic.value !== LEGACY_MAGIC || version.value !== VERSION) {
    throw new UnknownFormatError('The bytes are no legacy torch file.', {
      value: `${String(magic.value).slice(0, 40)}, ${String(version.value).slice(0, 40)}`,
      limit: `${LEGACY_MAGIC}, ${VERSION}`,
      remedy: 'Save the model again with a current version of torch.',
    });
  }
  const system = await openPickle(source, { ...options, start: version.end });
  const object = await openPickle(source, { ...options, start: system.end });
  const keys = await openPickle(source, { ...options, start: object.end });
  const places = placesOf(
    object.references.map(({ id }) => parseReference(id)),
    (itemsOf(keys.value) ?? []).map(String),
    keys.end,
  );
  return { value: object.value, locate: (reference) => locate(source, places, reference) };
}

interface Place {
  readonly offset: number;
  readonly elements: number;
}

/** Storages follow each other in the order of the keys; their references tell their sizes. */
function placesOf(references: readonly StorageReference[], keys: readonly string[], start: number): Map<string, Place> {
  const byKey = new Map(references.map((reference) => [reference.key, reference]));
  const places = new Map<string, Place>();
  let offset = start;
  for (const key of keys) {
    const reference = byKey.get(key);
    if (!reference) break; // nobody refers to it or to what follows, and its size is not known
    places.set(key, { offset, elements: reference.elements });
    offset += COUNT_BYTES + reference.elements * elementBytes(reference.dtype);
  }
  return places;
}

async function locate(
  source: ByteSource,
  places: ReadonlyMap<string, Place>,
  { key, dtype, view }: StorageReference,
): Promise<StorageLocation> {
  const place = places.get(key);
  if (!place) throw damaged(`Storage ${JSON.stringify(key.slice(0, 40))} is not in the file`);
  const count = await readBytes(rangeOf(source, place.offset, COUNT_BYTES), 0, COUNT_BYTES);
  const elements = Number(new DataView(count.buffer, count.byteOffset).getBigInt64(0, true));
  if (elements !== place.elements) {
    throw damaged(`A storage holds ${elements} elements, but is referred to as ${place.elements}`);
  }
  const { offset, elements: seen } = view ?? { offset: 0, elements };
  if (offset + seen > elements) throw damaged(`A view of ${offset} + ${seen} elements looks beyond ${elements}`);
  const size = elementBytes(dtype);
  const byteOffset = place.offset + COUNT_BYTES + offset * size;
  return { dtype, source, byteOffset, byteLength: seen * size, order: byteOffset };
}

function damaged(problem: string): CheckpointTensorError {
  return new CheckpointTensorError(`${problem}.`, { remedy: 'The file is damaged: fetch or export it again.' });
}
