/**
 * Writes files that `torch.load` opens: the zip layout of `torch.save` since version 1.6 (zip-file.ts reads it).
 *
 *   archive/data.pkl    the object; storages are persistent references
 *   archive/byteorder   "little"
 *   archive/data/KEY    the elements of each storage, at a multiple of 64 bytes, so that torch can map them into memory
 *   archive/version     of the layout
 */
import { StoredZip } from '../zip/write-stored';
import { type TorchValue, writeTorchPickle } from './write-pickle';

const FOLDER = 'archive';
const ALIGNMENT = 64;
const VERSION = '3\n';

/**
 * @param value a state dict, or a dict of state dicts
 * @returns the file, in memory
 * @throws UnsupportedModelError for an element type that torch files have no storage class for
 */
export function writeTorchFile(value: TorchValue): Uint8Array<ArrayBuffer> {
  const { bytes, storages } = writeTorchPickle(value);
  const text = (contents: string) => new TextEncoder().encode(contents);
  const zip = new StoredZip(ALIGNMENT);
  const pieces = [
    ...zip.entry(`${FOLDER}/data.pkl`, bytes),
    ...zip.entry(`${FOLDER}/byteorder`, text('little')),
    ...storages.flatMap((storage, key) => zip.entry(`${FOLDER}/data/${key}`, storage)),
    ...zip.entry(`${FOLDER}/version`, text(VERSION)),
  ];
  pieces.push(zip.end());
  const file = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.byteLength;
  }
  return file;
}
