/**
 * `<trifold-compare>`: which of the two renderers is shown, or how both are compared; the facts of the student, and what must be said
 * about it.
 */
import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { type StudentFacts, teacherMatch } from '../../studio/model/student-facts';
import { LAYOUTS, RENDERER_KINDS } from '../../studio/shared/settings';
import type { LoadingProgress, StudentState, StudioState } from '../../studio/shared/state';
import { shownNow } from '../../studio/view/shown';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar, sections, segments } from '../shared/theme';
import { COMPARE_STRINGS } from '../strings/compare';
import { STRINGS } from '../strings/strings';
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
  @state() private spoken = '';
  #lastShown: string | undefined;

  static override styles = [
    controls,
    sections,
    segments,
    progressBar,
    css`
      :host {
        display: block;
      }
      /* Four words of different length in one bar. */
      .layouts {
        grid-auto-columns: auto;
        font-size: 0.87rem;
        text-align: center;
        line-height: 1.2;
      }
      .layouts label {
        min-width: var(--control);
        padding: 0 0.25rem;
      }
      .row > button {
        padding: 0 0.5rem;
      }
      .warning {
        margin: 0;
        padding-left: 0.7rem;
        border-left: 3px solid var(--warning);
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
    `,
  ];

  protected watches({ status, model, settings, student }: StudioState): readonly unknown[] {
    return [status, model, settings.renderer, settings.layout, student];
  }

  protected override watchedChanged({ settings, student, status }: StudioState): void {
    if (status !== 'ready') return;
    const { layout, renderer } = shownNow(settings, student);
    const shown = strings.shown(layout, renderer);
    if (this.#lastShown !== undefined && shown !== this.#lastShown) this.spoken = shown;
    this.#lastShown = shown;
  }

  protected override render() {
    const { status, settings, student } = this.studio.state;
    const { layout, renderer } = settings;
    const isMissing = student.status === 'none';
    return html`
      <fieldset ?disabled=${status !== 'ready'}>
        <legend>${strings.legend}</legend>
        <div class="segments" role="radiogroup" aria-label=${strings.legend}>
          ${RENDERER_KINDS.map((kind) =>
            segment('renderer', kind, strings.kinds[kind], {
              isChecked: layout === 'single' && renderer === kind,
              isDisabled: isMissing && kind === 'convolutional',
              choose: () => this.studio.setRenderer(kind),
            }),
          )}
        </div>
        <div class="segments layouts" role="radiogroup" aria-label=${strings.compare}>
          ${LAYOUTS.map((kind) =>
            segment('layout', kind, strings.layouts[kind], {
              isChecked: layout === kind,
              isDisabled: isMissing && kind !== 'single',
              choose: () => this.studio.setLayout(kind),
            }),
          )}
        </div>
        ${this.#student(student)}
        <div class="row">
          <button
            type="button"
            aria-label=${strings.stripNamed}
            ?disabled=${isMissing}
            @click=${() => this.strip.show()}
          >
            ${strings.strip}
          </button>
          <button type="button" ?disabled=${isMissing} @click=${() => this.efficiency.show()}>
            ${strings.efficiency}
          </button>
        </div>
      </fieldset>
      <p class="visually-hidden" role="status">${this.spoken}</p>
      <trifold-strip .studio=${this.studio}></trifold-strip>
      <trifold-efficiency .studio=${this.studio}></trifold-efficiency>
    `;
  }

  #student(student: StudentState) {
    switch (student.status) {
      case 'none':
        // Before a model is there, nobody knows of its student.
        return html`<p class="hint">${this.studio.state.model ? strings.none : '\u00a0'}</p>`;
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

interface Segment {
  readonly isChecked: boolean;
  readonly isDisabled: boolean;
  readonly choose: () => void;
}

function segment(group: string, value: string, label: string, { isChecked, isDisabled, choose }: Segment) {
  return html`<label>
    <input
      type="radio"
      name=${group}
      value=${value}
      .checked=${live(isChecked)}
      ?disabled=${isDisabled}
      @change=${choose}
    />
    ${label}
  </label>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-compare': TrifoldCompare;
  }
}
