/** How the room Learn puts durations, figures and cameras into words. */
import { expect, test } from 'vitest';
import { howLong, LEARN_STRINGS } from '../../../src/ui/strings/learn';

test.each([
  [0.2, 'a few seconds'],
  [41, '50 seconds'],
  [80, 'a minute'],
  [1200, '20 minutes'],
  [9000, '2.5 hours'],
  [90_000, '25 hours'],
  [400_000, '5 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(howLong(seconds)).toBe(words);
});

test.each([
  [24.3127, 'dB', '24.31 dB'],
  [-0.5, undefined, '−0.5000'],
  [0.000123, undefined, '1.23e−4'],
  [Number.NaN, undefined, '–'],
])('the figure %d is written %s', (value, unit, words) => {
  expect(LEARN_STRINGS.curves.value(value, unit)).toBe(words);
});

test('cameras are told without a drawing', () => {
  const { spread } = LEARN_STRINGS.data;
  expect(spread({ distance: [2.7, 2.7], elevation: [-15, 65], around: 360 })).toBe(
    '2.7 from the middle, −15 to 65° above the horizon, all around',
  );
  expect(spread({ distance: [1, 4.25], elevation: [0, 0], around: 123 })).toBe(
    '1.0 to 4.3 from the middle, 0° above the horizon, over 120° of the circle',
  );
});
