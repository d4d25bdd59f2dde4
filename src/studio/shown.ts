/** Which renderers the canvas shows, and how they share it. */
import type { RendererKind } from '../render/frame-renderer';
import type { PictureSettings } from './settings';
import type { StudentState } from './state';

/** One picture, or both: next to each other, one over the other with a movable edge, or one minus the other. */
export type Layout = 'single' | 'side-by-side' | 'wipe' | 'difference';
export const LAYOUTS: readonly Layout[] = ['single', 'side-by-side', 'wipe', 'difference'];

export interface Shown {
  readonly layout: Layout;
  /** Where there is one picture: whose. */
  readonly renderer: RendererKind;
  /** Share of the width that shows the volumetric picture in a wipe, 0..1. */
  readonly wipe: number;
}

/** The renderers that take part, the volumetric one first. */
export function renderersShown({ layout, renderer }: Shown): readonly RendererKind[] {
  return layout === 'single' ? [renderer] : ['volumetric', 'convolutional'];
}

/** Whether the settings ask for the student. */
export function wantsStudent(settings: Pick<PictureSettings, 'layout' | 'renderer'>): boolean {
  return settings.layout !== 'single' || settings.renderer === 'convolutional';
}

/** What can be shown of what the settings ask for: the volumetric picture until the student is there. */
export function shownNow(settings: Shown, student: StudentState): Shown {
  const { layout, renderer, wipe } = settings;
  if (wantsStudent(settings) && student.status !== 'ready') return { layout: 'single', renderer: 'volumetric', wipe };
  return { layout, renderer, wipe };
}
