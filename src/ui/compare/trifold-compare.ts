/**
 * `<trifold-compare>`, the room Compare: which of the two renderers is shown, or how both are compared, which is one choice; what else a picture
 * can be compared with; the facts of the student, and what must be said about it; the measurements.
 */
import { css, html, nothing } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { type StudentFacts, teacherMatch } from '../../studio/model/student-facts';
import { type Against, canShow, PICTURE_KINDS } from '../../studio/shared/settings';
import type { LoadingProgress, StudentState, StudioState } from '../../studio/shared/state';
import { icons } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar, sections } from '../shared/theme';
import { drawing } from '../stage/tool-icons';
import { COMPARE_STRINGS } from '../strings/compare';
import { STRINGS } from '../strings/strings';
import { VIEW_STRINGS } from '../strings/view';
import { type ComparisonChoice, comparisonChoices, whyNotAll } from './comparison-words';
import './trifold-efficiency';
import type { TrifoldEfficiency } from './trifold-efficiency';
import './trifold-strip';
import type { TrifoldStrip } from './trifold-strip';

const { renderer: strings } = COMPARE_STRINGS;
const { loading } = STRINGS;

@customElement('trifold-compare')
export class TrifoldCompare extends StudioElement {
  @query('trifold-strip') private readonly strip!: TrifoldStrip;
  @query('trifold-efficiency') private readonly efficiency!: TrifoldEfficiency;

