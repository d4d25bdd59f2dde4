/** Where the command line keeps what `--tune` has measured. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { measurementFile } from '../../cli/tuning';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trifold-tuning-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('keeps an entry for each device, in a folder that it makes', async () => {
  const path = join(folder, 'trifold', 'convolutions.json');
  const measured = { choices: { 'up1 8x8 4>4': 'gemm' }, rejected: {} };
  expect(await measurementFile(path).get('card')).toBeUndefined();
  await measurementFile(path).set('card', measured);
  await measurementFile(path).set('other card', {});
  expect(await measurementFile(path).get('card')).toEqual(measured);
});

it.each(['', '{"card": ', '12', 'null'])('takes a damaged file for an empty one: %j', async (text) => {
  const path = join(folder, 'convolutions.json');
  await writeFile(path, text);
  expect(await measurementFile(path).get('card')).toBeUndefined();
  await measurementFile(path).set('card', 1);
  expect(await measurementFile(path).get('card')).toBe(1);
});
