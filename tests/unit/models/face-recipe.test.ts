/** Recipes from outside: repaired where a number is out of range, refused by name where the shape is wrong, and as JSON and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DEEPEST_FACE,
  DEFAULT_PSI,
  type FaceRecipe,
  faceOfSeed,
  LARGEST_PSI,
  MOST_SOURCES,
  seedSource,
} from '../../../src/models/faces/recipe';
import {
  FaceRecipeError,
  LONGEST_NAME,
  MAP_REACH,
  MOST_SOURCES_IN_ALL,
  MOST_STEPS,
  readFaceRecipe,
} from '../../../src/models/faces/recipe-check';
import { faceRecipeJson, RECIPE_KEYS, type RecipeModel, UNNAMED_PSI } from '../../../src/models/faces/recipe-json';

const MODEL: RecipeModel = { numWs: 14, zDim: 64 };
const DEFAULT = faceOfSeed(0, 14);
/** What a recipe is that names nothing, as the first ones were saved. */
const UNNAMED: FaceRecipe = { ...DEFAULT, psi: UNNAMED_PSI };
const read = (value: unknown, model = MODEL) => readFaceRecipe(value, model);

/** A recipe that uses everything. */
const RICH: FaceRecipe = {
  mode: 'mix',
  sources: [
    seedSource(12, { 3: 1.5, 63: -2 }),
    { kind: 'face', name: 'Grandma', face: { ...faceOfSeed(7, 14), psi: 0.5 } },
    seedSource(4_294_967_295),
  ],
  mixLayers: Array.from({ length: 14 }, (_, layer) => layer / 13),
  mixSuperResolution: 0.25,
  walkPosition: 2.5,
  walkPath: 'linear',
  mapX: -1.5,
  mapY: 300.25,
  psi: 0.6,
  psiCutoff: 8,
  conditioning: { kind: 'fixed', yaw: 0.3, pitch: -0.2 },
  directions: [
    { direction: 4, strength: -2.5, from: 0, to: 13 },
    { direction: 0, strength: 1, from: 2, to: 5 },
  ],
};

describe('faceRecipeJson', () => {
  it('is empty for the untruncated face of seed 0, and no longer than it must be for others', () => {
    expect(faceRecipeJson(UNNAMED, MODEL)).toEqual({});
    expect(faceRecipeJson(DEFAULT, MODEL)).toEqual({ t: DEFAULT_PSI });
    expect(faceRecipeJson(faceOfSeed(12, 14), MODEL)).toEqual({ s: [12], t: DEFAULT_PSI });
    const mix = { ...UNNAMED, mode: 'mix' as const, sources: [seedSource(1), seedSource(2)] };
    expect(faceRecipeJson({ ...mix, mixLayers: new Array<number>(14).fill(1) }, MODEL)).toEqual({
      m: 'mix',
      s: [1, 2],
      l: 1,
    });
    expect(faceRecipeJson({ ...UNNAMED, conditioning: { kind: 'follow' } }, MODEL)).toEqual({ o: 'follow' });
    const everywhere = { direction: 3, strength: 2, from: 0, to: 13 };
    expect(faceRecipeJson({ ...UNNAMED, directions: [everywhere] }, MODEL)).toEqual({ d: [{ d: 3, s: 2 }] });
  });

  it('comes back as it was, through text', () => {
    for (const recipe of [DEFAULT, UNNAMED, RICH, faceOfSeed(5, 14)]) {
      expect(read(JSON.parse(JSON.stringify(faceRecipeJson(recipe, MODEL))))).toEqual(recipe);
    }
  });

  it('has a key of its own for each field', () => {
    expect(new Set(Object.values(RECIPE_KEYS)).size).toBe(Object.keys(DEFAULT).length);
  });
});

