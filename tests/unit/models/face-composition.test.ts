/** Recipes carried out, with a mapping network whose w is easy to foresee. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  composeFace,
  interpolated,
  type LatentSpace,
  layersOfGroup,
  mapCorners,
  mixedByLayer,
  type SourceMapper,
  seedOnMap,
  truncated,
  UnknownDirectionError,
  walked,
  weighted,
} from '../../../src/models/faces/composition';
import { loopThroughKeyframes } from '../../../src/models/faces/path';
import { type FaceRecipe, faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { expectClose } from '../fixtures';

const SPACE: LatentSpace = {
  wDim: 2,
  numWs: 3,
  average: Float32Array.of(1, -1),
  directions: [Float32Array.of(1, 0), Float32Array.of(0, 0.5)],
};
/** w of a seed is [seed, -seed], moved by its first edit. */
const map: SourceMapper = async ({ seed, edits }) => Float32Array.of(seed + (edits[0] ?? 0), -seed);
/** Untruncated, so that a w can be told by its seed. */
const recipe = (changes: Partial<FaceRecipe>): FaceRecipe => ({
  ...faceOfSeed(4, SPACE.numWs),
  psi: 1,
  ...changes,
});
const compose = (changes: Partial<FaceRecipe>, space = SPACE) => composeFace(recipe(changes), space, map);
const rows = async (changes: Partial<FaceRecipe>) => [...(await compose(changes)).ws];
const [A, B, C] = [seedSource(10), seedSource(20), seedSource(60)];

describe('truncated', () => {
  it('leaves w as it is for psi 1, and gives the average for psi 0', () => {
    const w = Float32Array.of(0.1, 0.7);
    expect(truncated(w, SPACE, 1)).toEqual(Float32Array.of(...w, ...w, ...w));
    expect([...truncated(w, SPACE, 0)]).toEqual([1, -1, 1, -1, 1, -1]);
  });

  it('acts on the leading layers', () => {
    expect([...truncated(Float32Array.of(3, 1), SPACE, 0.5, 2)]).toEqual([2, 0, 2, 0, 3, 1]);
    expect([...truncated(Float32Array.of(3, 1), SPACE, 0.5, 0)]).toEqual([3, 1, 3, 1, 3, 1]);
  });
});

describe('a single face', () => {
  it('is the w of its seed in all layers, with its edits', async () => {
    expect(await rows({})).toEqual([4, -4, 4, -4, 4, -4]);
    expect(await rows({ sources: [seedSource(4, { 0: 0.5 })] })).toEqual([4.5, -4, 4.5, -4, 4.5, -4]);
  });

  it('is truncated, with the w of the super-resolution that of the last layer', async () => {
    const { ws, superResolutionW } = await compose({ psi: 0, psiCutoff: 2 });
    expect([...ws]).toEqual([1, -1, 1, -1, 4, -4]);
    expect([...superResolutionW]).toEqual([4, -4]);
  });
});

describe('a mix', () => {
  it('takes its share of B in every layer, and in the super-resolution', async () => {
    const mix = { mode: 'mix', sources: [A, B], mixLayers: [0, 0.25, 1], mixSuperResolution: 0.5 } as const;
    const { ws, superResolutionW } = await compose(mix);
    expect([...ws]).toEqual([10, -10, 12.5, -12.5, 20, -20]);
    expect([...superResolutionW]).toEqual([15, -15]);
  });

  it('is A where there is no B', async () => {
    expect(await rows({ mode: 'mix', sources: [A] })).toEqual([10, -10, 10, -10, 10, -10]);
  });

  it('is A and B themselves at its ends, to the last bit', () => {
    const [a, b] = [Float32Array.of(0.1, 1e-8, 3), Float32Array.of(1e8, -7, 0.3)];
    expect(interpolated(a, b, 0)).toEqual(a);
    expect(interpolated(a, b, 1)).toEqual(b);
    expect(mixedByLayer(a, b, [1, 0, 1])).toEqual(Float32Array.of(b[0]!, a[1]!, b[2]!));
  });
});

describe('a walk', () => {
  const walk = (walkPosition: number, walkPath: FaceRecipe['walkPath']) =>
    rows({ mode: 'walk', sources: [A, B, C], walkPosition, walkPath });

  it('passes through its sources and closes', async () => {
    for (const path of ['linear', 'smooth'] as const) {
      for (const [position, first] of [10, 20, 60, 10].entries()) {
        expectClose(`${path} at ${position}`, (await walk(position, path)).slice(0, 2), [first, -first], 1e-5);
      }
    }
  });

  it('goes straight, or on the spline of the video script', async () => {
    expect((await walk(0.25, 'linear'))[0]).toBe(12.5);
    expect((await walk(2.5, 'linear'))[0]).toBe(35);
    expect((await walk(-0.5, 'linear'))[0]).toBe(35);
    const spline = loopThroughKeyframes([10, 20, 60].map((value) => Float32Array.of(value)));
    expect((await walk(1.3, 'smooth'))[0]).toBeCloseTo(spline(1.3)[0]!, 5);
  });

  it('stays where it is with one source', () => {
    const only = Float32Array.of(1, 2);
    expect(walked([only], 0.7, 'smooth')).toEqual(only);
    expect(walked([only], 3.2, 'linear')).toEqual(only);
  });
});

