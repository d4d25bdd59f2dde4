/** The library of saved faces on a database in memory: what it does to the state, and what it says. */
import { beforeEach, describe, expect, it } from 'vitest';
import { homeOf, lookFrom, orbitAt } from '../../../src/camera/orbit';
import { type FaceRecipe, faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { FaceLibrary, savedView, viewOf } from '../../../src/studio/face/face-library';
import { readFacesFile, type SavedFace, writeFacesFile } from '../../../src/studio/face/faces-file';
import { SavedFaces } from '../../../src/studio/face/saved-faces';
import type { ModelFacts } from '../../../src/studio/model/model-facts';
import type { SavedStudio } from '../../../src/studio/shared/address';
import type { KeyValueStore } from '../../../src/studio/shared/browser-store';
import { initialState, type StudioState } from '../../../src/studio/shared/state';
import { Store } from '../../../src/studio/shared/store';
import { modelConfig } from './studio-fixtures';

const CONFIG = modelConfig();
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1);
const MODEL: ModelFacts = {
  name: 'here',
  origin: 'bundled',
  config: CONFIG,
  fileBytes: 1,
  weights: { parameters: 1, dtypes: [] },
  memory: {
    weightsBytes: 1,
    planBytes: 1,
    largestBinding: 1,
    largestLabel: '',
    fits: true,
    problem: undefined,
    limit: 1,
    convolutionFormat: 'f32',
  },
  fingerprint: undefined,
  sha256: '12'.repeat(32),
  student: undefined,
  attributes: [],
};
const ada: SavedFace = {
  id: 'ada',
  name: 'Ada',
  model: { fingerprint: MODEL.sha256!, name: 'here', numWs: 4, zDim: 4 },
  recipe: { ...faceOfSeed(7, 4), sources: [seedSource(7, { 1: 2 })], psi: 0.5 },
  view: { yaw: -20, pitch: 5, distance: 1.5, pivot: [0.1, 0.25, 0], focal: 3 },
  thumbnail: new Blob([PNG], { type: 'image/png' }),
  savedAt: 5,
};
const tom: SavedFace = {
  ...ada,
  id: 'tom',
  name: 'Tom',
  model: { ...ada.model, fingerprint: 'ab'.repeat(32), name: 'cats' },
};

function memoryStore(): KeyValueStore & { readonly entries: Map<string, unknown>; isFull: boolean } {
  const entries = new Map<string, unknown>();
  return {
    entries,
    isFull: false,
    get: async (key) => entries.get(key),
    async set(key, value) {
      if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
      entries.set(key, value);
    },
    delete: async (key) => void entries.delete(key),
    keys: async () => [...entries.keys()],
  };
}

let kept: ReturnType<typeof memoryStore>;
let store: Store<StudioState>;
let restored: SavedStudio | undefined;
let library: FaceLibrary;

beforeEach(async () => {
  kept = memoryStore();
  kept.entries.set('ada', ada).set('tom', tom);
  store = new Store<StudioState>({
    ...initialState(),
    model: MODEL,
    face: faceOfSeed(1, 4),
    view: orbitAt(homeOf(CONFIG.camera)),
  });
  restored = undefined;
  const actions = {
    changeFace: (change: (face: FaceRecipe) => FaceRecipe) => store.update({ face: change(store.state.face) }),
    restore: (saved: SavedStudio) => {
      restored = saved;
    },
  };
  library = new FaceLibrary(store, () => undefined, actions, new SavedFaces(kept));
  await library.load();
});

const names = () => store.state.savedFaces.faces?.map(({ name }) => name).sort();
const outcome = () => store.state.savedFaces.outcome;

describe('bringing back', () => {
  it('gives face and view as they were, as one change', () => {
    let changes = 0;
    store.subscribe(({ face }, previous) => {
      if (face !== previous.face) changes++;
    });
    library.bringBack(ada);
    const { face, view } = store.state;
    expect(face).toEqual(ada.recipe);
    expect(changes).toBe(1);
    expect(view.radius).toBeCloseTo(1.5 * CONFIG.camera.radius);
    expect(view).toMatchObject({ pivot: [0.1, 0.25, 0], focal: 3 });
  });

  it('asks first for a face of another model, and leaves its edits out', () => {
    library.bringBack(tom);
    expect(outcome()).toEqual({ kind: 'other-model', face: tom });
    expect(store.state.face).toEqual(faceOfSeed(1, 4));
    library.bringBackHere(tom);
    expect(store.state.face.sources).toEqual([seedSource(7)]);
    expect(outcome()).toBeUndefined();
  });

  it('opens the model of a face by its fingerprint', () => {
    library.openModelOf(tom);
    expect(restored).toMatchObject({ model: tom.model.fingerprint, view: { yaw: -20, focal: 3 } });
    expect(restored?.face.packed).toBeDefined();
  });
});

