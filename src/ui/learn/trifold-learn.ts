/**
 * `<trifold-learn>`, the room Learn: what is to be learnt, from which data, and how much; then the run itself, until it is left; and below the runs
 * that this device keeps, of which an unfinished one is offered first.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { LEARNER_KINDS, type LearnerKind } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';
import './trifold-learn-data';
import './trifold-learn-fields';
import './trifold-learn-plan';
import './trifold-learn-run';
import './trifold-learn-runs';
import './trifold-learn-stage';

const { kinds: strings, run, runs } = LEARN_STRINGS;

@customElement('trifold-learn')
export class TrifoldLearn extends StudioElement {
  static override styles = [
    controls,
    sections,
    inSection,
    css`
      :host {
        gap: 0.75rem;
      }
      .kinds {
        display: grid;
        gap: 0.4rem;
      }
      .kind {
        position: relative;
        display: grid;
        gap: 0.1rem;
        min-height: var(--control);
        padding: 0.5rem 0.75rem;
        border: 2px solid var(--line);
        border-radius: var(--round);
        line-height: 1.3;
        cursor: pointer;
      }
      .kind input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      .kind strong {
        font-weight: 600;
      }
      .kind small {
        color: var(--muted);
        font-size: 0.82rem;
      }
      .kind:hover {
        background: var(--soft);
      }
      .kind:has(:checked) {
        border-color: var(--accent);
        background: var(--soft);
      }
      .kind:has(:checked) strong {
        color: var(--accent-strong);
      }
      .kind:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      @media (forced-colors: active) {
        .kind:has(:checked) {
          forced-color-adjust: none;
          background: Highlight;
          color: HighlightText;
        }
        .kind:has(:checked) :is(strong, small) {
          color: inherit;
        }
      }
      .unfinished {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
        padding: 0.6rem 0.75rem;
        border-radius: var(--round);
        background: var(--soft);
      }
      .unfinished > span {
        flex: 1 1 12rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected watches({ learn, status }: StudioState): readonly unknown[] {
    return [learn.run === undefined, learn.runs, learn.kind, status];
  }

  protected override render() {
    const { studio } = this;
    return html`
      ${
        studio.state.learn.run
          ? html`<trifold-learn-run .studio=${studio}></trifold-learn-run>`
          : html`${this.#unfinished()} ${this.#kinds()}
              <trifold-learn-data .studio=${studio}></trifold-learn-data>
              <trifold-learn-plan .studio=${studio}></trifold-learn-plan>`
      }
      <trifold-learn-runs .studio=${studio}></trifold-learn-runs>
      <trifold-learn-fields .studio=${studio}></trifold-learn-fields>
    `;
  }

  /** A run that was cut short, by a reload or a crash. */
  #unfinished() {
    const { learning, state } = this.studio;
    const unfinished = state.learn.runs?.find(({ progress }) => progress && progress.position.step < progress.goal);
    if (!unfinished?.progress) return nothing;
    const { description, progress } = unfinished;
    return html`<div class="unfinished">
      <span>
        <strong>${runs.unfinished}</strong>:
        ${strings.names[description.kind]}, ${description.data.name},
        ${run.step(progress.position.step, progress.goal).toLowerCase()}.
      </span>
      <button type="button" class="primary" ?disabled=${state.status !== 'ready'} @click=${() => learning.goOn(description.id)}>
        ${runs.goOn}
      </button>
    </div>`;
  }

  #kinds() {
    const { kind } = this.studio.state.learn;
    return html`<fieldset>
      <legend>${strings.legend}</legend>
      <div class="kinds" role="radiogroup" aria-label=${strings.legend}>
        ${LEARNER_KINDS.map((name) => this.#kind(name, name === kind))}
      </div>
    </fieldset>`;
  }

  #kind(kind: LearnerKind, isChosen: boolean) {
    return html`<label class="kind">
      <input
        type="radio"
        name="kind"
        value=${kind}
        aria-label=${strings.names[kind]}
        aria-describedby="about-${kind}"
        .checked=${live(isChosen)}
        @change=${() => this.studio.learning.choose(kind)}
      />
      <strong>${strings.names[kind]}</strong>
      <small id="about-${kind}">${strings.about[kind]}</small>
    </label>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn': TrifoldLearn;
  }
}
