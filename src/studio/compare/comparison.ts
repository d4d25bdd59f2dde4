/**
 * Whose picture is shown, as the one choice that people make: one renderer alone, or both in one of three ways. The settings keep it as
 * `layout` and `renderer`, since they also know what one goes back to after a comparison.
 */
import type { PictureSettings } from '../shared/settings';
import { LAYOUTS } from '../view/shown';

export const COMPARISONS = ['volumetric', 'convolutional', 'side-by-side', 'wipe', 'difference'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What the settings ask for. */
export function comparisonOf({ layout, renderer }: Pick<PictureSettings, 'layout' | 'renderer'>): Comparison {
  return layout === 'single' ? renderer : layout;
}

/** What to change for a choice. */
export function settingsFor(comparison: Comparison): Pick<PictureSettings, 'layout'> & Partial<PictureSettings> {
  const layout = LAYOUTS.find((candidate) => candidate === comparison);
  if (layout) return { layout };
  return { layout: 'single', renderer: comparison === 'convolutional' ? 'convolutional' : 'volumetric' };
}

/**
 * Whether a choice can be shown: two kinds of picture of the volumetric renderer need no student, all others but that renderer alone do.
 * @param student the `StudentState`
 */
export function canCompare(
  comparison: Comparison,
  { against }: Pick<PictureSettings, 'against'>,
  student: { readonly status: string },
): boolean {
  if (comparison === 'volumetric' || student.status !== 'none') return true;
  return (comparison === 'side-by-side' || comparison === 'wipe') && against !== 'convolutional';
}

/** The next choice that can be shown; after the last one, the first. */
export function nextComparison(
  settings: Pick<PictureSettings, 'layout' | 'renderer' | 'against'>,
  student: { readonly status: string },
): Comparison {
  const possible = COMPARISONS.filter((comparison) => canCompare(comparison, settings, student));
  return possible[(possible.indexOf(comparisonOf(settings)) + 1) % possible.length]!;
}
