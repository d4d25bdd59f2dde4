/**
 * `<trifold-inspect>`, the room Inspect: what of a face is shown, and from where: the kind of picture, the camera in numbers
 * (`<trifold-camera>`), what trades time for detail (`<trifold-quality>`), and the facts of the model (`<trifold-model>`).
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { canShow, type PictureKind, type PictureSettings } from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { picturesShown, wantsStudent } from '../../studio/view/shown';
import { slider } from '../shared/form-parts';
import { fold } from '../shared/remembered';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections, segments } from '../shared/theme';
import { VIEW_STRINGS } from '../strings/view';
import '../model/trifold-model';
import './trifold-camera';
import './trifold-quality';

const strings = VIEW_STRINGS;
const CAMERA_PICTURES = ['image', 'raw', 'depth', 'normals'] as const;
const DENSITIES = ['density-x', 'density-y', 'density-z'] as const;
const PLANES = ['plane-0', 'plane-1', 'plane-2'] as const;

@customElement('trifold-inspect')
export class TrifoldInspect extends StudioElement {
  static override styles = [
    controls,
    sections,
    segments,
    folds,
    inSection,
    css`
      .section > :not(summary) {
        padding: 0.2rem 1rem 1rem;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
      .pair .name {
        color: var(--muted);
        font-size: 0.87rem;
      }
    `,
  ];

  protected watches({ status, model, settings, student }: StudioState): readonly unknown[] {
    return [status, model, settings, student.status];
  }

  protected override render() {
    const { status, settings } = this.studio.state;
    const isBusy = status !== 'ready';
    return html`
      <fieldset ?disabled=${isBusy}>
        <legend>${strings.picture}</legend>
        ${this.#kinds(settings)} ${this.#slicePosition(settings)}
      </fieldset>
      <details class="section" ${fold('camera')}>
        <summary>${strings.camera}</summary>
        <trifold-camera .studio=${this.studio} ?inert=${isBusy}></trifold-camera>
      </details>
      <details class="section" ${fold('quality')}>
        <summary>${strings.quality.legend}</summary>
        <trifold-quality .studio=${this.studio} ?inert=${isBusy}></trifold-quality>
      </details>
      <trifold-model .studio=${this.studio}></trifold-model>
    `;
  }

  #kinds(settings: PictureSettings) {
    const hasStudent = wantsStudent(settings);
    return html`
      <div class="segments" role="radiogroup" aria-label=${strings.picture}>
        ${CAMERA_PICTURES.map((kind) => this.#kind(kind, settings))}
      </div>
      <div class="pair">
        <span class="name" id="density">${strings.density}</span>
        <span class="name" id="planes">${strings.planes}</span>
        <div class="segments" role="radiogroup" aria-labelledby="density">
          ${DENSITIES.map((kind) => this.#kind(kind, settings))}
        </div>
        <div class="segments" role="radiogroup" aria-labelledby="planes">
          ${PLANES.map((kind) => this.#kind(kind, settings))}
        </div>
      </div>
      <p class="hint">${strings.about(settings.picture)}</p>
      ${hasStudent ? html`<p class="hint">${strings.noVolume}</p>` : nothing}
    `;
  }

  #kind(kind: PictureKind, settings: PictureSettings) {
    const isRawOfStudent = kind === 'raw' && wantsStudent(settings);
    const name = isRawOfStudent ? strings.rawOfStudent : strings.pictureNames[kind];
    const isPossible = canShow(kind, settings);
    return html`<label title=${isPossible ? name : strings.noVolume}>
      <input
        type="radio"
        name="picture"
        value=${kind}
        aria-label=${name}
        ?disabled=${!isPossible}
        .checked=${live(settings.picture === kind)}
        @change=${() => this.studio.setPicture(kind)}
      />
      ${strings.pictures[kind]}
    </label>`;
  }

  #slicePosition(settings: PictureSettings) {
    const { picture, slice } = settings;
    if (!DENSITIES.some((kind) => picturesShown(picture, settings).includes(kind))) return nothing;
    return slider({
      id: 'slice',
      label: strings.slice,
      value: slice,
      shown: strings.sliceAt(slice),
      spoken: strings.sliceSpoken(slice),
      min: -1,
      max: 1,
      step: 0.01,
      slid: (position) => this.studio.changeSettings({ slice: position }),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-inspect': TrifoldInspect;
  }
}
