/** What augmentation draws, and how strong it is made, against the paper's definitions. */
import { describe, expect, it } from 'vitest';
import type { DrawSource } from '../../../../src/training/draws';
import { stepDraws } from '../../../../src/training/draws';
import { AUGMENTATION_TARGETS, strengthAfter } from '../../../../src/training/gan/augmentation-control';
import { drawColours, drawWarp } from '../../../../src/training/gan/augmentation-maps';

const SIDE = 32;
const NOTHING = [1, 0, 0, 0, 1, 0];

/** Hands out given numbers, and then such that nothing happens. */
function recorded(uniforms: readonly number[], normals: readonly number[] = []): DrawSource {
  const filled = (values: readonly number[], rest: number) => (count: number) =>
    Float64Array.from({ length: count }, (_, at) => values[at] ?? rest);
  return { rand: filled(uniforms, 0.999), randn: filled(normals, 0) };
}

const close = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, at) => void expect(value).toBeCloseTo(expected[at]!, 12));
};

/** A colour through a map. */
const seen = (map: ReturnType<typeof drawColours>, colour: readonly number[]) =>
  map.map(([r, g, b, shift]) => r * colour[0]! + g * colour[1]! + b * colour[2]! + shift);

describe('a drawn warp', () => {
  const [yes, no] = [0, 0.9]; // beside a probability of 0.5

  it('is none at probability 0', () => {
    for (let step = 0; step < 20; step++) expect(drawWarp(stepDraws(1, step), 0, SIDE)).toEqual(NOTHING);
  });

  it.each([
    ['flip', [yes, 0.7], [], [-1, 0, 0, 0, 1, 0]],
    ['no flip', [yes, 0.3], [], NOTHING],
    ['a quarter turn', [no, 0, yes, 0.3], [], [0, -1, 0, 1, 0, 0]],
    ['three quarters', [no, 0, yes, 0.8], [], [0, 1, 0, -1, 0, 0]],
    ['a shift by whole pixels: 0.125 * 32 * 0.6 and -0.25', [no, 0, no, 0, yes, 0.8, 0.375], [], [1, 0, -2, 0, 1, 1]],
    ['twice as large: 2^(0.2 * 5)', [no, 0, no, 0, no, 0, 0, yes], [5], [0.5, 0, 0, 0, 0.5, 0]],
    ['turned by 90 degrees', [no, 0, no, 0, no, 0, 0, no, yes, 0.75], [], [0, -1, 0, 1, 0, 0]],
    ['stretched', [no, 0, no, 0, no, 0, 0, no, no, 0, yes], [0, 5], [0.5, 0, 0, 0, 2, 0]],
    ['turned behind that', [no, 0, no, 0, no, 0, 0, no, no, 0, no, yes, 0.25], [], [0, 1, 0, -1, 0, 0]],
    [
      'shifted by parts',
      [no, 0, no, 0, no, 0, 0, no, no, 0, no, no, 0, yes],
      [0, 0, 0.1, -0.2],
      [1, 0, -0.4, 0, 1, 0.8],
    ],
  ] as const)('%s', (_, uniforms, normals, expected) => {
    close(drawWarp(recorded(uniforms, normals), 0.5, SIDE), expected);
  });

  it('is made in the order of the paper: a scale, then a shift, moves by the shift alone', () => {
    const uniforms = [no, 0, no, 0, no, 0, 0, yes, no, 0, no, no, 0, yes];
    // What is seen at x was at (x - shift) / scale.
    close(drawWarp(recorded(uniforms, [5, 0, 1, 0]), 0.5, SIDE), [0.5, 0, -2, 0, 0.5, 0]);
  });

  it('turns with probability p in all: 1 - sqrt(1 - p) each time', () => {
    const turnedAt = (uniform: number) => drawWarp(recorded([no, 0, no, 0, no, 0, 0, no, uniform, 0.6]), 0.75, SIDE);
    expect(turnedAt(0.49)).not.toEqual(NOTHING);
    expect(turnedAt(0.51)).toEqual(NOTHING);
  });
});

