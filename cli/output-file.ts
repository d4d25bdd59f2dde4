/** Where a command's result goes. */
import { access, constants, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from './errors';

/** A result that cannot be written should be known before the work, not after it. @throws UsageError */
export async function expectWritable(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  await access(folder, constants.W_OK).catch(() => {
    throw new UsageError(`"${file}" cannot be written: the folder "${folder}" does not exist or is read-only`);
  });
}

/**
 * Writes a file aside and moves it into place when it is on the disk, so that nobody ever finds half of it, not even after a power cut: either the
 * former file is there or the whole new one.
 * @param contents or its pieces, in order
 */
export async function writeWhole(file: string, contents: Uint8Array | string | Iterable<Uint8Array>): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      const pieces = typeof contents === 'string' || contents instanceof Uint8Array ? [contents] : contents;
      for (const piece of pieces) await handle.writeFile(piece); // each behind the one before
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
