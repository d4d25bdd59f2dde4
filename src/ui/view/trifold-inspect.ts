/**
 * `<trifold-inspect>`: what of a face is shown, and from where: the kind of picture, another kind to compare it with, and the camera in
 * numbers (`<trifold-camera>`).
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import {
  type Against,
  canShow,
  PICTURE_KINDS,
  type PictureKind,
  type PictureSettings,
} from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { picturesShown, wantsStudent } from '../../studio/view/shown';
import { checks } from '../shared/check-style';
import { slider } from '../shared/form-parts';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections, segments } from '../shared/theme';
import { VIEW_STRINGS } from '../strings/view';
import './trifold-camera';
import './trifold-quality';
import '../model/trifold-model';

const strings = VIEW_STRINGS;
const CAMERA_PICTURES = ['image', 'raw', 'depth', 'normals'] as const;
const DENSITIES = ['density-x', 'density-y', 'density-z'] as const;
const PLANES = ['plane-0', 'plane-1', 'plane-2'] as const;
const AXIS_NAMES = 'xyz';

@customElement('trifold-inspect')
export class TrifoldInspect extends StudioElement {
  static override styles = [
    controls,
    sections,
    segments,
    folds,
    inSection,
    checks,
    css`
      .pair {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
      .pair .name {
        color: var(--muted);
        font-size: 0.87rem;
      }
      .against {
        display: grid;
        gap: 0.2rem;
      }
      select {
        width: 100%;
      }
      .row > button {
        flex: none;
      }
    `,
  ];

  protected watches({ model, settings, student }: StudioState): readonly unknown[] {
    return [model, settings, student.status];
  }

  protected override render() {
    const { settings } = this.studio.state;
    return html`
      ${this.#kinds(settings)} ${this.#slicePosition(settings)} ${this.#against(settings)}
      <details class="fold">
        <summary>${strings.camera}</summary>
        <trifold-camera .studio=${this.studio}></trifold-camera>
      </details>
      <details class="fold">
        <summary>${strings.quality.legend}</summary>
        <trifold-quality .studio=${this.studio}></trifold-quality>
      </details>
      <trifold-model .studio=${this.studio}></trifold-model>
      <div class="row">
        <label class="check">
          <input
            id="auto-rotate"
            type="checkbox"
            .checked=${live(settings.autoRotate)}
            @change=${(event: Event) => this.studio.changeSettings({ autoRotate: (event.target as HTMLInputElement).checked })}
          />
          ${strings.autoRotate}
        </label>
        <button type="button" @click=${() => this.studio.resetCamera()}>${strings.reset}</button>
      </div>
    `;
  }

  #kinds(settings: PictureSettings) {
    const axes = this.studio.state.model?.config.rendering.planeAxes ?? [];
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
      ${hasStudent ? html`<p class="hint">${strings.noVolume}</p>` : nothing}
      ${
        PLANES.some((kind) => picturesShown(settings.picture, settings).includes(kind))
          ? html`<p class="hint">${strings.planesHint(axes.map((pair) => pair.map((axis) => AXIS_NAMES[axis]).join('')))}</p>`
          : nothing
      }
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

  /** One choice for two settings: what to compare with, and whether to compare at all. */
  #against(settings: PictureSettings) {
    const { layout, against, picture } = settings;
    const chosen = layout === 'single' ? '' : against;
    const hasStudent = this.studio.state.student.status !== 'none';
    const canCompare = canShow(picture, { ...settings, layout: 'wipe', against: 'convolutional' });
    return html`
      <label class="against">
        ${strings.against}
        <select id="against" @change=${(event: Event) => this.#compareWith((event.target as HTMLSelectElement).value)}>
          ${option('', chosen, strings.nothing)}
          ${option('convolutional', chosen, strings.convolutional, !hasStudent || !canCompare)}
          ${PICTURE_KINDS.map((kind) => option(kind, chosen, strings.pictureNames[kind], kind === picture))}
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
}

function option(value: string, chosen: string, label: string, isDisabled = false) {
  return html`<option value=${value} ?disabled=${isDisabled} .selected=${live(value === chosen)}>${label}</option>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-inspect': TrifoldInspect;
  }
}
