/** What a person does to a face; the recipes that come of it are ones that the reader of recipes leaves as they are. */
import { describe, expect, test } from 'vitest';
import { type FaceRecipe, faceOfSeed, MOST_SOURCES, seedSource } from '../../../src/models/faces/recipe';
import { readFaceRecipe } from '../../../src/models/faces/recipe-check';
import { seededLatent } from '../../../src/models/latent';
import { Choices, surelyChosen } from '../../../src/studio/face/choices';
import {
  type FaceChange,
  MIX_PRESETS,
  mixOfGroup,
  nearestSeed,
  sourcesInUse,
  WINNING_MARGIN,
  walkedOn,
  withAnotherSource,
  withChoice,
  withCrossing,
  withDirection,
  withEdit,
  withMixGroup,
  withMixPreset,
  withMode,
  withoutEdits,
  withoutSource,
  withPlace,
  withPlaceOf,
  withSeed,
  withSeeds,
  withSource,
  withSourceMoved,
  withSourcesSwapped,
} from '../../../src/studio/face/face-actions';
import { ownValuesOf } from '../../../src/studio/face/latent-values';
import { readAttributes } from '../../../src/studio/model/model-facts';

const LAYERS = 12;
const FACE = faceOfSeed(5, LAYERS);
const ABC = { ...FACE, mode: 'walk' as const, sources: [seedSource(1), seedSource(2), seedSource(3)] };
const SAVED = { kind: 'face', name: 'Grandma', face: faceOfSeed(9, LAYERS) } as const;
const seeds = ({ sources }: typeof FACE) =>
  sources.map((source) => (source.kind === 'seed' ? source.seed : source.name));

describe('sources', () => {
  test('several seeds make a walk, and come into the place of one where there is a walk', () => {
    const made = withSeeds(0, [4, 5, 6])(FACE);
    expect(made.mode).toBe('walk');
    expect(seeds(made)).toEqual([4, 5, 6]);
    expect(seeds(withSeeds(1, [7, 8])(ABC))).toEqual([1, 7, 8, 3]);
    expect(withSeeds(1, [7])(ABC)).toEqual(withSeed(1, 7)(ABC));
    expect(withSeeds(1, [])(ABC)).toBe(ABC);
    expect(readFaceRecipe(made, { numWs: LAYERS, zDim: 4 })).toEqual(made);
  });

  test('a mix and a walk need two, and get the next seed; nothing is lost on the way back', () => {
    for (const mode of ['mix', 'walk'] as const) {
      const face = withMode(mode)(FACE);
      expect([face.mode, seeds(face)]).toEqual([mode, [5, 6]]);
      expect(seeds(withMode('single')(face))).toEqual([5, 6]);
    }
    expect(seeds(withMode('map')(FACE))).toEqual([5]);
  });

  test('in use are as many as the mode takes', () => {
    const count = (mode: typeof FACE.mode) => sourcesInUse({ ...ABC, mode }).length;
    expect([count('single'), count('mix'), count('walk'), count('map')]).toEqual([1, 2, 3, 0]);
  });

  test('are added up to a limit, removed down to one, moved and swapped', () => {
    expect(seeds(withAnotherSource()(ABC))).toEqual([1, 2, 3, 4]);
    expect(seeds(withAnotherSource(SAVED)(ABC))).toEqual([1, 2, 3, 'Grandma']);
    const full = { ...ABC, sources: Array.from({ length: MOST_SOURCES }, (_, seed) => seedSource(seed)) };
    expect(withAnotherSource()(full)).toBe(full);
    expect(seeds(withoutSource(1)(ABC))).toEqual([1, 3]);
    const one = withoutSource(0)(withoutSource(0)(ABC));
    expect([one.mode, seeds(one)]).toEqual(['single', [3]]);
    expect(withoutSource(0)(one)).toBe(one);
    expect(seeds(withSourceMoved(0, 2)(ABC))).toEqual([2, 3, 1]);
    expect(seeds(withSourceMoved(2, 1)(ABC))).toEqual([1, 3, 2]);
    expect(withSourceMoved(0, -1)(ABC)).toBe(ABC);
    expect(withSourceMoved(2, 3)(ABC)).toBe(ABC);
    expect(seeds(withSourcesSwapped(ABC))).toEqual([2, 1, 3]);
    expect(withSourcesSwapped(FACE)).toBe(FACE);
  });

  test('another seed keeps the edits; a saved face gives way to a seed and has no values to edit', () => {
    const edited = withEdit(0, 3, 1.5)(FACE);
    expect(withSeed(0, 8)(edited).sources).toEqual([seedSource(8, { 3: 1.5 })]);
    expect(withEdit(0, 3, undefined)(edited)).toEqual(FACE);
    expect(withoutEdits(0)(withEdit(0, 1, 2)(edited))).toEqual(FACE);
    const saved = withSource(0, SAVED)(FACE);
    expect(withEdit(0, 3, 1)(saved)).toBe(saved);
    expect(withoutEdits(0)(saved)).toBe(saved);
    expect(seeds(withSeed(0, 4)(saved))).toEqual([4]);
  });
});

