/**
 * `<trifold-learn-run>`: a run as it goes: how far it is, how quickly, what it has kept; its samples and curves; what can be changed meanwhile; and
 * what can be taken away. A milestone now and then is spoken, not each step.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { isTraining, type LearnRun, type RunSettings, type TrainingRunState } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { checks } from '../shared/check-style';
import { slider } from '../shared/form-parts';
import { fold } from '../shared/remembered';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';
import { intervalFields, intervalStyle } from './interval-fields';
import './trifold-curves';
import './trifold-learn-result';
import './trifold-samples';

const { run: strings, change: changing, curves, samples, notices } = LEARN_STRINGS;

/** Of the slider for the learning rate, which goes by powers of two: a sixteenth to four times. */
const RATE = { least: -4, most: 2, step: 0.5 };

@customElement('trifold-learn-run')
export class TrifoldLearnRun extends StudioElement {
  /** What people hear who do not see the progress. */
  @state() private spoken = '';

  static override styles = [
    controls,
    sections,
    folds,
    checks,
    progressBar,
    inSection,
    intervalStyle,
    css`
      h2 {
        margin: 0;
        font-size: 1rem;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0.4rem 0 0;
        font-size: 0.9375rem;
      }
      .head {
        display: grid;
        gap: 0.1rem;
      }
      .progress {
        display: grid;
        gap: 0.35rem;
      }
      .progress .row {
        flex-wrap: wrap;
        gap: 0.1rem 0.6rem;
      }
      .status {
        font-weight: 550;
      }
      .row {
        flex-wrap: wrap;
      }
      dl {
        grid-template-columns: auto minmax(0, 1fr);
        font-variant-numeric: tabular-nums;
      }
      .warning {
        margin: 0;
        padding-inline-start: 0.7rem;
        border-inline-start: 3px solid var(--warning);
        color: var(--warning);
        font-size: 0.87rem;
        overflow-wrap: anywhere;
      }
      details.fold {
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  protected watches({ learn }: StudioState): readonly unknown[] {
    return [learn.run, learn.wantsLive];
  }

  protected override watchedChanged({ learn }: StudioState): void {
    const { run } = learn;
    if (run?.state) this.spoken = strings.milestone(run.state) || this.spoken;
    else if (run?.preparing) this.spoken = strings.preparing[run.preparing.what];
  }

  protected override render() {
    const { run } = this.studio.state.learn;
    if (!run) return nothing;
    const { learning } = this.studio;
    return html`
      <div class="head">
        <h2>${strings.title(run)}</h2>
        <p class="hint">
          ${run.isFile ? strings.ofFile(run.description) : strings.about(run, learning.presetName(run.description))}
        </p>
      </div>
      ${run.isFile ? nothing : this.#progress(run)} ${this.#failure(run)} ${this.#buttons(run)}
      <p class="visually-hidden" role="status">${this.spoken}</p>
      ${run.state ? this.#details(run, run.state) : nothing}
    `;
  }

  #progress({ preparing, state, description: { kind } }: LearnRun) {
    if (preparing) {
      return html`<div class="progress">
        <span class="status">${strings.preparing[preparing.what]}</span>
        <progress aria-label=${strings.preparing[preparing.what]} max="1" .value=${preparing.share}></progress>
      </div>`;
    }
    if (!state) return nothing;
    const { position, goal, status, activity } = state;
    const doing = status === 'running' && activity ? strings.activity[activity] : '';
    return html`<div class="progress">
        <div class="row between">
          <span class="status">${strings.status[status]}${doing && html`<span class="hint">, ${doing}</span>`}</span>
          <span class="figures">${strings.step(position.step, goal)}</span>
        </div>
        <progress aria-label=${strings.progress} max=${goal} .value=${position.step}></progress>
      </div>
      <dl>
        <dt>${strings.rate}</dt>
        <dd>${strings.rates(state.imagesPerSecond, state.secondsPerStep, kind)}</dd>
        <dt>${strings.left}</dt>
        <dd>${strings.leftFor(status === 'running' ? state.secondsLeft : undefined)}</dd>
        <dt>${strings.memory}</dt>
        <dd>${strings.memoryOf(state.memoryBytes)}</dd>
        <dt>${strings.kept}</dt>
        <dd>${strings.keptAt(state.lastCheckpoint?.step)}</dd>
      </dl>`;
  }

  #failure({ failure }: LearnRun) {
    return failure ? html`<p class="warning" role="alert">${failure.message} ${failure.remedy}</p>` : nothing;
  }

  #buttons(run: LearnRun) {
    const { learning } = this.studio;
    const { status } = run.state ?? {};
    const isOn = isTraining(this.studio.state.learn);
    return html`<div class="row">
      ${
        status === 'running' || status === 'pausing'
          ? html`<button type="button" ?disabled=${status === 'pausing'} @click=${() => learning.pause()}>
              ${strings.pause}
            </button>`
          : nothing
      }
      ${
        status === 'paused' || status === 'stopped' || status === 'ready'
          ? html`<button type="button" class="primary" @click=${() => learning.resume()}>${strings.resume}</button>`
          : nothing
      }
      ${
        status === 'done' && !run.isFile
          ? html`<button type="button" title=${strings.furtherTitle(run.description.goal)} @click=${() => learning.goFurther()}>${strings.further}</button>`
          : nothing
      }
      ${
        isOn
          ? html`<button type="button" ?disabled=${status === 'stopping'} @click=${() => learning.stop()}>
              ${strings.stop}
            </button>`
          : html`<button type="button" @click=${() => learning.leave()}>${strings.close}</button>`
      }
    </div>`;
  }

  #details(run: LearnRun, state: TrainingRunState) {
    return html`
      ${this.#notices(state)}
      <label class="check">
        <input
          type="checkbox"
          .checked=${live(this.studio.state.learn.wantsLive)}
          @change=${(event: Event) => this.studio.learning.showLive((event.target as HTMLInputElement).checked)}
        />
        ${changing.live}
      </label>
      ${run.isFile ? nothing : this.#course(run, state)}
      <trifold-learn-result .studio=${this.studio}></trifold-learn-result>
    `;
  }

  /** How it has gone so far, and what can be changed. */
  #course(run: LearnRun, state: TrainingRunState) {
    return html`
      <h3>${samples.title}</h3>
      ${
        state.samples
          ? html`<p class="hint">${samples.at(state.samples.step)}</p>
              <trifold-samples .rows=${state.samples.rows}></trifold-samples>`
          : html`<p class="hint">${samples.none}</p>`
      }
      <h3>${curves.title}</h3>
      ${
        Object.keys(state.curves).length > 0
          ? html`<trifold-curves
              .kinds=${run.figureKinds}
              .curves=${state.curves}
              .figures=${state.figures}
            ></trifold-curves>`
          : html`<p class="hint">${curves.none}</p>`
      }
      <details class="fold" ${fold('learn-change')}>
        <summary>${changing.legend}</summary>
        ${this.#settings(state.settings)}
      </details>
    `;
  }

  #notices({ notices: all }: TrainingRunState) {
    if (all.length === 0) return nothing;
    return html`<div class="head">
      <h3>${notices.title}</h3>
      ${all.map(
        ({ kind, step, message }) =>
          html`<p class="warning">${notices.kinds[kind]}, ${notices.at(step)}: ${message}</p>`,
      )}
    </div>`;
  }

  #settings(settings: RunSettings) {
    const { rateFactor } = settings;
    const change = (changed: Partial<RunSettings>) => this.studio.learning.change(changed);
    return html`<div class="folded">
      ${slider({
        id: 'rate',
        label: changing.rate,
        value: Math.log2(rateFactor),
        shown: `× ${Number(rateFactor.toPrecision(2))}`,
        min: RATE.least,
        max: RATE.most,
        step: RATE.step,
        describedBy: 'about-rate',
        slid: (power) => change({ rateFactor: 2 ** power }),
      })}
      <p class="hint" id="about-rate">${changing.rateHint}</p>
      ${intervalFields(settings, change)}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-run': TrifoldLearnRun;
  }
}
