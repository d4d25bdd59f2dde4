/**
 * Named files, wherever they are: in a zip archive, in a folder that was chosen or dropped, on the disk of the command line. Readers of data
 * sets see no more than this.
 */
import { byteSource, type CheckpointSource, readBytes } from '../../checkpoints/byte-source';
import { ZipArchive } from '../../checkpoints/zip/archive';
import { NameClashError, quoted, TrainingDataError } from './errors';

export interface FileSet {
  /** Paths with "/" between folders and none in front, sorted. */
  readonly names: readonly string[];
  /**
   * @param most no more than the first so many bytes; default: all
   * @throws TrainingDataError for a name that is not among `names`; CheckpointError if the medium fails
   */
  read(name: string, most?: number): Promise<Uint8Array>;
}

/** A file of a folder: a `File` of the page, or a `Blob` of `openAsBlob` in Node. */
export interface FolderFile {
  /** Path from the folder on. */
  readonly path: string;
  readonly blob: Blob;
}

/** What macOS, Windows and editors leave in folders. */
const LITTER = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;
/** A text larger than this becomes no string in V8. */
const LARGEST_TEXT = 256 << 20;

/** @throws NameClashError if two files have one path */
export function filesOfFolder(files: Iterable<FolderFile>): FileSet {
  const blobs = new Map<string, Blob>();
  for (const { path, blob } of files) {
    const name = plainPath(path);
    if (LITTER.test(name)) continue;
    if (blobs.has(name)) {
      throw new NameClashError(
        `Two files are called ${quoted(name)}.`,
        'Choose or drop the folder itself, not files of several folders together.',
        name,
      );
    }
    blobs.set(name, blob);
  }
  return {
    names: [...blobs.keys()].sort(),
    async read(name, most = Number.POSITIVE_INFINITY) {
      const source = byteSource(known(blobs, name));
      return readBytes(source, 0, Math.min(most, source.size));
    },
  };
}

/**
 * The files of a zip archive. Of two entries with one name the last counts, as in Python: that is how a file in an archive is replaced.
 * @throws ZipError
 */
export async function filesOfZip(file: CheckpointSource): Promise<FileSet> {
  const archive = await ZipArchive.open(byteSource(file));
  const entries = new Map<string, string>();
  for (const entry of archive.names()) {
    const name = plainPath(entry);
    if (!entry.endsWith('/') && !LITTER.test(name)) entries.set(name, entry);
  }
  return {
    names: [...entries.keys()].sort(),
    async read(name, most = Number.POSITIVE_INFINITY) {
      const { contents } = await archive.entry(known(entries, name));
      return readBytes(contents, 0, Math.min(most, contents.size));
    },
  };
}

/** @throws TrainingDataError for a file that is absurdly large */
export async function readText(files: FileSet, name: string): Promise<string> {
  const bytes = await files.read(name, LARGEST_TEXT + 1);
  if (bytes.byteLength > LARGEST_TEXT) {
    const message = `${quoted(name)} has more than ${LARGEST_TEXT >> 20} MB of text.`;
    throw new TrainingDataError(message, 'Use a part of the data.', bytes.byteLength, LARGEST_TEXT);
  }
  return new TextDecoder().decode(bytes);
}

/** @throws TrainingDataError for text that is no JSON, with the place */
export async function readJson(files: FileSet, name: string): Promise<unknown> {
  const text = await readText(files, name);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = text.trim() === '' ? 'is empty' : 'is not JSON';
    const place = cause instanceof Error && text.trim() !== '' ? `: ${cause.message.slice(0, 160)}` : '';
    throw new TrainingDataError(
      `${quoted(name)} ${problem}${place}.`,
      'The file was damaged or cut short: write or fetch it again. (NaN and Infinity are not JSON, though Python writes them.)',
      undefined,
      undefined,
      { cause },
    );
  }
}

/** The folder of a path with its "/", or nothing. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** "./a\b/../c" is "a/c". Folders that are left above the first one are dropped. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function known<T>(files: ReadonlyMap<string, T>, name: string): T {
  const file = files.get(name);
  if (file !== undefined) return file;
  throw new TrainingDataError(`There is no file ${quoted(name)}.`, 'Open the whole folder.', name);
}