describe('the map', () => {
  it('is the seed itself at a whole place', async () => {
    expect(await rows({ mode: 'map', mapX: 3, mapY: 2 })).toEqual([203, -203, 203, -203, 203, -203]);
    expect(mapCorners(7, 0)).toEqual([{ seed: 7, weight: 1 }]);
  });

  it('blends the seeds around a place', async () => {
    expect(mapCorners(0.5, 0.25)).toEqual([
      { seed: 0, weight: 0.375 },
      { seed: 1, weight: 0.375 },
      { seed: 100, weight: 0.125 },
      { seed: 101, weight: 0.125 },
    ]);
    expect((await rows({ mode: 'map', mapX: 0.5, mapY: 0.25 }))[0]).toBe(25.5);
  });

  it('has weights of sum 1 and seeds that numpy takes, everywhere', () => {
    const place = fc.double({ min: -1e7, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(place, place, (x, y) => {
        const corners = mapCorners(x, y);
        expect(corners.length).toBeGreaterThan(0);
        expect(corners.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
        for (const { seed, weight } of corners) {
          expect(weight).toBeGreaterThan(0);
          expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
        }
      }),
    );
  });

  it('goes on beyond seed 0', () => {
    expect(seedOnMap(-1, 0)).toBe(2 ** 32 - 1);
    expect(seedOnMap(-100, 1)).toBe(0);
  });
});

describe('directions', () => {
  it('move the layers of their range, and not the super-resolution', async () => {
    const steps = [
      { direction: 0, strength: 2, from: 1, to: 2 },
      { direction: 1, strength: -4, from: 0, to: 0 },
    ];
    const { ws, superResolutionW } = await compose({ directions: steps });
    expect([...ws]).toEqual([4, -6, 6, -4, 6, -4]);
    expect([...superResolutionW]).toEqual([4, -4]);
  });

  it('leave the mapping network’s answer as it is, which its owner keeps', async () => {
    const kept = Float32Array.of(5, 5);
    const steps = [{ direction: 0, strength: 1, from: 0, to: 2 }];
    await composeFace(recipe({ directions: steps }), SPACE, async () => kept);
    expect([...kept]).toEqual([5, 5]);
  });

  it('are refused by number where they are not known', async () => {
    const steps = [{ direction: 2, strength: 1, from: 0, to: 2 }];
    await expect(compose({ directions: steps })).rejects.toMatchObject({ direction: 2, known: 2 });
    const { directions: _, ...unknown } = SPACE;
    await expect(compose({ directions: steps }, unknown)).rejects.toThrow(UnknownDirectionError);
    await expect(compose({ directions: steps }, unknown)).rejects.toThrow('direction 3 of w; 0 are known');
  });
});

describe('saved faces as sources', () => {
  it('bring their own truncation, edits and mode, and take none of the face around them', async () => {
    const inner = recipe({ mode: 'mix', sources: [A, B], mixLayers: [0, 0, 1], mixSuperResolution: 1 });
    const face = { kind: 'face', name: 'inner', face: inner } as const;
    const { ws, superResolutionW } = await compose({ sources: [face], psi: 0 });
    expect([...ws]).toEqual([10, -10, 10, -10, 20, -20]);
    expect([...superResolutionW]).toEqual([20, -20]);
    const outer = { mode: 'mix', sources: [C, face], mixLayers: [0.5, 0.5, 0.5], mixSuperResolution: 0 } as const;
    expect(await rows(outer)).toEqual([35, -35, 35, -35, 40, -40]);
  });

  it('nest', async () => {
    const face = (inner: FaceRecipe) => ({ kind: 'face', name: '', face: inner }) as const;
    const nested = recipe({ sources: [face(recipe({ sources: [face(recipe({ sources: [C] }))] }))] });
    expect([...(await composeFace(nested, SPACE, map)).ws.slice(0, 2)]).toEqual([60, -60]);
  });
});

it('passes on what the mapping network throws', async () => {
  const fail: SourceMapper = () => Promise.reject(new Error('device lost'));
  await expect(composeFace(recipe({ mode: 'map' }), SPACE, fail)).rejects.toThrow('device lost');
});

it('tells the mapping network the recipe that a source belongs to, with its conditioning', async () => {
  const asked: FaceRecipe[] = [];
  const inner = recipe({ conditioning: { kind: 'follow' } });
  const sources = [A, { kind: 'face', name: '', face: inner } as const];
  const outer = recipe({ mode: 'walk', sources });
  await composeFace(outer, SPACE, async (source, owner) => {
    asked.push(owner);
    return map(source, owner);
  });
  expect(asked).toEqual([outer, inner]);
});

it('sums vectors by weight in float64', () => {
  const vectors = [1e8, 1, -1e8].map((value) => Float32Array.of(value));
  expect([...weighted(vectors, [1, 1, 1])]).toEqual([1]);
});

it('groups layers as StyleGAN does, as far as a model has them', () => {
  expect(['coarse', 'middle', 'fine'].map((group) => layersOfGroup(group as 'coarse', 14))).toEqual([
    [0, 3],
    [4, 7],
    [8, 13],
  ]);
  expect(layersOfGroup('fine', 8)).toBeUndefined();
  expect(layersOfGroup('middle', 6)).toEqual([4, 5]);
});
