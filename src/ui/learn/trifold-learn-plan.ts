/** `<trifold-learn-plan>`: how much is to be learnt, and how: the size of the run, what else decides it, what it will take, and the start. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { isTraining, type LearnerKind, type RunExtras } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { checks } from '../shared/check-style';
import { numberField } from '../shared/form-parts';
import { fold } from '../shared/remembered';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';
import { intervalFields, intervalStyle } from './interval-fields';

const { plan, change } = LEARN_STRINGS;

const MOST_STEPS = 1e7;
const MOST_SEED = 2 ** 32 - 1;
/** A batch of a generator is eight. */
const LEAST_PICTURES = 8;
const MOST_PICTURES = 50_000;

@customElement('trifold-learn-plan')
export class TrifoldLearnPlan extends StudioElement {
  static override styles = [
    controls,
    sections,
    checks,
    folds,
    inSection,
    intervalStyle,
    css`
      .field {
        display: grid;
        gap: 0.2rem;
        min-width: 0;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.6rem;
      }
      select,
      input.number {
        width: 100%;
        min-width: 0;
      }
      .warning {
        margin: 0;
        padding-inline-start: 0.7rem;
        border-inline-start: 3px solid var(--warning);
        color: var(--warning);
        font-size: 0.87rem;
      }
      ul {
        margin: 0;
        padding-inline-start: 1.2rem;
        color: var(--muted);
        font-size: 0.87rem;
      }
    `,
  ];

  protected watches({ learn, status, device, model }: StudioState): readonly unknown[] {
    const { presets, preset, steps, seed, extras, intervals, lossSets, cost, problem, kind, source, data } = learn;
    const chosen = [presets, preset, steps, seed, extras, intervals, lossSets, kind, source];
    return [
      ...chosen,
      cost,
      learn.isEstimating,
      problem,
      data,
      isTraining(learn),
      status,
      device?.adapter,
      model?.config,
    ];
  }

  protected override render() {
    const { learning, state } = this.studio;
    const { kind, preset, steps, seed, intervals, cost, data, problem } = state.learn;
    const presets = state.learn.presets[kind];
    const about = presets.find(({ id }) => id === preset)?.about;
    const isPossible =
      data.status === 'ready' && state.status === 'ready' && cost?.fits !== false && presets.length > 0;
    return html`<fieldset>
      <legend>${plan.legend}</legend>
      <div class="field">
        <label for="preset">${plan.preset}</label>
        <select id="preset" aria-describedby="about-preset" @change=${this.#presetChosen}>
          ${presets.map(({ id, label }) => html`<option value=${id} .selected=${live(id === preset)}>${label}</option>`)}
        </select>
      </div>
      <p class="hint" id="about-preset">${about}</p>
      <div class="fields">
        <div class="field">
          <label for="steps">${plan.steps}</label>
          ${numberField({
            id: 'steps',
            value: steps,
            min: 1,
            max: MOST_STEPS,
            step: 100,
            typed: (typed) => learning.setSteps(typed),
          })}
        </div>
        <div class="field">
          <label for="seed">${plan.seed}</label>
          ${numberField({
            id: 'seed',
            value: seed,
            min: 0,
            max: MOST_SEED,
            step: 1,
            describedBy: 'about-seed',
            typed: (typed) => learning.setSeed(typed),
          })}
        </div>
      </div>
      <p class="hint" id="about-seed">${plan.seedHint}</p>
      ${this.#extras(kind)}
      <details class="fold" ${fold('learn-intervals')}>
        <summary>${change.before}</summary>
        <div class="folded">
          ${intervalFields(intervals, (changed) => learning.changeIntervals(changed))}
        </div>
      </details>
      ${this.#cost()}
      ${problem ? html`<p class="warning" role="alert">${problem.message} ${problem.remedy}</p>` : nothing}
      <button
        type="button"
        class="primary"
        ?disabled=${!isPossible || isTraining(state.learn) || state.learn.isEstimating}
        @click=${() => learning.start()}
      >
        ${plan.start}
      </button>
    </fieldset>`;
  }