describe('readFaceRecipe', () => {
  it('leaves a recipe that fits as it is', () => {
    expect(read(RICH)).toEqual(RICH);
    expect(read(DEFAULT)).toEqual(DEFAULT);
  });

  it('takes 1 for a truncation that is not named, also in a face within a face: older versions wrote none for it', () => {
    expect(read({})).toEqual(UNNAMED);
    expect(read({ s: [{ n: 'saved', f: { s: [12] } }], t: 0.5 })).toMatchObject({
      psi: 0.5,
      sources: [{ kind: 'face', face: { psi: 1 } }],
    });
  });

  it('brings numbers into their range', () => {
    const found = read({
      psi: 7,
      psiCutoff: 99.5,
      mixSuperResolution: -1,
      mapX: -1e300,
      mapY: Number.POSITIVE_INFINITY,
      walkPosition: -0.5,
      sources: [-3, 1e12, { seed: 2.4, edits: { 1: 99, 2: -99, 64: 1 } }],
      directions: [{ direction: -1, strength: 1e9, from: 50, to: 3 }],
      conditioning: { kind: 'fixed', yaw: 9, pitch: -9 },
    });
    expect(found).toMatchObject({
      psi: LARGEST_PSI,
      psiCutoff: 14,
      mixSuperResolution: 0,
      mapX: -MAP_REACH,
      mapY: MAP_REACH,
    });
    expect(found.walkPosition).toBe(2.5);
    expect(found.sources).toEqual([seedSource(0), seedSource(4_294_967_295), seedSource(2, { 1: 5, 2: -5 })]);
    expect(found.directions).toEqual([{ direction: 0, strength: 10, from: 3, to: 13 }]);
    expect(found.conditioning).toEqual({ kind: 'fixed', yaw: Math.PI, pitch: -Math.PI / 2 });
  });

  it('takes the usual number for one that is none, and for null, which JSON makes of it', () => {
    for (const nothing of [Number.NaN, null]) {
      const given = {
        sources: [nothing, { seed: nothing, edits: { 5: nothing } }],
        mixLayers: [nothing],
        psi: nothing,
        psiCutoff: nothing,
        walkPosition: nothing,
        mapX: nothing,
        directions: [{ direction: 1, strength: nothing, from: nothing, to: nothing }],
      };
      const sources = [seedSource(0), seedSource(0)];
      const directions = [{ direction: 1, strength: 0, from: 0, to: 13 }];
      expect(read(given)).toEqual({ ...UNNAMED, sources, directions });
    }
  });

  it('fits the shares of layers to a model with more or fewer', () => {
    const layers = (mixLayers: unknown, numWs: number) => read({ mixLayers }, { numWs, zDim: 64 }).mixLayers;
    expect(layers([0, 0.5, 1], 5)).toEqual([0, 0.5, 0.5, 1, 1]);
    expect(layers([0, 0.1, 0.2, 0.8, 1], 3)).toEqual([0, 0.2, 1]);
    expect(layers([0.3, 1], 1)).toEqual([0.3]);
    expect(layers([], 2)).toEqual([0.5, 0.5]);
    expect(layers(0.2, 3)).toEqual([0.2, 0.2, 0.2]);
  });

  it('keeps a step over all layers whole when it goes to another model by its JSON', () => {
    const json = faceRecipeJson(RICH, MODEL);
    expect(read(json, { numWs: 18, zDim: 512 }).directions.map(({ to }) => to)).toEqual([17, 5]);
  });

  it('does not cut a character of a name in half', () => {
    const face = { name: `x${'\u{1f600}'.repeat(200)}`, face: {} };
    const [source] = read({ sources: [face] }).sources;
    expect(source).toMatchObject({ kind: 'face', name: `x${'\u{1f600}'.repeat(LONGEST_NAME - 1)}` });
  });

  it.each<[string, unknown, string]>([
    ['', 'nonsense', 'as a whole is "nonsense", expected an object'],
    ['', [1], 'as a whole is a list'],
    ['', null, 'as a whole is null'],
    ['mode', { mode: 'blur' }, 'mode is "blur", expected one of single, mix, walk, map'],
    ['psi', { psi: '1' }, 'psi is "1", expected a number'],
    ['sources', { sources: [] }, 'at least one'],
    ['sources', { s: 12 }, 'expected a list'],
    ['sources[1]', { s: [1, 'two'] }, 'sources[1] is "two"'],
    ['sources[0].edits["x"]', { s: [{ s: 1, e: { x: 1 } }] }, 'whole number'],
    ['sources[0].face.psi', { s: [{ n: 'A', f: { t: {} } }] }, 'is an object, expected a number'],
    ['mixLayers[1]', { l: [0, true] }, 'expected a number'],
    ['conditioning', { o: 'sideways' }, 'frontal, follow'],
    ['conditioning.kind', { conditioning: { kind: 'odd' } }, 'frontal, follow, fixed'],
    ['directions[0].strength', { d: [{ d: 1, s: 'much' }] }, 'expected a number'],
    ['walkPath', { p: 'zigzag' }, 'linear, smooth'],
  ])('refuses a wrong shape and names it: %s', (path, value, problem) => {
    const refused = refusal(value);
    expect(refused.path).toBe(path);
    expect(refused.message).toContain(problem);
    expect(refused.remedy).not.toBe('');
  });

  it('refuses too many sources, too many in all, too many steps, and faces too deep', () => {
    const many = (count: number) => new Array<number>(count).fill(1);
    expect(refusal({ s: many(MOST_SOURCES + 1) }).limit).toBe(MOST_SOURCES);
    const wide = { n: 'wide', f: { s: many(MOST_SOURCES).map(() => ({ n: '', f: { s: many(MOST_SOURCES) } })) } };
    expect(refusal({ s: [wide] }).limit).toBe(MOST_SOURCES_IN_ALL);
    expect(refusal({ d: many(MOST_STEPS + 1).map(() => ({})) }).limit).toBe(MOST_STEPS);
    const nested = (depth: number): object => (depth === 0 ? {} : { s: [{ n: '', f: nested(depth - 1) }] });
    expect(() => read(nested(DEEPEST_FACE))).not.toThrow();
    expect(refusal(nested(DEEPEST_FACE + 1)).limit).toBe(DEEPEST_FACE);
  });

  it('makes of any JSON a recipe that it leaves as it is, by long and by short names, or refuses it', () => {
    let accepted = 0;
    const settles = (value: unknown) => {
      let recipe: FaceRecipe;
      try {
        recipe = read(value);
      } catch (error) {
        expect(error).toBeInstanceOf(FaceRecipeError);
        return;
      }
      accepted++;
      expect(read(recipe)).toEqual(recipe);
      expect(read(JSON.parse(JSON.stringify(faceRecipeJson(recipe, MODEL))))).toEqual(recipe);
      expect(recipe.mixLayers).toHaveLength(14);
    };
    fc.assert(fc.property(fc.jsonValue(), settles));
    fc.assert(fc.property(likeRecipes, settles), { numRuns: 1000 });
    expect(accepted).toBeGreaterThan(100);
  });
});

