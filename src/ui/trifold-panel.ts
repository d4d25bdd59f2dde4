/**
 * `<trifold-panel>`: everything that can be set. Native form controls throughout: they come with their keyboard, their names and their
 * touch behaviour.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { ModelFacts } from '../studio/model/model-facts';
import {
  depthSampleChoices,
  importanceSamplesFor,
  neuralResolutionChoices,
  type PictureSettings,
  RENDER_QUALITIES,
} from '../studio/shared/settings';
import type { StudioState } from '../studio/shared/state';
import { checks } from './shared/check-style';
import { folds } from './shared/section-styles';
import { StudioElement } from './shared/studio-element';
import { controls, sections, segments } from './shared/theme';
import { STRINGS } from './strings/strings';
import './face/trifold-edit';
import './export/trifold-export';
import './face/trifold-face';
import './face/trifold-faces';
import './model/trifold-model';
import './view/trifold-renderer';
import './view/trifold-view';

const { panel } = STRINGS;

@customElement('trifold-panel')
export class TrifoldPanel extends StudioElement {
  static override styles = [
    controls,
    sections,
    segments,
    folds,
    checks,
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
      .section > :not(summary, fieldset) {
        padding: 0.2rem 1rem 1rem;
      }
      [inert] {
        opacity: 0.5;
      }
      .columns {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
    `,
  ];

  protected watches({ status, model, settings }: StudioState): readonly unknown[] {
    return [status, model, settings];
  }

  protected override render() {
    const { status, model, settings } = this.studio.state;
    const isBusy = status !== 'ready';
    return html`
      <form aria-label=${panel.label} @submit=${(event: Event) => event.preventDefault()}>
        <details class="section" open>
          <summary>${panel.face}</summary>
          <trifold-face .studio=${this.studio} ?inert=${isBusy}></trifold-face>
        </details>
        <details class="section">
          <summary>${panel.edit}</summary>
          <trifold-edit .studio=${this.studio} ?inert=${isBusy}></trifold-edit>
        </details>
        <trifold-renderer .studio=${this.studio}></trifold-renderer>
        <details class="section" open>
          <summary>${panel.view}</summary>
          <trifold-view .studio=${this.studio} ?inert=${isBusy}></trifold-view>
        </details>
        ${this.#quality(settings, model, isBusy)}
        <details class="section">
          <summary>${panel.export}</summary>
          <trifold-export .studio=${this.studio} ?inert=${isBusy}></trifold-export>
        </details>
        <details class="section">
          <summary>${panel.savedFaces}</summary>
          <trifold-faces .studio=${this.studio} ?inert=${isBusy}></trifold-faces>
        </details>
        <trifold-model .studio=${this.studio}></trifold-model>
      </form>
    `;
  }

  #quality(settings: PictureSettings, model: ModelFacts | undefined, isBusy: boolean) {
    const { neuralResolution, depthSamples, quality, adapts } = settings;
    const config = model?.config;
    const own = config?.rendering;
    const sides = config ? neuralResolutionChoices(config, neuralResolution) : [neuralResolution];
    const counts = config ? depthSampleChoices(config, depthSamples) : [depthSamples];
    const samples = (first: number) => panel.samplesOption(first, config ? importanceSamplesFor(config, first) : 0);
    return html`
      <details class="section">
        <summary>${panel.quality}</summary>
        <fieldset ?disabled=${isBusy} aria-label=${panel.quality}>
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
        <div class="segments" role="radiogroup" aria-label=${panel.rayQuality} aria-describedby="quality-hint">
          ${RENDER_QUALITIES.map(
            (kind) => html`<label>
              <input
                type="radio"
                name="quality"
                value=${kind}
                .checked=${live(quality === kind)}
                @change=${() => this.studio.changeSettings({ quality: kind })}
              />
              ${panel.rayQualities[kind]}
            </label>`,
          )}
        </div>
        <p class="hint" id="quality-hint">${panel.rayQualityHint}</p>
        <label class="check">
          <input
            id="adapts"
            type="checkbox"
            .checked=${live(adapts)}
            @change=${(event: Event) => this.studio.changeSettings({ adapts: (event.target as HTMLInputElement).checked })}
          />
          ${panel.adapts}
        </label>
        </fieldset>
      </details>
    `;
  }
}

function option(value: number, selected: number, label: string) {
  return html`<option value=${value} .selected=${live(value === selected)}>${label}</option>`;
}

function numberIn(event: Event): number {
  return Number((event.target as HTMLInputElement | HTMLSelectElement).value);
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-panel': TrifoldPanel;
  }
}
