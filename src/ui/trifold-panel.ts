/**
 * `<trifold-panel>`: everything that can be set. Native form controls throughout: they come with their keyboard, their names and their
 * touch behaviour.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { ModelFacts } from '../studio/model-facts';
import {
  canShow,
  depthSampleChoices,
  importanceSamplesFor,
  neuralResolutionChoices,
  PICTURE_KINDS,
  type PictureSettings,
} from '../studio/settings';
import { wantsStudent } from '../studio/shown';
import type { StudioState } from '../studio/state';
import { STRINGS } from './strings';
import { StudioElement } from './studio-element';
import { controls, sections, segments } from './theme';
import './trifold-model';
import './trifold-renderer';

const { panel, viewport } = STRINGS;

@customElement('trifold-panel')
export class TrifoldPanel extends StudioElement {
  static override styles = [
    controls,
    sections,
    segments,
    css`
      form {
        display: grid;
        gap: 0.75rem;
      }
      @media (min-width: 40rem) and (max-width: 52rem) {
        form {
          display: block;
          columns: 2;
          column-gap: 0.75rem;
        }
        form > * {
          break-inside: avoid;
        }
        form > * + * {
          margin-top: 0.75rem;
        }
        trifold-model {
          display: block;
          column-span: all;
        }
      }
      .columns {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
    `,
  ];

  protected slice({ status, model, settings, previousSeeds, view }: StudioState): readonly unknown[] {
    return [status, model, settings, previousSeeds, degrees(view.yaw), degrees(view.pitch)];
  }

  protected override render() {
    const { status, model, settings, view } = this.studio.state;
    const isBusy = status !== 'ready';
    return html`
      <form aria-label=${panel.label} @submit=${(event: Event) => event.preventDefault()}>
        ${this.#face(settings, isBusy)}
        <trifold-renderer .studio=${this.studio}></trifold-renderer>
        ${this.#picture(settings, isBusy)} ${this.#quality(settings, model, isBusy)}
        <fieldset ?disabled=${isBusy}>
          <legend>${panel.view}</legend>
          <div class="row between">
            <span class="figures">${viewport.angles(degrees(view.yaw), degrees(view.pitch))}</span>
            <button type="button" @click=${() => this.studio.resetCamera()}>${viewport.reset}</button>
          </div>
          <dl>
            ${viewport.helpLines.map(([what, how]) => html`<dt>${what}</dt><dd>${how}</dd>`)}
          </dl>
        </fieldset>
        <trifold-model .studio=${this.studio}></trifold-model>
      </form>
    `;
  }

  #face({ seed, psi }: PictureSettings, isBusy: boolean) {
    const { previousSeeds } = this.studio.state;
    return html`
      <fieldset ?disabled=${isBusy}>
        <legend>${panel.face}</legend>
        <div class="row">
          <label for="seed">${panel.seed}</label>
          <input
            id="seed"
            type="number"
            inputmode="numeric"
            min="0"
            max="4294967295"
            step="1"
            .value=${live(String(seed))}
            @change=${this.#seedTyped}
          />
        </div>
        <div class="row">
          <button type="button" class="primary" @click=${() => this.studio.newFace()}>${panel.newFace}</button>
          <button
            type="button"
            aria-label=${panel.previousFace}
            ?disabled=${previousSeeds.length === 0}
            @click=${() => this.studio.previousFace()}
          >
            ${panel.previous}
          </button>
        </div>
        <div class="row between">
          <label for="psi">${panel.psi}</label>
          <output for="psi">${psi.toFixed(2)}</output>
        </div>
        <input
          id="psi"
          type="range"
          min="0"
          max="1"
          step="0.01"
          aria-describedby="psi-hint"
          .value=${live(String(psi))}
          @input=${(event: Event) => this.studio.setPsi(numberIn(event))}
        />
        <p id="psi-hint" class="hint">${panel.psiHint}</p>
      </fieldset>
    `;
  }

  #picture(settings: PictureSettings, isBusy: boolean) {
    const names = wantsStudent(settings) ? { ...panel.pictureNames, raw: panel.rawOfStudent } : panel.pictureNames;
    return html`
      <fieldset ?disabled=${isBusy}>
        <legend>${panel.picture}</legend>
        <div class="segments">
          ${PICTURE_KINDS.map((kind) => {
            const isPossible = canShow(kind, settings);
            return html`
              <label title=${isPossible ? names[kind] : panel.noDepth}>
                <input
                  type="radio"
                  name="picture"
                  value=${kind}
                  aria-label=${names[kind]}
                  ?disabled=${!isPossible}
                  .checked=${live(settings.picture === kind)}
                  @change=${() => this.studio.setPicture(kind)}
                />
                ${panel.pictures[kind]}
              </label>
            `;
          })}
        </div>
      </fieldset>
    `;
  }

  #quality({ neuralResolution, depthSamples }: PictureSettings, model: ModelFacts | undefined, isBusy: boolean) {
    const config = model?.config;
    const own = config?.rendering;
    const sides = config ? neuralResolutionChoices(config, neuralResolution) : [neuralResolution];
    const counts = config ? depthSampleChoices(config, depthSamples) : [depthSamples];
    const samples = (first: number) => panel.samplesOption(first, config ? importanceSamplesFor(config, first) : 0);
    return html`
      <fieldset ?disabled=${isBusy}>
        <legend>${panel.quality}</legend>
        <div class="columns">
          <label for="rays">${panel.neuralResolution}</label>
          <label for="samples">${panel.samples}</label>
          <select id="rays" @change=${(event: Event) => this.studio.setNeuralResolution(numberIn(event))}>
            ${sides.map((side) => option(side, neuralResolution, panel.resolutionOption(side)))}
          </select>
          <select id="samples" @change=${(event: Event) => this.studio.setDepthSamples(numberIn(event))}>
            ${counts.map((count) => option(count, depthSamples, samples(count)))}
          </select>
        </div>
        ${own ? html`<p class="hint">${panel.modelQuality(own.neuralResolution, samples(own.depthSamples))}</p>` : nothing}
      </fieldset>
    `;
  }

  #seedTyped(event: Event): void {
    const field = event.target as HTMLInputElement;
    const seed = field.valueAsNumber;
    if (Number.isFinite(seed)) this.studio.setSeed(seed);
    field.value = String(this.studio.state.settings.seed);
  }
}

function option(value: number, selected: number, label: string) {
  return html`<option value=${value} .selected=${live(value === selected)}>${label}</option>`;
}

function numberIn(event: Event): number {
  return Number((event.target as HTMLInputElement | HTMLSelectElement).value);
}

function degrees(radians: number): number {
  return Math.round((radians * 180) / Math.PI) + 0; // -0 becomes 0
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-panel': TrifoldPanel;
  }
}