const number = fc.oneof(
  fc.double(),
  fc.double({ min: -20, max: 20 }),
  fc.integer(),
  fc.constantFrom(null, 0, -0, 1, 13, 14, 2 ** 32, 1e-300, -1e-300),
);
/** Objects that look like recipes: known keys, with values of the right kind more often than not. */
const { recipe: likeRecipes } = fc.letrec<{ recipe: unknown; source: unknown }>((tie) => ({
  source: fc.oneof(
    { depthSize: 'small' },
    number,
    fc.record({ s: number, e: fc.dictionary(fc.nat(80).map(String), number) }, { requiredKeys: [] }),
    fc.record({ name: fc.string({ unit: 'binary' }), face: tie('recipe') }),
  ),
  recipe: fc.record(
    {
      m: fc.constantFrom('single', 'mix', 'walk', 'map'),
      sources: fc.array(tie('source'), { minLength: 1, maxLength: 17 }),
      l: fc.oneof(number, fc.array(number, { maxLength: 20 })),
      mixSuperResolution: number,
      w: number,
      p: fc.constantFrom('linear', 'smooth'),
      x: number,
      mapY: number,
      t: number,
      c: number,
      o: fc.oneof(
        fc.constantFrom('frontal', 'follow', { kind: 'follow' }, 'odd'),
        fc.record({ y: number, pitch: number }),
      ),
      d: fc.array(fc.record({ d: number, s: number, f: number, t: number }, { requiredKeys: [] }), { maxLength: 4 }),
    },
    { requiredKeys: [] },
  ),
}));

function refusal(value: unknown): FaceRecipeError {
  try {
    read(value);
  } catch (error) {
    if (error instanceof FaceRecipeError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(value)} was not refused`);
}
