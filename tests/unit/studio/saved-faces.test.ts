/** Saved faces and their files, with a map in the place of the browser's database. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { LONGEST_NAME } from '../../../src/models/faces/recipe-check';
import {
  FacesFileError,
  LARGEST_FACES_FILE_BYTES,
  LARGEST_THUMBNAIL_BYTES,
  MOST_FACES,
  readFacesFile,
} from '../../../src/studio/face/faces-file';
import { type NewFace, SavedFaces } from '../../../src/studio/face/saved-faces';
import type { KeyValueStore } from '../../../src/studio/shared/browser-store';

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 255);
const thumbnail = new Blob([PNG], { type: 'image/png' });
const face: NewFace = {
  name: 'Ada',
  model: { fingerprint: 'a1'.repeat(32), name: 'portrait', numWs: 14, zDim: 64 },
  recipe: { ...faceOfSeed(12, 14), sources: [seedSource(12, { 3: 1.25 })], psi: 0.7 },
  view: { yaw: -20, pitch: 5.5, distance: 1.1 },
  thumbnail,
};

/** A database in memory. What goes in is copied, as the browser does. */
class MemoryStore implements KeyValueStore {
  readonly entries = new Map<string, unknown>();
  /** How many more entries there is room for. */
  room = Number.POSITIVE_INFINITY;

  async get(key: string): Promise<unknown> {
    return this.entries.get(key);
  }
  async set(key: string, value: unknown): Promise<void> {
    if (!this.entries.has(key) && this.entries.size >= this.room) {
      throw new DOMException('full', 'QuotaExceededError');
    }
    this.entries.set(key, value);
  }
  async delete(key: string): Promise<void> {
    this.entries.delete(key);
  }
  async keys(): Promise<string[]> {
    return [...this.entries.keys()];
  }
}

const refuse = async (): Promise<never> => {
  throw new DOMException('forbidden', 'SecurityError');
};
const forbidden: KeyValueStore = { get: refuse, set: refuse, delete: refuse, keys: refuse };

let store: MemoryStore;
let faces: SavedFaces;
beforeEach(() => {
  store = new MemoryStore();
  faces = new SavedFaces(store);
});

/** A face's JSON as it is in a file, changed. */
async function fileOf(change: (file: { faces: Record<string, unknown>[] } & Record<string, unknown>) => void) {
  const other = new SavedFaces(new MemoryStore());
  await other.save(face);
  const file = JSON.parse(await (await other.exportFile()).text());
  change(file);
  return new Blob([JSON.stringify(file)]);
}

describe('SavedFaces', () => {
  it('lists what was saved, newest first', async () => {
    expect(await faces.list()).toEqual([]);
    const first = await faces.save(face);
    const second = await faces.save({ ...face, name: 'Bob' });
    expect([first.result, second.result]).toEqual(['kept', 'kept']);
    store.entries.set(first.face.id, { ...first.face, savedAt: second.face.savedAt - 1000 });
    expect((await faces.list()).map(({ name }) => name)).toEqual(['Bob', 'Ada']);
    expect((await faces.list())[1]).toMatchObject({ model: face.model, recipe: face.recipe, view: face.view });
  });

  it('renames and removes', async () => {
    const { face: saved } = await faces.save(face);
    expect(await faces.rename(saved.id, 'N'.repeat(500))).toBe('kept');
    expect((await faces.list())[0]).toEqual({ ...saved, name: 'N'.repeat(LONGEST_NAME) });
    await faces.remove(saved.id);
    expect(await faces.list()).toEqual([]);
    await faces.rename(saved.id, 'Ghost');
    expect(store.entries.size).toBe(0);
  });

  it('leaves out entries that make no sense', async () => {
    const { face: saved } = await faces.save(face);
    store.entries
      .set('a', undefined)
      .set('b', 'text')
      .set('c', { ...saved, id: 'c', thumbnail: 'none' });
    store.entries.set('d', { ...saved, id: 'another' }).set('e', { ...saved, id: 'e', recipe: { psi: 'x' } });
    expect((await faces.list()).map(({ id }) => id)).toEqual([saved.id]);
  });

  it('says that storage is forbidden', async () => {
    const without = new SavedFaces(forbidden);
    expect(await without.list()).toEqual([]);
    expect((await without.save(face)).result).toBe('no-storage');
    expect(await without.rename('x', 'y')).toBe('no-storage');
    await without.remove('x');
    expect(await without.importFile(await fileOf(() => {}))).toEqual({ result: 'no-storage', added: 0, known: 0 });
  });

  it('says that storage is full, and leaves what was there as it was', async () => {
    await faces.save(face);
    store.room = 2;
    const two = await fileOf((file) => file.faces.push({ ...file.faces[0], id: 'second' }));
    expect(await faces.importFile(two)).toEqual({ result: 'storage-full', added: 0, known: 0 });
    expect(await faces.list()).toHaveLength(1);
    store.room = 1;
    expect((await faces.save(face)).result).toBe('storage-full');
  });

  it('keeps so many faces and no more', async () => {
    const { face: saved } = await faces.save(face);
    for (let k = 1; k < MOST_FACES; k++) store.entries.set(`face-${k}`, { ...saved, id: `face-${k}` });
    expect((await faces.save(face)).result).toBe('too-many');
    expect(await faces.importFile(await fileOf(() => {}))).toMatchObject({ result: 'too-many', added: 0 });
    expect(await faces.list()).toHaveLength(MOST_FACES);
  });

  it('refuses a thumbnail that a file could not take', async () => {
    const large = new Blob([new Uint8Array(LARGEST_THUMBNAIL_BYTES + 1)], { type: 'image/png' });
    await expect(faces.save({ ...face, thumbnail: large })).rejects.toMatchObject({ limit: LARGEST_THUMBNAIL_BYTES });
    const jpeg = new Blob([PNG], { type: 'image/jpeg' });
    await expect(faces.save({ ...face, thumbnail: jpeg })).rejects.toThrow('image/jpeg');
    expect(store.entries.size).toBe(0);
  });
});

