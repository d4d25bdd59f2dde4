/** Opens a checkpoint from the file system. */
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Checkpoint, readSafetensors } from '../src/index';
import { UsageError } from './errors';

/** @throws UsageError when there is no such file, or the loader's error that names the tensor */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile()) throw new UsageError(`there is no file "${path}"`);
  return readSafetensors(await openAsBlob(path));
}