describe('mixing', () => {
  const shares = (change: FaceChange) => {
    const { mixLayers, mixSuperResolution } = change(FACE);
    return [...mixLayers, mixSuperResolution].join(' ');
  };

  test('presets give geometry (sides up to 32) and colours their shares', () => {
    expect(MIX_PRESETS.map((preset) => shares(withMixPreset(preset)))).toEqual([
      '0 0 0 0 0 0 0 0 0 0 0 0 0',
      '0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5 0.5',
      '1 1 1 1 1 1 1 1 1 1 1 1 1',
      '0 0 0 0 0 0 0 0 1 1 1 1 1',
      '1 1 1 1 1 1 1 1 0 0 0 0 0',
    ]);
  });

  test('a crossing point goes from all B to all A, and takes the super-resolution with the last layer', () => {
    expect(shares(withCrossing(0))).toBe('1 1 1 1 1 1 1 1 1 1 1 1 1');
    expect(shares(withCrossing(3))).toBe('0 0 0 1 1 1 1 1 1 1 1 1 1');
    expect(shares(withCrossing(12))).toBe('0 0 0 0 0 0 0 0 0 0 0 0 0');
  });

  test('a group is set as one and read as its average; a small model has not all groups', () => {
    const face = withMixGroup('middle', 0.25)(FACE);
    expect(face.mixLayers).toEqual([0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5]);
    expect(mixOfGroup(face, 'middle')).toBe(0.25);
    const small = faceOfSeed(0, 6);
    expect(mixOfGroup(small, 'fine')).toBeUndefined();
    expect(withMixGroup('fine', 1)(small)).toBe(small);
  });
});

test('a step of no strength is none; others stay in the order of their directions', () => {
  const step = (direction: number, strength: number) => withDirection({ direction, strength, from: 0, to: 11 });
  const face = step(1, 2)(step(4, -1)(FACE));
  expect(face.directions.map(({ direction, strength }) => [direction, strength])).toEqual([
    [1, 2],
    [4, -1],
  ]);
  expect(step(1, 0)(face).directions.map(({ direction }) => direction)).toEqual([4]);
});

test('a walk goes on by half a source a second and begins again after the last', () => {
  expect(walkedOn(ABC, 1).walkPosition).toBe(0.5);
  expect(walkedOn({ ...ABC, walkPosition: 2.75 }, 1).walkPosition).toBe(0.25);
  expect(walkedOn({ ...ABC, walkPosition: 2.75 }, 61).walkPosition).toBeCloseTo(0.25 + (30 % 3), 9);
});

test('a seed has its place on the map, and a place its nearest seed', () => {
  expect(withPlaceOf(1234)(FACE)).toMatchObject({ mapX: 34, mapY: 12 });
  for (const seed of [0, 99, 100, 4_294_967_295]) expect(nearestSeed(withPlaceOf(seed)(FACE))).toBe(seed);
  expect(nearestSeed(withPlace(2.6, 1.4)(FACE))).toBe(103);
  expect(nearestSeed(withPlace(-1, 0)(FACE))).toBe(4_294_967_295);
});

test('whatever is done comes out as a recipe that fits the model', () => {
  const model = { numWs: LAYERS, zDim: 64 };
  const all: FaceChange[] = [
    withMode('mix'),
    withSeed(1, 77),
    withEdit(1, 3, -2),
    withMixPreset('half'),
    withSourcesSwapped,
    withPlaceOf(7),
  ];
  const face = all.reduce((before, change) => change(before), FACE);
  expect(readFaceRecipe(face, model)).toEqual(face);
});

describe('values of z', () => {
  test('of a seed are its own, and the same array while it is looked at; a saved face has none', () => {
    expect(ownValuesOf(seedSource(5, { 1: 2 }), 64)).toEqual(seededLatent(5, 64));
    expect(ownValuesOf(seedSource(5), 64)).toBe(ownValuesOf(seedSource(5), 64));
    expect(ownValuesOf(seedSource(5), 8)).toHaveLength(8);
    expect(ownValuesOf(SAVED, 64)).toBeUndefined();
    for (let seed = 0; seed < 100; seed++) ownValuesOf(seedSource(seed), 64);
    expect(ownValuesOf(seedSource(5), 64)).toEqual(seededLatent(5, 64));
  });
});