  static override styles = [
    controls,
    sections,
    progressBar,
    icons,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
      }
      /* The list of what to compare with would be as wide as its longest entry. */
      fieldset,
      .with {
        grid-template-columns: minmax(0, 1fr);
      }
      .choices {
        display: grid;
        gap: 2px;
      }
      .choice {
        position: relative;
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        align-items: center;
        gap: 0.75rem;
        min-height: var(--control);
        margin-inline: -0.5rem;
        padding: 0.25rem 0.6rem;
        border: 2px solid transparent;
        border-radius: var(--round);
        line-height: 1.25;
        cursor: pointer;
      }
      .choice svg {
        width: 20px;
        height: 20px;
        fill: none;
        stroke: currentcolor;
        stroke-width: 1.8;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .choice input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      .choice small {
        display: block;
        color: var(--muted);
        font-size: 0.82rem;
      }
      .choice:hover {
        background: var(--soft);
      }
      .choice:has(:checked) {
        border-color: var(--accent);
        background: var(--soft);
        color: var(--accent-strong);
      }
      .choice:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      .choice:has(:disabled) {
        background: none;
        opacity: 0.5;
        cursor: default;
      }
      .with {
        display: grid;
        gap: 0.2rem;
      }
      .row > button {
        padding: 0 0.5rem;
      }
      .warning {
        margin: 0;
        padding-inline-start: 0.7rem;
        border-inline-start: 3px solid var(--warning);
        color: var(--warning);
        font-size: 0.87rem;
      }
      .loading {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.3rem 0.6rem;
      }
      progress {
        grid-column: 1 / -1;
      }
      @media (forced-colors: active) {
        .choice {
          border-color: Canvas;
        }
        .choice:has(:checked) {
          forced-color-adjust: none;
          background: Highlight;
          color: HighlightText;
        }
        .choice:has(:checked) small {
          color: inherit;
        }
        .choice:has(:disabled) {
          color: GrayText;
          opacity: 1;
        }
      }
    `,
  ];

  protected watches({ status, model, settings, student }: StudioState): readonly unknown[] {
    return [status, model, settings, student];
  }

  protected override render() {
    const { status, student } = this.studio.state;
    return html`
      <fieldset ?disabled=${status !== 'ready'}>
        <legend>${strings.legend}</legend>
        <div class="choices" role="radiogroup" aria-label=${strings.legend}>
          ${comparisonChoices(this.studio).map(choiceRow)}
        </div>
        ${this.#against()} ${this.#student(student)}
      </fieldset>
      <fieldset ?disabled=${status !== 'ready'}>
        <legend>${strings.measure}</legend>
        <p class="hint">${strings.measureHint}</p>
        <div class="row">
          <button
            type="button"
            aria-label=${strings.stripNamed}
            ?disabled=${student.status === 'none'}
            @click=${() => this.strip.show()}
          >
            ${strings.strip}
          </button>
          <button type="button" @click=${() => this.efficiency.show()}>${strings.efficiency}</button>
        </div>
      </fieldset>
      <trifold-strip .studio=${this.studio}></trifold-strip>
      <trifold-efficiency .studio=${this.studio}></trifold-efficiency>
    `;
  }

  /** One choice for two settings: what to compare with, and whether to compare at all. */
  #against() {
    const { settings, student } = this.studio.state;
    const { layout, against, picture } = settings;
    const chosen = layout === 'single' ? '' : against;
    const canBeStudents =
      student.status !== 'none' && canShow(picture, { ...settings, layout: 'wipe', against: 'convolutional' });
    return html`
      <label class="with">
        ${strings.against}
        <select id="against" @change=${(event: Event) => this.#compareWith((event.target as HTMLSelectElement).value)}>
          ${option('', chosen, strings.nothing)}
          ${option('convolutional', chosen, strings.ofStudent, !canBeStudents)}
          ${PICTURE_KINDS.map((kind) => option(kind, chosen, VIEW_STRINGS.pictureNames[kind], kind === picture))}
        </select>
      </label>
    `;
  }

  #compareWith(value: string): void {
    const { layout } = this.studio.state.settings;
    const against: Against | undefined =
      value === 'convolutional' ? value : PICTURE_KINDS.find((kind) => kind === value);
    const isPossible =
      layout === 'wipe' || layout === 'side-by-side' || (layout === 'difference' && against === 'convolutional');
    if (against) this.studio.changeSettings({ against, layout: isPossible ? layout : 'wipe' });
    else this.studio.setLayout('single');
  }

  #student(student: StudentState) {
    switch (student.status) {
      case 'none':
        // Before a model is there, nobody knows of its student.
        return html`<p class="hint">${whyNotAll(this.studio.state) ?? '\u00a0'}</p>`;
      case 'available':
        return html`<p class="hint">${strings.available(student.bytes)}</p>`;
      case 'loading':
        return this.#loading(student.progress);
      case 'ready':
        return this.#facts(student.facts);
    }
  }

  #loading({ phase, receivedBytes, totalBytes }: LoadingProgress) {
    const counts = totalBytes > 0;
    return html`<div class="loading">
      <p class="hint" role="status">
        ${strings.loading[phase]}${counts ? html`, <span aria-live="off">${loading.megabytes(receivedBytes, totalBytes)}</span>` : nothing}
      </p>
      <button type="button" @click=${() => this.studio.cancelStudent()}>${loading.cancel}</button>
      ${
        counts
          ? html`<progress aria-label=${strings.progress} max=${totalBytes} .value=${receivedBytes}></progress>`
          : html`<progress aria-label=${strings.progress}></progress>`
      }
    </div>`;
  }

  #facts(facts: StudentFacts) {
    const { config, parameters, origin, name, areViewsAssumed } = facts;
    const { model } = this.studio.state;
    const file = origin === 'bundled' ? strings.file.bundled() : strings.file.opened(name);
    const match = model ? teacherMatch(facts, model) : 'unknown';
    return html`
      <p class="hint">
        ${strings.facts(strings.architectures[config.features.kind], parameters, file)}
        ${match === 'match' ? strings.match.match : nothing} ${areViewsAssumed ? strings.assumedViews : nothing}
      </p>
      ${match === 'match' ? nothing : html`<p class="warning">${strings.match[match]}</p>`}
    `;
  }
}

function choiceRow({ id, label, detail, isChosen, isPossible, choose }: ComparisonChoice) {
  return html`<label class="choice">
    <input
      type="radio"
      name="comparison"
      value=${id}
      aria-label=${label}
      aria-describedby=${`about-${id}`}
      .checked=${live(isChosen)}
      ?disabled=${!isPossible}
      @change=${choose}
    />
    ${drawing(id)}
    <span>${label}<small id=${`about-${id}`}>${detail}</small></span>
  </label>`;
}

function option(value: string, chosen: string, label: string, isDisabled = false) {
  return html`<option value=${value} ?disabled=${isDisabled} .selected=${live(value === chosen)}>${label}</option>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-compare': TrifoldCompare;
  }
}
