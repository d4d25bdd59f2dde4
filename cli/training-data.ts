/** Pictures to learn from in the file system: a folder, a zip archive, or the file with the cameras in a folder. */
import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type FileSet, type FolderFile, filesOfFolder, filesOfZip } from '../src/training/data/file-set';
import { UsageError } from './errors';

/**
 * Nothing but names is read yet.
 * @param path of the folder or zip; of "transforms.json" and its like, the folder around it is meant
 * @throws UsageError when there is nothing; ZipError
 */
export async function openTrainingFiles(path: string): Promise<FileSet> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) throw new UsageError(`there is no folder or file "${path}"`);
  if (status.isDirectory()) return openFolder(path);
  return path.toLowerCase().endsWith('.json') ? openFolder(dirname(path)) : filesOfZip(await openAsBlob(path));
}

async function openFolder(folder: string): Promise<FileSet> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: FolderFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    // A link counts as what it leads to, as far as that is a file: data sets are often folders of links.
    if (!entry.isFile() && !(entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isFile())) continue;
    files.push({ path: relative(folder, path), blob: await openAsBlob(path) });
  }
  return filesOfFolder(files);
}