describe('a saved face as a source', () => {
  it('becomes B of a mix, whatever B was', () => {
    library.mixWith(ada);
    library.mixWith(ada);
    expect(store.state.face).toMatchObject({
      mode: 'mix',
      sources: [
        { kind: 'seed', seed: 1 },
        { kind: 'face', name: 'Ada', face: ada.recipe },
      ],
    });
  });

  it('is one more place of a walk', () => {
    library.addKeyframe(ada);
    library.addKeyframe(tom);
    expect(store.state.face.mode).toBe('walk');
    expect(store.state.face.sources.map((source) => (source.kind === 'face' ? source.name : source.seed))).toEqual([
      1,
      'Ada',
      'Tom',
    ]);
  });
});

describe('what is kept', () => {
  it('loses a face and gets it back as it was', async () => {
    await library.remove(ada);
    expect(names()).toEqual(['Tom']);
    expect(outcome()).toEqual({ kind: 'removed', face: ada });
    await library.undoRemoval();
    expect(names()).toEqual(['Ada', 'Tom']);
    expect(kept.entries.get('ada')).toEqual(ada);
    expect(outcome()).toBeUndefined();
  });

  it('says that storage is full, and stays as it was', async () => {
    kept.isFull = true;
    await library.rename('ada', 'Grace');
    expect(outcome()).toEqual({ kind: 'storage-full' });
    expect(names()).toEqual(['Ada', 'Tom']);
    await library.importFile(await writeFacesFile([{ ...ada, id: 'another' }]));
    expect(outcome()).toEqual({ kind: 'storage-full' });
    expect(names()).toEqual(['Ada', 'Tom']);
  });

  it('comes out as a file and in again', async () => {
    const { name, blob } = await library.exportFile();
    expect(name).toBe('trifold-faces.json');
    await library.remove(tom);
    await library.importFile(blob);
    expect(outcome()).toEqual({ kind: 'imported', added: 1, known: 1 });
    expect(names()).toEqual(['Ada', 'Tom']);
    await library.importFile(new Blob(['cats']));
    expect(outcome()).toMatchObject({ kind: 'failed', message: 'The file is no JSON, or only a part of it.' });
  });

  it('takes no face without a picture, and none of a model without a name', async () => {
    await library.save('Bob');
    expect(outcome()).toMatchObject({ kind: 'failed' });
    expect(store.state.savedFaces.isSaving).toBe(false);
    store.update({ model: { ...MODEL, sha256: undefined } });
    await library.save('Bob');
    expect(outcome()).toEqual({ kind: 'nameless-model' });
    expect(names()).toEqual(['Ada', 'Tom']);
  });
});

describe('a view', () => {
  const home = orbitAt(homeOf(CONFIG.camera));

  it('is kept and brought back', () => {
    const view = lookFrom(home, { yaw: 0.3, pitch: -0.2, radius: 2.5, pivot: [0.05, 0.3, 0], focal: 5 });
    const back = viewOf(savedView(view), home);
    for (const field of ['yaw', 'pitch', 'radius', 'focal'] as const) expect(back[field]).toBeCloseTo(view[field], 12);
    expect(back.pivot).toEqual(view.pivot);
  });

  it('of an older file looks at the model’s own point with its own focal length', async () => {
    const file = JSON.parse(await (await writeFacesFile([ada])).text());
    expect(file.faces[0].view).toEqual(ada.view);
    file.faces[0].view = { yaw: 10, pitch: 0, distance: 1 };
    const [face] = await readFacesFile(new Blob([JSON.stringify(file)]));
    expect(face!.view).toEqual({ yaw: 10, pitch: 0, distance: 1 });
    const elsewhere = lookFrom(home, { pivot: [0.1, 0, 0], focal: 9 });
    expect(viewOf(face!.view, elsewhere)).toMatchObject({ pivot: CONFIG.camera.pivot, focal: CONFIG.camera.focal });
  });

  it.each([[{ pivot: 'up' }], [{ pivot: [0, 1] }], [{ pivot: [0, 'a', 1] }], [{ focal: 'wide' }]])(
    'that makes no sense (%j) is refused by name',
    async (nonsense) => {
      const file = JSON.parse(await (await writeFacesFile([ada])).text());
      Object.assign(file.faces[0].view, nonsense);
      const [field] = Object.keys(nonsense);
      await expect(readFacesFile(new Blob([JSON.stringify(file)]))).rejects.toThrow(`faces[0].view.${field}`);
    },
  );
});
