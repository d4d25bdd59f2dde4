/** The runs that the room lists: one that is deleted is gone only when another is, or the page goes. */
import { expect, test } from 'vitest';
import { LearnRuns } from '../../../../src/studio/learn/learn-runs';
import { LearnStore } from '../../../../src/studio/learn/learn-store';
import { initialState } from '../../../../src/studio/shared/state';
import { Store } from '../../../../src/studio/shared/store';
import type { RunStore } from '../../../../src/training/loops/run-store';
import { DESCRIPTION, RunInMemory } from '../../../support/memory-run-store';

async function listed(...ids: string[]) {
  const kept = new Map(ids.map((id) => [id, new RunInMemory({ ...DESCRIPTION, id })]));
  const learn = new LearnStore(new Store(initialState()));
  const store: RunStore = {
    list: async () => [...kept.values()].map(({ description, progress }) => ({ description, progress })),
    create: async () => Promise.reject(new Error('nothing is created here')),
    open: async (id) => kept.get(id)!,
    remove: async (id) => void kept.delete(id),
    lock: async () => async () => {},
  };
  const runs = new LearnRuns(learn, store);
  await runs.load();
  const shown = () => learn.state.runs!.map(({ description }) => description.id);
  return { kept, learn, runs, shown };
}

test('a run that is deleted comes back', async () => {
  const { runs, shown, learn } = await listed('a', 'b');
  await runs.remove('a');
  expect(shown()).toEqual(['b']);
  expect(learn.state.deleted?.description.id).toBe('a');
  await runs.load();
  expect(shown()).toEqual(['b']);
  await runs.bringBack();
  expect(shown()).toEqual(['a', 'b']);
  expect(learn.state.deleted).toBeUndefined();
});

test('is gone for good when another is deleted, or the page goes', async () => {
  const { runs, kept } = await listed('a', 'b', 'c');
  await runs.remove('a');
  await runs.remove('b');
  expect([...kept.keys()]).toEqual(['b', 'c']);
  await runs.forgetDeleted();
  expect([...kept.keys()]).toEqual(['c']);
});

test('hands out the checkpoint of a run that has one', async () => {
  const { runs, kept } = await listed('a', 'b');
  kept.get('a')!.checkpoint = Uint8Array.of(1, 2, 3);
  const file = await runs.checkpointFile('a');
  expect(file?.name).toBe('trifold-scene-test.checkpoint.safetensors');
  expect(file?.blob.size).toBe(3);
  expect(await runs.checkpointFile('b')).toBeUndefined();
});
