/** Numbers, angles and seeds as people write them. */
import { describe, expect, it } from 'vitest';
import {
  isNegativeNumber,
  LARGEST_SEED,
  readAngle,
  readNumber,
  readSeed,
  readSeeds,
  WrittenNumberError,
} from '../../../src/numbers/written';

const failureOf = (read: () => unknown): WrittenNumberError => {
  try {
    read();
  } catch (error) {
    if (error instanceof WrittenNumberError) return error;
  }
  throw new Error('a WrittenNumberError was expected');
};

describe('numbers', () => {
  it.each([
    ['0.7', 0.7],
    [' 12 ', 12],
    ['-1.5', -1.5],
    ['\u22121.5', -1.5],
    ['\u20131.5', -1.5],
    ['+2', 2],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-3', 1e-3],
  ])('"%s"', (text, value) => expect(readNumber(text)).toBe(value));

  it('have no zero below zero', () => expect(Object.is(readNumber('-0'), 0)).toBe(true));

  it.each(['', ' ', 'one', '1,5', '0x10', '1 2', '--1', '-', '1e999', 'Infinity', 'NaN', '30°'])('not "%s"', (text) => {
    const error = failureOf(() => readNumber(text));
    expect(error).toMatchObject({ text, message: `"${text}" is no number` });
    expect(error.remedy).toContain('such as 0.7 or -1.5');
  });
});

describe('angles', () => {
  it.each([
    ['30', 30],
    ['-30', -30],
    ['\u221230°', -30],
    ['30°', 30],
    ['30 °', 30],
    ['12.5 deg', 12.5],
    ['90 degrees', 90],
  ])('"%s"', (text, degrees) => expect(readAngle(text)).toBe(degrees));

  it.each(['', '°', 'left', '30%', '30°°', '1 rad'])('not "%s"', (text) => {
    expect(failureOf(() => readAngle(text)).remedy).toBe('Write degrees, such as 30, -30 or 12.5°.');
  });
});

describe('a seed', () => {
  it.each([
    ['0', 0],
    [' 7 ', 7],
    ['4294967295', LARGEST_SEED],
  ])('"%s"', (text, seed) => expect(readSeed(text)).toBe(seed));

  it.each(['', '-1', '1.5', '1e3', '0-3', '0,3', 'seven'])('not "%s"', (text) => {
    const { message, remedy } = failureOf(() => readSeed(text));
    expect(message).toBe(`"${text}" is no seed`);
    expect(remedy).toBe('Write one seed, a whole number from 0 to 4294967295.');
  });

  it('has 32 bits', () => {
    const error = failureOf(() => readSeed('4294967296'));
    expect(error).toMatchObject({ limit: LARGEST_SEED, message: '"4294967296" is beyond the largest seed' });
  });
});

describe('seeds', () => {
  it.each([
    ['5', [5]],
    ['0-3', [0, 1, 2, 3]],
    ['0..3', [0, 1, 2, 3]],
    ['0...3', [0, 1, 2, 3]],
    ['0\u20133', [0, 1, 2, 3]],
    ['0 - 3', [0, 1, 2, 3]],
    ['0,3,7', [0, 3, 7]],
    ['0, 3, 7', [0, 3, 7]],
    ['0 3 7', [0, 3, 7]],
    ['7;3', [7, 3]],
    ['0-2, 7', [0, 1, 2, 7]],
    ['2,0-3', [2, 0, 1, 3]],
    ['4-4', [4]],
    ['4294967294-4294967295', [4294967294, 4294967295]],
  ])('"%s"', (text, seeds) => expect(readSeeds(text, 10)).toEqual(seeds));

  it.each([
    ['', 'names no seeds'],
    ['0,,3', 'names no seeds'],
    ['0,', 'names no seeds'],
    ['-3', 'names no seeds'],
    ['0-3-5', 'names no seeds'],
    ['a-b', 'names no seeds'],
    ['1.5', 'names no seeds'],
    ['3-0', 'ends before it begins'],
    ['0-4294967296', 'beyond the largest seed'],
    ['0-10', 'too many seeds'],
    ['0-9, 11', 'too many seeds'],
    ['0-4294967295', 'too many seeds'],
  ])('not "%s": %s', (text, problem) => {
    const { message, remedy } = failureOf(() => readSeeds(text, 10));
    expect(message).toContain(problem);
    expect(remedy).toContain('0-3 or 0..3 (both ends count) or 0,3,7, at most 10');
  });
});

it('tells a number below zero from an option', () => {
  for (const word of ['-30', '-.5', '\u221230', '-30°', '-1e3']) expect(isNegativeNumber(word)).toBe(true);
  for (const word of ['30', '-x', '--yaw', '-', '-3d', '--30']) expect(isNegativeNumber(word)).toBe(false);
});