  #extras(kind: LearnerKind) {
    const { learning, state } = this.studio;
    const { extras, lossSets, source } = state.learn;
    if (kind === 'student') {
      return html`<div class="field">
          <label for="losses">${plan.losses}</label>
          <select
            id="losses"
            aria-describedby="about-losses"
            @change=${(event: Event) => learning.changeExtras({ losses: (event.target as HTMLSelectElement).value || undefined })}
          >
            <option value="" .selected=${live(extras.losses === undefined)}>${plan.ownLosses}</option>
            ${lossSets.map(({ id, label }) => html`<option value=${id} .selected=${live(id === extras.losses)}>${label}</option>`)}
          </select>
        </div>
        <p class="hint" id="about-losses">
          ${lossSets.find(({ id }) => id === extras.losses)?.about ?? plan.lossesHint}
        </p>`;
    }
    if (kind !== 'gan') return nothing;
    return html`${
      source === 'bundled'
        ? html`<div class="field">
              <label for="pictures">${plan.pictures}</label>
              ${numberField({
                id: 'pictures',
                value: extras.pictures,
                min: LEAST_PICTURES,
                max: MOST_PICTURES,
                step: 64,
                typed: (typed) =>
                  learning.changeExtras({
                    pictures: Math.min(MOST_PICTURES, Math.max(LEAST_PICTURES, Math.round(typed))),
                  }),
              })}
            </div>`
        : nothing
    }
      <label class="check">
        <input
          type="checkbox"
          .checked=${live(extras.isMirrored)}
          @change=${(event: Event) => learning.changeExtras({ isMirrored: (event.target as HTMLInputElement).checked })}
        />
        ${plan.mirrored}
      </label>
      <div class="field">
        <label for="augmentation">${plan.augmentation}</label>
        <select
          id="augmentation"
          aria-describedby="about-augmentation"
          @change=${(event: Event) => learning.changeExtras({ augmentation: (event.target as HTMLSelectElement).value as RunExtras['augmentation'] })}
        >
          ${Object.entries(plan.augmentations).map(([set, label]) => html`<option value=${set} .selected=${live(set === extras.augmentation)}>${label}</option>`)}
        </select>
      </div>
      <p class="hint" id="about-augmentation">${plan.augmentationHint}</p>
      ${this.#transfer()}`;
  }

  #transfer() {
    const { learning, state } = this.studio;
    const { extras, presets, preset } = state.learn;
    const side = presets.gan.find(({ id }) => id === preset)?.side ?? 0;
    const isPossible = state.model?.config.imageResolution === side;
    return html`<label class="check">
        <input
          type="checkbox"
          aria-describedby="about-transfer"
          .checked=${live(extras.isTransfer)}
          ?disabled=${!isPossible}
          @change=${(event: Event) => learning.changeExtras({ isTransfer: (event.target as HTMLInputElement).checked })}
        />
        ${plan.transfer}
      </label>
      <p class="hint" id="about-transfer">${isPossible ? nothing : plan.noTransfer(side)}</p>`;
  }

  #estimate() {
    const { data, isEstimating } = this.studio.state.learn;
    return html`<button
        type="button"
        ?disabled=${isEstimating || data.status !== 'ready'}
        @click=${() => this.studio.learning.estimate()}
      >
        ${plan.estimate}
      </button>
      <p class="hint" role="status">${isEstimating ? plan.estimating : ''}</p>`;
  }

  #cost() {
    const { learn, device } = this.studio.state;
    const { cost, steps } = learn;
    if (!cost) return nothing;
    return html`
      <ul aria-label=${plan.cost}>
        <li>${cost.bytes === undefined ? plan.memoryUnknown : plan.memory(cost.bytes)}</li>
        <li>${cost.secondsPerStep === undefined ? plan.timeUnknown : plan.time(cost.secondsPerStep * steps)}</li>
        ${device?.adapter.isSoftware ? html`<li>${plan.software}</li>` : nothing}
      </ul>
      ${cost.secondsPerStep === undefined && cost.fits ? this.#estimate() : nothing}
      ${cost.fits ? nothing : html`<p class="warning" role="alert">${plan.tooMuch}</p>`}
    `;
  }

  readonly #presetChosen = (event: Event) => {
    this.studio.learning.setPreset((event.target as HTMLSelectElement).value);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-plan': TrifoldLearnPlan;
  }
}
