import { describe, expect, test } from 'vitest';
import {
  COMPARISONS,
  canCompare,
  comparisonOf,
  nextComparison,
  settingsFor,
} from '../../../src/studio/compare/comparison';
import { initialState } from '../../../src/studio/shared/state';

const { settings } = initialState();
const ready = { status: 'ready' };
const none = { status: 'none' };

describe('whose picture is shown, as one choice', () => {
  test('every choice is told again from the settings that it makes', () => {
    for (const comparison of COMPARISONS) {
      expect(comparisonOf({ ...settings, ...settingsFor(comparison) })).toBe(comparison);
    }
  });

  test('a comparison keeps the renderer that one goes back to', () => {
    expect(settingsFor('wipe')).toEqual({ layout: 'wipe' });
  });

  test('without a student there is volume rendering alone, and two kinds of its pictures', () => {
    const possible = (against: typeof settings.against) =>
      COMPARISONS.filter((comparison) => canCompare(comparison, { against }, none));
    expect(possible('convolutional')).toEqual(['volumetric']);
    expect(possible('depth')).toEqual(['volumetric', 'side-by-side', 'wipe']);
    expect(COMPARISONS.filter((comparison) => canCompare(comparison, settings, ready))).toEqual([...COMPARISONS]);
  });

  test('the next choice goes round, over what can be shown', () => {
    let present = settings;
    const seen = COMPARISONS.map(() => {
      present = { ...present, ...settingsFor(nextComparison(present, ready)) };
      return comparisonOf(present);
    });
    expect(seen).toEqual([...COMPARISONS.slice(1), 'volumetric']);
    expect(nextComparison(settings, none)).toBe('volumetric');
  });
});
