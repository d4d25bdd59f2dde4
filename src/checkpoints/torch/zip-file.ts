/**
 * Files of `torch.save` since version 1.6: a zip archive with one folder, in it
 *
 *   data.pkl    the object; storages are persistent references
 *   data/KEY    the elements of each storage
 *   byteorder   "little" or "big" (newer versions)
 */
import { type ByteSource, readBytes } from '../byte-source';
import { CheckpointTensorError, UnknownFormatError, UnsupportedModelError } from '../errors';
import { type OpenPickleOptions, openPickle } from '../pickle/unpickle';
import type { PickleValue } from '../pickle/values';
import { ZipArchive } from '../zip/archive';
import { elementBytes, type ReferenceLocator, type StorageReference } from './references';

export interface ZipFile {
  readonly value: PickleValue;
  /** The pickle inside. */
  readonly pickle: ByteSource;
  readonly locate: ReferenceLocator;
}

/** @throws ZipError, PickleError; UnknownFormatError for an archive of another kind; UnsupportedModelError for TorchScript or big-endian */
export async function openZipFile(file: ByteSource, options: OpenPickleOptions = {}): Promise<ZipFile> {
  const archive = await ZipArchive.open(file);
  const pickleName = archive.names().find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw new UnknownFormatError('The zip archive is no torch file: it has no data.pkl.', {
      value: archive.names().slice(0, 3).join(', ').slice(0, 120),
      limit: 'data.pkl',
      remedy: 'Unpack the archive and open the model inside.',
    });
  }
  const folder = pickleName.slice(0, -'data.pkl'.length);
  if (archive.has(`${folder}constants.pkl`)) {
    throw new UnsupportedModelError('The file is a TorchScript program, not a checkpoint.', {
      value: 'TorchScript',
      remedy: 'Save the network or its state dict with torch.save or pickle.dump instead.',
    });
  }
  await checkByteOrder(archive, `${folder}byteorder`);
  const { contents: pickle } = await archive.entry(pickleName);
  const { value } = await openPickle(pickle, options);
  return { value, pickle, locate: (reference) => locate(archive, folder, reference) };
}

async function checkByteOrder(archive: ZipArchive, name: string): Promise<void> {
  if (!archive.has(name)) return;
  const { contents } = await archive.entry(name);
  const order = new TextDecoder().decode(await readBytes(contents, 0, Math.min(contents.size, 16)));
  if (order.trim() === 'little') return;
  throw new UnsupportedModelError(`The numbers are ${order.trim()}-endian.`, {
    value: order.trim(),
    limit: 'little',
    remedy: 'Save the model again on a little-endian machine.',
  });
}

async function locate(archive: ZipArchive, folder: string, { key, dtype, elements, view }: StorageReference) {
  const { contents, fileOffset } = await archive.entry(`${folder}data/${key}`);
  const size = elementBytes(dtype);
  const { offset, elements: seen } = view ?? { offset: 0, elements };
  if ((offset + seen) * size > contents.size) {
    throw new CheckpointTensorError(
      `Storage ${key.slice(0, 40)} has ${contents.size} bytes, but is referred to as ${elements} elements of ${size}.`,
      { value: contents.size, limit: elements * size, remedy: 'The file is damaged: fetch or export it again.' },
    );
  }
  return { dtype, source: contents, byteOffset: offset * size, byteLength: seen * size, order: fileOffset };
}
