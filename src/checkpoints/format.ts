/** Tells the kinds of checkpoint files apart by their first bytes; a name's ending proves nothing. */
import { UnknownFormatError } from './errors';
import { MAX_HEADER_BYTES } from './safetensors-header';

export type CheckpointFormat = 'safetensors' | 'pickle' | 'torch zip';

/** Bytes that {@link sniffFormat} wants. */
export const SNIFFED_BYTES = 64;

/** What people mistake for a checkpoint, by its first bytes. */
const OTHER_FILES: readonly (readonly [start: string, what: string])[] = [
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['GIF8', 'a GIF picture'],
  ['RIFF', 'a WebP picture, a video or a sound'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x93NUMPY', 'a numpy array'],
  ['%PDF', 'a PDF document'],
  ['version https://git-lfs', 'a Git LFS pointer, not the file itself'],
  ['<', 'a web page or XML, perhaps an error message of the server'],
];
/** How pickles of protocols 0 and 1 may begin: a mark, an empty dict or list, a class. */
const OLD_PICKLE = /^[(}\]c]/;
const LENGTH_BYTES = 8;

/**
 * @param head the file's first bytes, {@link SNIFFED_BYTES} or all there are
 * @throws UnknownFormatError that says what the file looks like
 */
export function sniffFormat(head: Uint8Array): CheckpointFormat {
  const text = Array.from(head.subarray(0, SNIFFED_BYTES), (byte) => String.fromCharCode(byte)).join('');
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'torch zip';
  if (head[0] === 0x80 && head[1]! <= 5) return 'pickle';
  if (hasJsonHeader(head)) return 'safetensors';
  const other = OTHER_FILES.find(([start]) => text.startsWith(start));
  if (!other && OLD_PICKLE.test(text)) return 'pickle';
  const what = head.length === 0 ? 'empty' : (other?.[1] ?? 'of an unknown kind');
  throw new UnknownFormatError(
    `The file is ${what}: it has neither the header of a safetensors file nor that of a pickle or torch zip file.`,
    {
      value: what,
      limit: 'safetensors, pickle, torch zip',
      remedy: 'Open a .safetensors, .pkl or .pt file of an EG3D generator.',
    },
  );
}

/** safetensors: eight bytes of length, then a JSON object. */
function hasJsonHeader(head: Uint8Array): boolean {
  if (head.length <= LENGTH_BYTES || head[LENGTH_BYTES] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length <= BigInt(MAX_HEADER_BYTES);
}
