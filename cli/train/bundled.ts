/** Files that come with the program: what can be learnt from without anybody's data. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PUBLIC = join(import.meta.dirname, '..', 'public'); // of the bundle in dist-cli

export const BUNDLED_MODEL = join(PUBLIC, 'weights', 'portrait-eg3d.safetensors');
export const BUNDLED_SCENE = join(PUBLIC, 'scenes', 'armillary.zip');

/** @param file as the page names it */
export function readBundled(file: string): Promise<Uint8Array> {
  return readFile(join(PUBLIC, file));
}
