/** What tells that a generator's training has gone wrong. */
import { expect, it } from 'vitest';
import { ganTrouble } from '../../../../src/training/gan/trouble';

it.each([
  ['a step that goes well', { lossG: 1.2, lossD: 0.9, fakeLogit: -1 }, 0, undefined],
  ['a loss that is no number', { lossG: Number.NaN }, 0, 'not-finite'],
  ['a logit beyond all numbers', { realLogit: Number.POSITIVE_INFINITY }, 0, 'not-finite'],
  ['a discriminator that is sure of all', { lossG: 80 }, 0, 'collapse'],
  ['pictures that are all the same and were not before', { variety: 0.01 }, 0.6, 'collapse'],
  ['a generator that has not made a picture yet', { variety: 0.01 }, 0.02, undefined],
  ['pictures that vary a little less', { variety: 0.4 }, 0.9, undefined],
] as const)('%s', (_, figures, best, expected) => {
  expect(ganTrouble(figures, best)).toBe(expected);
});
