/** `<trifold-quality>`: rays, samples and how they are marched: what trades time for detail. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import {
  depthSampleChoices,
  importanceSamplesFor,
  neuralResolutionChoices,
  RENDER_QUALITIES,
} from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { checks } from '../shared/check-style';
import { segmentBar } from '../shared/form-parts';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections, segments } from '../shared/theme';
import { VIEW_STRINGS } from '../strings/view';

const { quality: strings } = VIEW_STRINGS;

@customElement('trifold-quality')
export class TrifoldQuality extends StudioElement {
  static override styles = [
    controls,
    sections,
    segments,
    checks,
    inSection,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
    `,
  ];

  protected watches({ model, settings }: StudioState): readonly unknown[] {
    return [model, settings];
  }

  protected override render() {
    const { model, settings } = this.studio.state;
    const { neuralResolution, depthSamples, quality, adapts } = settings;
    const config = model?.config;
    const own = config?.rendering;
    const sides = config ? neuralResolutionChoices(config, neuralResolution) : [neuralResolution];
    const counts = config ? depthSampleChoices(config, depthSamples) : [depthSamples];
    const samples = (first: number) => strings.samplesOption(first, config ? importanceSamplesFor(config, first) : 0);
    return html`
      <div class="columns">
        <label for="rays">${strings.neuralResolution}</label>
        <label for="samples">${strings.samples}</label>
        <select id="rays" @change=${(event: Event) => this.studio.setNeuralResolution(numberIn(event))}>
          ${sides.map((side) => option(side, neuralResolution, strings.resolutionOption(side)))}
        </select>
        <select id="samples" @change=${(event: Event) => this.studio.setDepthSamples(numberIn(event))}>
          ${counts.map((count) => option(count, depthSamples, samples(count)))}
        </select>
      </div>
      ${own ? html`<p class="hint">${strings.modelQuality(own.neuralResolution, samples(own.depthSamples))}</p>` : nothing}
      ${segmentBar({
        label: strings.rayQuality,
        name: 'quality',
        kinds: RENDER_QUALITIES,
        labels: strings.rayQualities,
        chosen: quality,
        choose: (kind) => this.studio.changeSettings({ quality: kind }),
      })}
      <p class="hint">${strings.rayQualityHint}</p>
      <label class="check">
        <input
          id="adapts"
          type="checkbox"
          .checked=${live(adapts)}
          @change=${(event: Event) => this.studio.changeSettings({ adapts: (event.target as HTMLInputElement).checked })}
        />
        ${strings.adapts}
      </label>
    `;
  }
}

function option(value: number, selected: number, label: string) {
  return html`<option value=${value} .selected=${live(value === selected)}>${label}</option>`;
}

function numberIn(event: Event): number {
  return Number((event.target as HTMLSelectElement).value);
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-quality': TrifoldQuality;
  }
}