describe('files of faces', () => {
  it('holds everything, so that another device has the same faces', async () => {
    const { face: saved } = await faces.save(face);
    await faces.save({ ...face, name: '\u{1f600} "Ünal"' });
    const file = await faces.exportFile();
    expect(file.type).toBe('application/json');
    const elsewhere = new SavedFaces(new MemoryStore());
    expect(await elsewhere.importFile(file)).toEqual({ result: 'kept', added: 2, known: 0 });
    const [found] = (await elsewhere.list()).filter(({ id }) => id === saved.id);
    expect({ ...found, thumbnail: undefined }).toEqual({ ...saved, thumbnail: undefined });
    expect(found!.thumbnail.type).toBe('image/png');
    expect(new Uint8Array(await found!.thumbnail.arrayBuffer())).toEqual(PNG);
  });

  it('does not double or change a face that is there already', async () => {
    const { face: saved } = await faces.save(face);
    const file = await faces.exportFile();
    await faces.rename(saved.id, 'Ada, later');
    expect(await faces.importFile(file)).toEqual({ result: 'kept', added: 0, known: 1 });
    expect((await faces.list()).map(({ name }) => name)).toEqual(['Ada, later']);
  });

  it('is short', async () => {
    await faces.save(face);
    const { faces: written } = JSON.parse(await (await faces.exportFile()).text());
    expect(written[0].recipe).toEqual({ s: [{ s: 12, e: { 3: 1.25 } }], t: 0.7 });
    expect(written[0].thumbnail).toBe(`data:image/png;base64,${btoa(String.fromCharCode(...PNG))}`);
  });

  it.each<[string, (file: { faces: Record<string, unknown>[] } & Record<string, unknown>) => void]>([
    ['holds no faces', (file) => Object.assign(file, { format: 'glTF' })],
    ['version is no version', (file) => Object.assign(file, { version: 'one' })],
    ['newer Trifold (version 2', (file) => Object.assign(file, { version: 2 })],
    ['faces is no list', (file) => Object.assign(file, { faces: {} })],
    ['201 faces', (file) => Object.assign(file, { faces: new Array(MOST_FACES + 1).fill({}) })],
    ['faces[0].id', ({ faces: [only] }) => Object.assign(only!, { id: '../../x' })],
    ['faces[0].name', ({ faces: [only] }) => Object.assign(only!, { name: 5 })],
    ['faces[0].model is no object', ({ faces: [only] }) => Object.assign(only!, { model: [] })],
    ['faces[0].model.fingerprint', ({ faces: [only] }) => Object.assign(only!, { model: { fingerprint: 'x' } })],
    ['numWs', ({ faces: [only] }) => Object.assign(only!, { model: { ...face.model, numWs: 1e9 } })],
    ['faces[0].recipe. The recipe', ({ faces: [only] }) => Object.assign(only!, { recipe: { t: 'x' } })],
    ['faces[0].view.yaw', ({ faces: [only] }) => Object.assign(only!, { view: { pitch: 1 } })],
    ['faces[0].savedAt', ({ faces: [only] }) => Object.assign(only!, { savedAt: null })],
    [
      'no PNG or WebP',
      ({ faces: [only] }) => Object.assign(only!, { thumbnail: 'data:image/svg+xml;base64,PHN2Zz4=' }),
    ],
    ['no base64', ({ faces: [only] }) => Object.assign(only!, { thumbnail: 'data:image/png;base64,???' })],
    [
      'says that it is image/webp',
      ({ faces: [only] }) => Object.assign(only!, { thumbnail: `data:image/webp;base64,${btoa('PNG, really')}` }),
    ],
    [
      'is larger than',
      ({ faces: [only] }) =>
        Object.assign(only!, { thumbnail: `data:image/png;base64,${'A'.repeat(2 * LARGEST_THUMBNAIL_BYTES)}` }),
    ],
  ])('refuses a file and says what is wrong: %s', async (problem, change) => {
    const refused = await refusal(await fileOf(change));
    expect(refused.message).toContain(problem);
    expect(refused.remedy).not.toBe('');
    expect(store.entries.size).toBe(0);
  });

  it('refuses what is no JSON, and what is too large to be looked at', async () => {
    expect((await refusal(new Blob(['{"format": "trifold-fa']))).message).toContain('only a part');
    expect((await refusal(new Blob([PNG]))).message).toContain('no JSON');
    const large = Object.assign(new Blob(['{}']), {});
    Object.defineProperty(large, 'size', { value: LARGEST_FACES_FILE_BYTES + 1 });
    expect(await refusal(large)).toMatchObject({ limit: LARGEST_FACES_FILE_BYTES });
  });

  it('answers any JSON with faces or a FacesFileError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (value, field) => {
        const files = [value, { format: 'trifold-faces', version: 1, faces: [value] }];
        const changed = await fileOf(({ faces: [only] }) => Object.assign(only!, field));
        for (const file of [...files.map((json) => new Blob([JSON.stringify(json)])), changed]) {
          const outcome = await readFacesFile(file).catch((error: unknown) => error);
          expect(outcome instanceof FacesFileError || Array.isArray(outcome)).toBe(true);
        }
      }),
    );
  });
});

async function refusal(file: Blob): Promise<FacesFileError> {
  const outcome = await faces.importFile(file).catch((error: unknown) => error);
  if (outcome instanceof FacesFileError) return outcome;
  throw new Error('the file was not refused', { cause: outcome });
}
