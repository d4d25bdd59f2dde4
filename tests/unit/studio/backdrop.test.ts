/** What pictures stand on: the colours of backdrops, and which pictures have anything behind them. */
import { expect, test } from 'vitest';
import { defaultSettings, type PictureSettings } from '../../../src/studio/shared/settings';
import type { StudioState } from '../../../src/studio/shared/state';
import { backgroundOf, standsOnBackdrop } from '../../../src/studio/view/backdrop';
import { modelConfig } from './studio-fixtures';

test('a backdrop is a colour, or what is behind the canvas', () => {
  expect(backgroundOf('page')).toBeUndefined();
  expect(backgroundOf('transparent')).toBeUndefined();
  expect(backgroundOf('white')).toEqual([1, 1, 1]);
  expect(backgroundOf('black')).toEqual([0, 0, 0]);
  expect(backgroundOf('#ff0033')).toEqual([1, 0, 0.2]);
});

/** @param student undefined for none; else whether it was taught alpha */
function stands(settings: Partial<PictureSettings>, { whiteBackground = true, student }: Case = {}): boolean {
  const config = modelConfig();
  const model = { config: { ...config, rendering: { ...config.rendering, whiteBackground } } };
  const facts = { config: { alphaFeature: student ? 31 : undefined } };
  const state = {
    model,
    settings: { ...defaultSettings(config), ...settings },
    student: student === undefined ? { status: 'none' } : { status: 'ready', facts },
  };
  return standsOnBackdrop(state as unknown as StudioState); // no more is asked of facts
}

interface Case {
  readonly whiteBackground?: boolean;
  readonly student?: boolean;
}

test('the picture of a model that renders onto white stands on anything, and of others on its own background', () => {
  expect(stands({})).toBe(true);
  expect(stands({ picture: 'raw' })).toBe(true);
  expect(stands({}, { whiteBackground: false })).toBe(false);
});

test('a student does where it was taught alpha', () => {
  const alone = { renderer: 'convolutional', layout: 'single' } as const;
  expect(stands(alone, { student: true })).toBe(true);
  expect(stands(alone, { student: false })).toBe(false);
  expect(stands(alone, { student: true, whiteBackground: false })).toBe(false);
  expect(stands({ layout: 'wipe' }, { student: false })).toBe(true); // half of it
});

test('where there is nothing, depth, normals and density show what is behind; planes and differences are full', () => {
  for (const picture of ['depth', 'normals', 'density-y'] as const) {
    expect(stands({ picture }, { whiteBackground: false })).toBe(true);
  }
  expect(stands({ picture: 'plane-1' })).toBe(false);
  expect(stands({ layout: 'difference' }, { student: true })).toBe(false);
});
