/** The poster: which address shows it, and from which index. A wrong face must not be shown for a moment. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { posterOf } from '../../../src/studio/model/poster';

const ENTRY = {
  id: 'a',
  sha256: '0123456789abcdef'.repeat(4),
  first: { seed: 34, yaw: 25, pitch: 4, poster: 'a.png' },
};
const INDEX = { models: [{ id: 'other' }, ENTRY], default: 'a' };
const poster = (address: string, index: unknown = INDEX) =>
  posterOf(index, new URL(address, 'https://here.test/heads/'))?.href;

describe('the poster', () => {
  test('lies beside the model, under an address that changes with the model', () => {
    expect(poster('')).toBe('https://here.test/heads/weights/a.png?model=0123456789abcdef');
    expect(poster('index.html')).toBe(poster(''));
  });

  test.each(['', '#', '?from=mail', '#seed=34&yaw=25&pitch=4', '#pitch=4&seed=34&yaw=25.00'])(
    'is shown for the first view: "%s"',
    (address) => {
      expect(poster(address)).toBeDefined();
    },
  );

  test.each([
    '#seed=35&yaw=25&pitch=4',
    '#seed=34',
    '#seed=34&yaw=25&pitch=4&psi=1',
    '#seed=34&yaw=25&pitch=4&picture=depth',
    '#seed=34&seed=34&seed=34',
    '#picture=raw',
    '#model=0123456789abcdef',
    '#face=1.abc',
    '#constructor=1',
    '?model=other.pkl',
    '?model=other.pkl#seed=34&yaw=25&pitch=4',
  ])('is not shown for an address that asks for anything else: "%s"', (address) => {
    expect(poster(address)).toBeUndefined();
  });

  test.each([
    ['nothing', null],
    ['no list', {}],
    ['no model', { models: [] }],
    ['no such model', { models: [ENTRY], default: 'b' }],
    ['an older index, without a first view', { models: [{ ...ENTRY, first: undefined }] }],
    ['a first view without a poster', { models: [{ ...ENTRY, first: { seed: 34, yaw: 25, pitch: 4 } }] }],
    ['a poster elsewhere', { models: [{ ...ENTRY, first: { ...ENTRY.first, poster: '../../a.png' } }] }],
    ['a poster of another server', { models: [{ ...ENTRY, first: { ...ENTRY.first, poster: '//x.test/a.png' } }] }],
    ['a poster that is no picture', { models: [{ ...ENTRY, first: { ...ENTRY.first, poster: 'a.svg' } }] }],
  ])('there is none with an index that has %s', (_, index) => {
    expect(poster('', index)).toBeUndefined();
  });

  test('of the bundled model is there, and small', () => {
    const weights = new URL('../../../public/weights/', import.meta.url);
    const index = JSON.parse(readFileSync(new URL('index.json', weights), 'utf8'));
    const address = posterOf(index, new URL('https://here.test/'))!;
    expect(readFileSync(new URL(address.pathname.replace('/weights/', ''), weights)).length).toBeLessThan(100_000);
  });
});
