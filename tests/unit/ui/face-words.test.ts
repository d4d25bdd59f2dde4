/** What faces are called. */
import { expect, test } from 'vitest';
import { type FaceRecipe, faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { FACE_STRINGS } from '../../../src/ui/strings/face';

const face = faceOfSeed(7, 4);
const directions = [{ direction: 0, strength: 1, from: 0, to: 3 }];
const mix: FaceRecipe = { ...face, mode: 'mix', sources: [seedSource(7), seedSource(12)] };

test.each([
  [face, 'seed 7'],
  [{ ...face, sources: [seedSource(7, { 1: 2 })] }, 'seed 7, edited'],
  [{ ...face, directions }, 'seed 7, edited'],
  [{ ...face, sources: [seedSource(7, { 1: 2 })], directions }, 'seed 7, edited'],
  [mix, 'mix of seed 7 and seed 12'],
  [{ ...mix, directions }, 'mix of seed 7 and seed 12, edited'],
])('a face is called by its sources, and edited if anything in it is: %#', (recipe, name) => {
  expect(FACE_STRINGS.describe(recipe)).toBe(name);
});

test('values of attributes are in percent, and spoken with what they go towards', () => {
  const { value, spokenValue } = FACE_STRINGS.edit;
  expect([0, 0.004, 0.4, -0.4].map(value)).toEqual(['average', 'average', '+40 %', '−40 %']);
  expect(spokenValue(-0.4, ['young', 'old'], false)).toBe('40 % towards young, the seed’s own');
  expect(spokenValue(0, ['young', 'old'], true)).toBe('average, changed');
});
