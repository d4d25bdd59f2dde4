/** The choice of whose picture is shown, in words: for the menu on the picture and for the room Compare, which is the same control. */
import { COMPARISONS, type Comparison, canCompare, comparisonOf, settingsFor } from '../../studio/compare/comparison';
import type { StudioState } from '../../studio/shared/state';
import type { Studio } from '../../studio/studio';
import { COMPARE_STRINGS } from '../strings/compare';

const { renderer: strings } = COMPARE_STRINGS;

export interface ComparisonChoice {
  readonly id: Comparison;
  readonly label: string;
  readonly detail: string;
  readonly isChosen: boolean;
  readonly isPossible: boolean;
  readonly choose: () => void;
}

export function comparisonChoices(studio: Studio): readonly ComparisonChoice[] {
  const { settings, student } = studio.state;
  const chosen = comparisonOf(settings);
  return COMPARISONS.map((id) => ({
    id,
    label: strings.comparisons[id],
    detail: strings.comparisonDetails[id],
    isChosen: id === chosen,
    isPossible: canCompare(id, settings, student),
    choose: () => studio.changeSettings(settingsFor(id)),
  }));
}

/** Why some of them cannot be chosen; undefined where all can, or where it is not known yet. */
export function whyNotAll({ student, model }: Pick<StudioState, 'student' | 'model'>): string | undefined {
  return student.status === 'none' && model ? strings.none : undefined;
}
