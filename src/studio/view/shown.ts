/** Which renderers the canvas shows, and how they share it. */
import type { PictureKind, RendererKind } from '../../render/frame-renderer';

/** One picture, or both: next to each other, one over the other with a movable edge, or one minus the other. */
export type Layout = 'single' | 'side-by-side' | 'wipe' | 'difference';
export const LAYOUTS: readonly Layout[] = ['single', 'side-by-side', 'wipe', 'difference'];

/** What a picture is compared with: the student's of the same kind, or another kind of the same renderer's. */
export type Against = 'convolutional' | PictureKind;

export interface Shown {
  readonly layout: Layout;
  /** Where there is one picture: whose. */
  readonly renderer: RendererKind;
  /** Share of the width that shows the first picture in a wipe, 0..1. */
  readonly wipe: number;
  readonly against: Against;
}

/** The renderers that take part, the volumetric one first. */
export function renderersShown({ layout, renderer, against }: Shown): readonly RendererKind[] {
  if (layout === 'single') return [renderer];
  return against === 'convolutional' ? ['volumetric', 'convolutional'] : ['volumetric'];
}

/** The kinds of picture that take part: two where kinds of the same renderer are compared. */
export function picturesShown(
  picture: PictureKind,
  { layout, against }: Pick<Shown, 'layout' | 'against'>,
): readonly [PictureKind, ...PictureKind[]] {
  return layout === 'single' || against === 'convolutional' ? [picture] : [picture, against];
}

/** Whether the settings ask for the student. */
export function wantsStudent({ layout, renderer, against }: Pick<Shown, 'layout' | 'renderer' | 'against'>): boolean {
  return layout === 'single' ? renderer === 'convolutional' : against === 'convolutional';
}

/**
 * What can be shown of what the settings ask for: the volumetric picture until the student is there.
 * @param student the `StudentState`
 */
export function shownNow<Student extends { readonly status: string }>(settings: Shown, student: Student): Shown {
  const { layout, renderer, wipe, against } = settings;
  if (!wantsStudent(settings) || student.status === 'ready') return { layout, renderer, wipe, against };
  return { layout: 'single', renderer: 'volumetric', wipe, against };
}
