/** Where fixtures are, for tests that run in Node. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { missingFixture } from './missing-fixture.ts';

/**
 * @param name such as "generator_tiny.safetensors" or "small/index.json"
 * @throws Error that names the command which makes it, if there is no such file
 */
export function fixturePath(name: string): string {
  const path = join(import.meta.dirname, '..', 'fixtures', name);
  if (!existsSync(path)) throw new Error(missingFixture(name));
  return path;
}
