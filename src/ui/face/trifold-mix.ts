/**
 * `<trifold-mix>`: how a face is mixed of A and B, layer by layer (style mixing: StyleGAN section 3.1, EG3D Fig. 8). Coarse, middle and
 * fine layers have a slider each, and so has the w of the super-resolution; a crossing point and ready-made mixes set them all, and every
 * layer can be set alone.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import {
  type FaceChange,
  type FaceRecipe,
  LAYER_GROUPS,
  type LayerGroup,
  MIX_PRESETS,
  mixOfGroup,
  withCrossing,
  withMixGroup,
  withMixLayers,
  withMixPreset,
} from '../../studio/face/face-actions';
import type { StudioState } from '../../studio/shared/state';
import { slider } from '../shared/form-parts';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import './trifold-thumbnail';

const { mix: strings } = FACE_STRINGS;
const STEP = 0.01;

@customElement('trifold-mix')
export class TrifoldMix extends StudioElement {
  static override styles = [
    controls,
    sections,
    folds,
    inSection,
    css`
      .presets {
        display: grid;
        grid-template-columns: repeat(5, minmax(0, 1fr));
        gap: 0.4rem;
      }
      .presets button {
        display: grid;
        align-content: start;
        gap: 0.25rem;
        padding: 3px 2px 0.3rem;
        font-size: 0.7rem;
        font-weight: 500;
        line-height: 1.2;
        text-wrap: balance;
      }
    `,
  ];

  protected watches({ face }: StudioState): readonly unknown[] {
    const { mixLayers, mixSuperResolution, sources, psi, psiCutoff, conditioning, directions } = face;
    return [mixLayers, mixSuperResolution, sources, psi, psiCutoff, conditioning, directions];
  }

  protected override render() {
    const { face } = this.studio.state;
    const { mixLayers, mixSuperResolution } = face;
    const count = mixLayers.length;
    const crossing = crossingOf(face);
    return html`
      <div class="presets" role="group" aria-label=${strings.presetGroup}>
        ${MIX_PRESETS.map(
          (preset) => html`<button type="button" @click=${() => this.studio.changeFace(withMixPreset(preset))}>
            <trifold-thumbnail .studio=${this.studio} .face=${withMixPreset(preset)(face)}></trifold-thumbnail>
            <span>${strings.presets[preset]}</span>
          </button>`,
        )}
      </div>
      <p id="mix-hint" class="hint">${strings.hint}</p>
      ${LAYER_GROUPS.map((group) => this.#group(face, group))}
      ${this.#share('super-resolution', strings.superResolution, mixSuperResolution, (share) => (former) => ({
        ...former,
        mixSuperResolution: share,
      }))}
      ${slider({
        id: 'crossing',
        label: strings.crossing,
        value: crossing ?? Math.round(mixLayers.reduce((sum, share) => sum + 1 - share, 0)),
        shown: strings.crossingAt(crossing, count),
        min: 0,
        max: count,
        step: 1,
        slid: (layer) => this.studio.changeFace(withCrossing(layer)),
      })}
      <details class="fold">
        <summary>${strings.everyLayer}</summary>
        <div class="folded">
          ${mixLayers.map((share, layer) =>
            this.#share(`layer-${layer}`, strings.layer(layer, sideOf(layer)), share, (wanted) =>
              withMixLayers(layer, layer, wanted),
            ),
          )}
        </div>
      </details>
    `;
  }

  #group(face: FaceRecipe, group: LayerGroup) {
    const share = mixOfGroup(face, group);
    if (share === undefined) return nothing;
    return this.#share(group, strings.groups[group], share, (wanted) => withMixGroup(group, wanted));
  }

  #share(id: string, label: string, share: number, change: (share: number) => FaceChange) {
    return slider({
      id,
      label,
      value: share,
      shown: strings.share(share),
      min: 0,
      max: 1,
      step: STEP,
      describedBy: 'mix-hint',
      slid: (wanted) => this.studio.changeFace(change(wanted)),
    });
  }
}

/** The layer from which on all is B's while all before is A's, the super-resolution going with the last layer; undefined for a blend. */
function crossingOf({ mixLayers, mixSuperResolution }: FaceRecipe): number | undefined {
  const firstOfB = mixLayers.indexOf(1);
  const crossing = firstOfB < 0 ? mixLayers.length : firstOfB;
  const isClean = mixLayers.every((share, layer) => share === (layer < crossing ? 0 : 1));
  return isClean && mixSuperResolution === (firstOfB < 0 ? 0 : 1) ? crossing : undefined;
}

/** Side of the picture in a layer of the backbone: two layers each, from 4 x 4 on. */
function sideOf(layer: number): number {
  return 4 << (layer >> 1);
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-mix': TrifoldMix;
  }
}
