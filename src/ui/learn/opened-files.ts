/** What a person picks or drops, as the studio takes data: a zip, or the files of a folder with their paths. */
import type { OpenedFiles } from '../../studio/learn/learn-state';

/** @param files of `<input webkitdirectory>` @returns undefined for none */
export function openedFolder(files: Iterable<File>): OpenedFiles | undefined {
  const folder = [...files].map((blob) => ({ path: withoutFirst(blob.webkitRelativePath || blob.name), blob }));
  const [first] = files;
  if (!first) return undefined;
  const name = first.webkitRelativePath.split('/')[0] || first.name;
  return { name, folder };
}

export function openedZip(file: File): OpenedFiles {
  return { name: file.name, zip: file };
}

/** @param entries of a drop, at least one */
export async function openedDrop(entries: readonly FileSystemEntry[]): Promise<OpenedFiles> {
  const [first] = entries;
  if (entries.length === 1 && first!.isFile) return openedZip(await fileOf(first as FileSystemFileEntry));
  const folder = (await Promise.all(entries.map((entry) => filesIn(entry, '')))).flat();
  // The folder's own name is in front of no path: a single one is what was meant.
  const isOne = entries.length === 1;
  return {
    name: first!.name,
    folder: folder.map(({ path, blob }) => ({ path: isOne ? withoutFirst(path) : path, blob })),
  };
}

async function filesIn(entry: FileSystemEntry, folder: string): Promise<{ path: string; blob: File }[]> {
  const path = folder + entry.name;
  if (entry.isFile) return [{ path, blob: await fileOf(entry as FileSystemFileEntry) }];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileSystemEntry[] = [];
  // A reader hands over some at a time, and none at the end.
  for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) found.push(...some);
  return (await Promise.all(found.map((inner) => filesIn(inner, `${path}/`)))).flat();
}

function readSome(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function withoutFirst(path: string): string {
  const at = path.indexOf('/');
  return at < 0 ? path : path.slice(at + 1);
}
