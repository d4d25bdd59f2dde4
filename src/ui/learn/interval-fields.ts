/** Fields for how often a run is kept, measured and drawn: before it starts, and while it goes on. */
import { css, html } from 'lit';
import type { RunIntervals } from '../../studio/learn/learn-state';
import { numberField } from '../shared/form-parts';
import { LEARN_STRINGS } from '../strings/learn';

const { change: strings } = LEARN_STRINGS;

const MOST = 1e6;

export const intervalStyle = css`
  .interval {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 7rem;
    align-items: center;
    gap: 0.6rem;
  }
  .interval input {
    width: 100%;
    min-width: 0;
  }
`;

export function intervalFields(
  { checkpointEvery, measureEvery, samplesEvery }: RunIntervals,
  change: (intervals: Partial<RunIntervals>) => void,
) {
  return html`
    ${field('checkpoint', strings.checkpoint, checkpointEvery, 1, (every) => change({ checkpointEvery: every }))}
    ${field('measure', strings.measure, measureEvery, 0, (every) => change({ measureEvery: every }))}
    ${field('samples', strings.samples, samplesEvery, 0, (every) => change({ samplesEvery: every }))}
    <p class="hint">${strings.never}</p>
  `;
}

function field(id: string, label: string, value: number, least: number, set: (every: number) => void) {
  const typed = (every: number) => set(Math.min(MOST, Math.max(least, Math.round(every))));
  return html`<div class="interval">
    <label for=${id}>${label}</label>
    ${numberField({ id, value, min: least, max: MOST, step: 10, typed })}
  </div>`;
}
