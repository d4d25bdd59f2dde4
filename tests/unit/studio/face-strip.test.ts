/** The faces on offer: which there are, in which order, and how they follow what is done to them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { GeneratorConfig } from '../../../src/models/config';
import { type FaceRecipe, faceOfSeed } from '../../../src/models/faces/recipe';
import { readFaceRecipe } from '../../../src/models/faces/recipe-check';
import { FaceStrip } from '../../../src/studio/face/face-strip';
import type { SavedFace } from '../../../src/studio/face/faces-file';
import { choiceKey, recipeKey } from '../../../src/studio/face/recipe-key';
import type { ModelFacts } from '../../../src/studio/model/model-facts';
import { initialState, type StudioState } from '../../../src/studio/shared/state';
import { Store } from '../../../src/studio/shared/store';

const LAYERS = 8;
const face = (seed: number) => faceOfSeed(seed, LAYERS);
const modelOf = (config: object) => ({ config: config as GeneratorConfig }) as ModelFacts;
const seedsOf = (faces: readonly FaceRecipe[]) =>
  faces.map(({ mode, sources: [source] }) => (mode === 'single' && source?.kind === 'seed' ? source.seed : mode));

let store: Store<StudioState>;
let strip: FaceStrip;

beforeEach(() => {
  vi.useFakeTimers();
  store = new Store(initialState());
  let seed = 90;
  const changeFace = (change: (face: FaceRecipe) => FaceRecipe) => {
    store.update({ face: readFaceRecipe(change(store.state.face), { numWs: LAYERS, zDim: 16 }) });
  };
  strip = new FaceStrip(store, changeFace, () => {
    seed += 10;
    return seed;
  });
  store.update({ model: modelOf({}), face: face(1) });
});

afterEach(() => {
  vi.useRealTimers();
});

const offered = () => {
  const { recent, suggested } = store.state.faceStrip;
  return [seedsOf(recent), seedsOf(suggested)];
};
/** The hand rests. */
const rest = () => vi.advanceTimersByTime(1000);

it('begins with the face on screen and suggestions, and anew with another model', () => {
  expect(offered()).toEqual([[1], [100, 110, 120, 130, 140, 150]]);
  strip.go(face(2));
  store.update({ model: modelOf({ another: true }), face: face(3) });
  expect(offered()).toEqual([[3], [160, 170, 180, 190, 200, 210]]);
});

it('puts a new face first, and leaves one that is on offer where it is', () => {
  strip.go(face(2));
  strip.go(face(110));
  strip.go(face(1));
  expect(offered()).toEqual([
    [2, 1],
    [100, 110, 120, 130, 140, 150],
  ]);
  strip.suggestMore();
  expect(offered()[0]).toEqual([110, 2, 1]);
});

it('an entry follows what is done to its face, when the hand rests', () => {
  strip.go({ ...face(1), psi: 0.3 });
  expect(store.state.faceStrip.recent[0]?.psi).toBe(0.7);
  rest();
  expect(store.state.faceStrip.recent.map(({ psi }) => psi)).toEqual([0.3]);
  expect(store.state.faceStrip.suggested.map(({ psi }) => psi)).toEqual(new Array(6).fill(0.3)); // so that a choice does not change it back
});

it('a face that is saved as it is needs no second entry', () => {
  const saved = { recipe: face(5) } as SavedFace;
  store.update({ savedFaces: { ...store.state.savedFaces, faces: [saved] } });
  strip.go(face(5));
  expect(offered()[0]).toEqual([1]);
  strip.go({ ...face(5), psi: 0.2 });
  expect(offered()[0]).toEqual([5, 1]);
});

it('mixes seeds as seeds, and what is more than a seed as a face of its own', () => {
  const [one, two] = [
    { face: face(1), name: 'One' },
    { face: face(2), name: 'Two' },
  ];
  strip.mix(one, two);
  expect(store.state.face).toMatchObject({ mode: 'mix', sources: [{ seed: 1 }, { seed: 2 }] });
  strip.mix({ face: store.state.face, name: 'Both' }, { face: { ...face(3), psi: 1 }, name: 'Three' });
  expect(store.state.face).toMatchObject({
    mode: 'mix',
    sources: [
      { kind: 'face', name: 'Both' },
      { kind: 'face', name: 'Three', face: { psi: 1 } },
    ],
  });
});

it('says so when a mix would have too many faces in it', () => {
  for (let times = 0; times < 6; times++)
    strip.mix({ face: store.state.face, name: 'Me' }, { face: face(2), name: 'Two' });
  expect(store.state.notices.map(({ kind }) => kind)).toEqual(['face-refused']);
});

it('a walk begins with the face on screen, and goes on from there', () => {
  const present = () => ({ face: store.state.face, name: 'Present' });
  strip.addToWalk(present(), { face: face(2), name: 'Two' });
  strip.addToWalk(present(), { face: face(3), name: 'Three' });
  expect(store.state.face).toMatchObject({ mode: 'walk', sources: [{ seed: 1 }, { seed: 2 }, { seed: 3 }] });
});

it('keys: alike for the eye, and of the same sources', () => {
  expect(recipeKey({ ...face(1), mixSuperResolution: 0.9, mapX: 4 })).toBe(recipeKey(face(1)));
  expect(recipeKey({ ...face(1), psi: 0.9 })).not.toBe(recipeKey(face(1)));
  expect(choiceKey({ ...face(1), psi: 0.9 })).toBe(choiceKey(face(1)));
  expect(choiceKey({ ...face(1), mode: 'map' })).not.toBe(choiceKey(face(1)));
});
