/** Options of the command line as people type them. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../cli/errors';
import { angleOption, integerOption, numberOption, parseWords, seedOption, seedsOption } from '../../cli/options';

const OPTIONS = { yaw: { type: 'string' }, seeds: { type: 'string' }, verbose: { type: 'boolean' } } as const;

describe('words that begin with a dash', () => {
  it.each([
    ['-30', ['--yaw', '-30']],
    ['-30', ['--yaw=-30']],
    ['-.5', ['--yaw', '-.5']],
    ['-30°', ['--yaw', '-30°']],
    ['\u221230', ['--yaw', '\u221230']],
  ])('are numbers where an option takes a value: %s', (yaw, words) => {
    const { values, positionals } = parseWords(['model', ...words, '--verbose'], OPTIONS);
    expect(values).toEqual({ yaw, verbose: true });
    expect(positionals).toEqual(['model']);
  });

  it.each([
    ['an option in the place of a value', ['--yaw', '-x']],
    ['an option in the place of a value', ['--yaw', '--seeds', '1']],
    ['a number after an option that takes none', ['--verbose', '-30']],
    ['a number alone', ['-30']],
    ['an unknown option', ['--colour', '-30']],
    ['no value', ['--yaw']],
  ])('are told as what they are: %s', (_, words) => {
    expect(() => parseWords(words, OPTIONS)).toThrow(UsageError);
  });

  it('are file names after a lone --', () => {
    expect(parseWords(['--', '--yaw', '-30'], OPTIONS)).toMatchObject({ values: {}, positionals: ['--yaw', '-30'] });
  });
});

it('reads numbers, angles and seeds', () => {
  expect(numberOption('psi', '\u22120.5')).toBe(-0.5);
  expect(angleOption('yaw', '-30°')).toBe(-30);
  expect(seedOption('seed', ' 7 ')).toBe(7);
  expect(seedsOption('seeds', '0-3')).toEqual(seedsOption('seeds', '0..3'));
});

it.each([
  [() => numberOption('psi', 'much'), '--psi takes a number, not "much"'],
  [() => numberOption('fps', '0', 1), '--fps takes a number from 1 up, not "0"'],
  [
    () => angleOption('pitch', '95°', -90, 90),
    '--pitch takes degrees such as 30, -30 or 12.5° from -90 to 90, not "95°"',
  ],
  [() => integerOption('views', '1.5', 1, 9), '--views takes a whole number from 1 to 9, not "1.5"'],
  [() => seedOption('seed', '0-3'), '--seed: "0-3" is no seed. Write one seed, a whole number from 0 to 4294967295.'],
  [() => seedsOption('seeds', '3-0'), '--seeds: "3-0" has a range that ends before it begins. Write seeds from 0'],
])('says what is accepted', (read, message) => {
  expect(read).toThrow(UsageError);
  expect(read).toThrow(message);
});