describe('choices, of which the largest number wins', () => {
  const own = [0.5, 1.2, -0.4, 2];
  const group = [1, 2, 3];
  const edits = (face: typeof FACE) => (face.sources[0]!.kind === 'seed' ? face.sources[0]!.edits : undefined);

  test('the chosen one gets a number that wins, the others their own back; other edits stay', () => {
    const before = { ...FACE, sources: [seedSource(5, { 0: 1, 3: 4 })] };
    const made = withChoice(0, group, 2, own)(before);
    expect(edits(made)).toEqual({ 0: 1, 2: 2 + WINNING_MARGIN });
    expect(edits(withChoice(0, group, 1, own)(made))).toEqual({ 0: 1, 1: 2 + WINNING_MARGIN });
    expect(edits(withChoice(0, group, undefined, own)(made))).toEqual({ 0: 1 });
  });

  test('one that wins of its own is not edited; a saved face stays what it is', () => {
    expect(edits(withChoice(0, group, 3, [0, 0, 0, WINNING_MARGIN])(FACE))).toEqual({});
    const saved = { ...FACE, sources: [SAVED] };
    expect(withChoice(0, group, 2, own)(saved)).toBe(saved);
  });

  test('whatever is chosen of real seeds wins for sure, by few digits, also one after the other', () => {
    const dimensions = [20, 21, 22, 23, 24];
    let face = FACE;
    for (let seed = 0; seed < 30; seed++) {
      face = withSeed(0, seed)(face);
      const values = seededLatent(seed, 64);
      const chosen = dimensions[seed % dimensions.length]!;
      face = withChoice(0, dimensions, chosen, values)(face);
      const now = dimensions.map((dimension) => edits(face)![dimension] ?? values[dimension]!);
      expect(surelyChosen(now, dimensions)).toBe(chosen);
      expect(JSON.stringify(edits(face)).length).toBeLessThan(14);
    }
  });

  test('numbers that are near each other are not sure; the one whose loss changes most decides', async () => {
    expect(surelyChosen([1, 1 + WINNING_MARGIN / 2, 0], group)).toBeUndefined();
    const asked: FaceRecipe[] = [];
    let timesFree = 0;
    const screen = {
      whenFree: async () => void timesFree++,
      between: (step: (viewer: unknown) => unknown) =>
        step({
          offScreen: {
            // A model that adds 3 to dimension 3 before it compares.
            wOf: async (face: FaceRecipe) => {
              asked.push(face);
              const values = [...seededLatent(6, 4)].map((value, at) => edits(face)![at] ?? value);
              const scores = group.map((dimension) => values[dimension]! + (dimension === 3 ? 3 : 0));
              const winner = scores.indexOf(Math.max(...scores));
              return Float32Array.from([values[0]!, ...group.map((_, at) => (at === winner ? 1 : 0))]);
            },
          },
        }),
    };
    const choices = new Choices(() => screen as never);
    const always = () => true;
    expect(await choices.shown(seedSource(6), group, 4, always)).toBe(3);
    expect([asked.length, timesFree]).toEqual([1 + group.length, 1 + group.length]);
    expect(await choices.shown(seedSource(6, { 2: 5 }), group, 4, always)).toBe(2); // chosen by hand
    expect(asked).toHaveLength(1 + group.length);
    expect(await new Choices(() => undefined).shown(seedSource(6), group, 4, always)).toBeUndefined();
    // A hand that goes on to other faces is not waited for.
    asked.length = 0;
    expect(await choices.shown(seedSource(6), group, 4, () => asked.length < 2)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });
});

describe('readAttributes', () => {
  const read = (attributes: unknown, zDim = 64) =>
    readAttributes(
      { metadata: { attributes: typeof attributes === 'string' ? attributes : JSON.stringify(attributes) } },
      zDim,
    );

  test('takes what has a place and a name', () => {
    expect(
      read([
        { index: 3, name: 'age', minus2: 'young', plus2: 'old' },
        { index: 0, name: 'smile' },
      ]),
    ).toEqual([
      { index: 3, name: 'age', low: 'young', high: 'old' },
      { index: 0, name: 'smile', low: '', high: '' },
    ]);
    expect(readAttributes({ metadata: {} }, 64)).toEqual([]);
  });

  test('tells choices by their group, each with a label or else its name', () => {
    const [bob, afro, odd] = read([
      { index: 0, name: 'hair bob02', choice: 'hair style', label: 'bob' },
      { index: 1, name: 'hair afro', choice: 'hair style' },
      { index: 2, name: 'age', choice: 7, label: 'x' },
    ]);
    expect(bob!.choice).toEqual({ group: 'hair style', label: 'bob' });
    expect(afro!.choice).toEqual({ group: 'hair style', label: 'hair afro' });
    expect(odd!.choice).toBeUndefined();
  });

  test.each([
    ['no JSON', '[{'],
    ['no list', { index: 0, name: 'age' }],
    ['null', null],
    ['nothing in it that makes sense', [null, 5, 'age', [], {}, { index: 1 }, { name: 'age' }, { index: 0, name: 7 }]],
    [
      'places that the model does not have',
      [
        { index: -1, name: 'a' },
        { index: 64, name: 'b' },
        { index: 0.5, name: 'c' },
      ],
    ],
  ])('leaves out what makes no sense: %s', (_, attributes) => {
    expect(read(attributes)).toEqual([]);
  });

  test('takes the first of two with the same place', () => {
    const two = [
      { index: 1, name: 'age' },
      { index: 1, name: 'smile' },
    ];
    expect(read(two).map(({ name }) => name)).toEqual(['age']);
  });

  test('cuts off texts without end', () => {
    const [attribute] = read([{ index: 0, name: 'x'.repeat(10_000), plus2: 'y'.repeat(10_000) }]);
    expect([attribute!.name.length, attribute!.high.length]).toEqual([80, 80]);
  });
});