describe('drawn colours', () => {
  const [yes, no] = [0, 0.9];
  const colour = [0.5, -0.25, 0.1];
  const mean = (0.5 - 0.25 + 0.1) / 3;

  it('are as they were at probability 0', () => {
    for (let step = 0; step < 20; step++) close(seen(drawColours(stepDraws(1, step), 0), colour), colour);
  });

  it.each([
    ['brighter by 0.2 * 1.5', [yes], [1.5], colour.map((value) => value + 0.3)],
    ['twice the contrast: 2^(0.5 * 2)', [no, yes], [0, 2], colour.map((value) => 2 * value)],
    ['luma flipped, hue and saturation as they were', [no, no, yes, 0.6], [], colour.map((value) => value - 2 * mean)],
    ['luma not flipped', [no, no, yes, 0.4], [], colour],
    ['a third of a turn of hue: red is green', [no, no, no, 0, yes, 0.5 + 1 / 3], [], [0.1, 0.5, -0.25]],
    ['twice the saturation', [no, no, no, 0, no, 0, yes], [0, 0, 1], colour.map((value) => mean + 2 * (value - mean))],
  ] as const)('%s', (_, uniforms, normals, expected) => {
    close(seen(drawColours(recorded(uniforms, normals), 0.5), colour), expected);
  });

  it('are made in the order of the paper: brightness before contrast', () => {
    close(
      seen(drawColours(recorded([yes, yes], [1, 2]), 0.5), colour),
      colour.map((value) => 2 * (value + 0.2)),
    );
  });
});

it('as many numbers are drawn whatever comes of them', () => {
  const counted = (probability: number) => {
    const source = stepDraws(4, 2);
    drawWarp(source, probability, SIDE);
    drawColours(source, probability);
    return Number(source.rand(1)[0]);
  };
  expect(counted(0)).toBe(counted(1));
});

describe('strength', () => {
  const targets = { target: 0.6, images: 1000, interval: 2 };
  const start = { probability: 0.5, signs: 0, logits: 0, batches: 0 };
  const after = (batches: readonly (readonly number[])[], from = start) =>
    batches.reduce((strength, logits) => strengthAfter(strength, logits, targets), from);

  it('rises where more real pictures than the target are told, by images shown over images to go', () => {
    // Signs 1 1 1 1, then 1 1 1 -1: their mean is 0.75.
    expect(after([[1, 2, 3, 4]])).toEqual({ probability: 0.5, signs: 4, logits: 4, batches: 1 });
    const strength = after([
      [1, 2, 3, 4],
      [0.1, 5, 2, -9],
    ]);
    expect(strength).toEqual({ probability: Math.fround(0.5 + 8 / 1000), signs: 0, logits: 0, batches: 0 });
  });

  it('falls below the target and stays at it', () => {
    expect(
      after([
        [1, 2, 3, -4],
        [0.1, 5, 2, -9],
      ]).probability,
    ).toBe(Math.fround(0.5 - 8 / 1000));
    expect(
      after([
        [1, 1, 1, 1, -1],
        [1, 1, 1, 1, -1],
      ]).probability,
    ).toBe(0.5);
  });

  it('stays between 0 and 1', () => {
    expect(after([[-1], [-1]], { ...start, probability: 0 }).probability).toBe(0);
    expect(after([[1], [1]], { ...start, probability: 1 }).probability).toBe(1);
  });

  it('takes what is no number for no sign', () => {
    expect(after([[Number.NaN, 1]])).toMatchObject({ signs: 1, logits: 2 });
  });

  it('rises by 4 batches in 10,000 images', () => {
    const batch = new Array(32).fill(1);
    let strength = { ...start, probability: 0 };
    for (let step = 0; step < 4; step++) strength = strengthAfter(strength, batch, AUGMENTATION_TARGETS);
    expect(strength.probability).toBe(Math.fround((4 * 32) / 10_000));
  });
});
