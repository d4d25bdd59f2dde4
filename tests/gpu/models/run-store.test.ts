/** Training runs in a real browser's files: what is written is there for the next page; a write that is cut off, or has no room, leaves the former. */
import { afterEach, expect, test } from 'vitest';
import { BrowserRunStore } from '../../../src/studio/learn/run-store';
import { AlreadyTrainingError, RunStoreError, StorageFullError } from '../../../src/training/loops/run-store';
import { DESCRIPTION } from '../../support/memory-run-store';

const PROGRESS = {
  position: { seed: 3, step: 20, images: 80 },
  goal: 10,
  figures: { loss: 0.5 },
  curves: {},
  rateFactor: 1,
  notices: [],
  seconds: 2.5,
  saved: '2026-12-01T00:01:00.000Z',
};

const store = new BrowserRunStore();
const later = { ...DESCRIPTION, id: 'run-2', created: '2026-12-02T00:00:00.000Z' };

afterEach(async () => {
  for (const { description } of await store.list()) await store.remove(description.id);
});

test('what one page keeps, the next finds', async () => {
  const kept = await store.create(DESCRIPTION);
  await store.create(later);
  expect(await kept.readCheckpoint()).toBeUndefined();
  await kept.writeCheckpoint(new Uint8Array([1, 2, 3]));
  await kept.writeProgress(PROGRESS);
  await kept.describe({ goal: 30 });
  const rgb = new Float32Array(12).fill(1);
  await kept.writeSamples({ step: 20, rows: [{ label: 'fakes', pictures: [{ width: 2, height: 2, rgb }] }] });

  const next = new BrowserRunStore();
  expect(await next.list()).toEqual([
    { description: later, progress: undefined },
    { description: { ...DESCRIPTION, goal: 30 }, progress: PROGRESS },
  ]);
  const again = await next.open(DESCRIPTION.id);
  expect(await again.readCheckpoint()).toEqual(new Uint8Array([1, 2, 3]));
  const picture = await createImageBitmap((await again.readSamples())!);
  expect([picture.width, picture.height]).toEqual([2, 2]);
  await next.remove(DESCRIPTION.id);
  await expect(next.open(DESCRIPTION.id)).rejects.toThrow(RunStoreError);
});

test('a write that is cut off leaves the former checkpoint', async () => {
  const kept = await store.create(DESCRIPTION);
  await kept.writeCheckpoint(new Uint8Array([1, 2, 3]));
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('training-runs')).getDirectoryHandle(DESCRIPTION.id);
  const cutOff = await (await folder.getFileHandle('checkpoint.safetensors')).createWritable();
  await cutOff.write(new Uint8Array([9]));
  expect(await (await store.open(DESCRIPTION.id)).readCheckpoint()).toEqual(new Uint8Array([1, 2, 3]));
  await cutOff.abort();
});

test('a full disk is told before the former checkpoint is touched', async () => {
  const kept = await store.create(DESCRIPTION);
  await kept.writeCheckpoint(new Uint8Array([1, 2, 3]));
  const full = new BrowserRunStore({
    locks: navigator.locks,
    storage: {
      getDirectory: () => navigator.storage.getDirectory(),
      persist: () => navigator.storage.persist(),
      estimate: async () => ({ quota: 1000, usage: 999 }),
    },
  });
  const same = await full.open(DESCRIPTION.id);
  await expect(same.writeCheckpoint(new Uint8Array(4))).rejects.toThrow(StorageFullError);
  expect(await same.readCheckpoint()).toEqual(new Uint8Array([1, 2, 3]));
});

test('one run at a time', async () => {
  const unlock = await store.lock();
  await expect(new BrowserRunStore().lock()).rejects.toThrow(AlreadyTrainingError);
  await unlock();
  await (await store.lock())();
});

test('a damaged description is no run, and the others are still listed', async () => {
  await store.create(later);
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('training-runs')).getDirectoryHandle('broken', { create: true });
  const stream = await (await folder.getFileHandle('description.json', { create: true })).createWritable();
  await stream.write('{"id": "bro');
  await stream.close();
  expect((await store.list()).map(({ description }) => description.id)).toEqual(['run-2']);
  await store.remove('broken');
});
