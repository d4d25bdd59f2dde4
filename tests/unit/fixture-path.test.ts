/** A fixture that is missing names the command that makes it. */
import { expect, it } from 'vitest';
import { fixturePath } from '../support/fixture-path';
import { readFixture } from './fixtures';

it('finds what is there', () => {
  expect(fixturePath('small/index.json')).toMatch(/index\.json$/);
});

it('tells how to make what is not', () => {
  expect(() => readFixture('nothing')).toThrow(
    'tests/fixtures/nothing.safetensors is missing. Make it with: node scripts/make-fixtures.mjs REFERENCE_DIR MODELS_DIR',
  );
  expect(() => fixturePath('small/nothing')).toThrow('node scripts/make-small-pair.mjs');
});
