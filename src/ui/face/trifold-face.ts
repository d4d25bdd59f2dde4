/**
 * `<trifold-face>`: what the face is made of (one source, a mix, a walk, a place on the map), how far it is truncated, and which pose the
 * model is told.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import {
  FACE_MODES,
  type FaceMode,
  type FaceRecipe,
  LARGEST_PSI,
  type PoseConditioning,
  withMode,
} from '../../studio/face/face-actions';
import type { StudioState } from '../../studio/shared/state';
import { angleField, numberField, segmentBar, slider } from '../shared/form-parts';
import { fold } from '../shared/remembered';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections, segments } from '../shared/theme';
import { FACE_STRINGS as strings } from '../strings/face';
import './trifold-map';
import './trifold-mix';
import './trifold-sources';
import './trifold-walk';

const POSES = ['frontal', 'follow', 'fixed'] as const;
const DEGREES = 180 / Math.PI;

@customElement('trifold-face')
export class TrifoldFace extends StudioElement {
  static override styles = [
    controls,
    sections,
    segments,
    folds,
    inSection,
    css`
      .segments {
        grid-auto-columns: auto;
      }
      .segments label {
        padding: 0 0.3rem;
        text-align: center;
      }
      .row > input#cutoff {
        width: 5rem;
      }
      .pose {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
      .pose input {
        width: 100%;
      }
    `,
  ];

  protected watches({ face, model }: StudioState): readonly unknown[] {
    const { mode, psi, psiCutoff, conditioning, mixLayers } = face;
    return [mode, psi, psiCutoff, conditioning, mixLayers.length, model?.config];
  }

  protected override render() {
    const { face } = this.studio.state;
    return html`
      ${segmentBar({
        label: strings.mode,
        name: 'mode',
        kinds: FACE_MODES,
        labels: strings.modes,
        chosen: face.mode,
        choose: (mode) => this.studio.changeFace(withMode(mode)),
      })}
      ${face.mode === 'map' ? nothing : html`<trifold-sources .studio=${this.studio}></trifold-sources>`}
      ${this.#part(face.mode)}
      ${slider({
        id: 'psi',
        label: strings.psi,
        value: face.psi,
        shown: face.psi.toFixed(2),
        min: 0,
        max: LARGEST_PSI,
        step: 0.01,
        describedBy: 'psi-hint',
        slid: (psi) => this.studio.setPsi(psi),
      })}
      <p id="psi-hint" class="hint">${strings.psiHint}</p>
      <details class="fold" ${fold('face-more')}>
        <summary>${strings.more}</summary>
        <div class="folded">${this.#cutoff(face)} ${this.#pose(face.conditioning)}</div>
      </details>
    `;
  }

  #part(mode: FaceMode) {
    switch (mode) {
      case 'single':
        return nothing;
      case 'mix':
        return html`<trifold-mix .studio=${this.studio}></trifold-mix>`;
      case 'walk':
        return html`<trifold-walk .studio=${this.studio}></trifold-walk>`;
      case 'map':
        return html`<trifold-map .studio=${this.studio}></trifold-map>`;
    }
  }

  #cutoff({ psiCutoff, mixLayers }: FaceRecipe) {
    const count = mixLayers.length;
    const change = (wanted: number) =>
      this.studio.changeFace((face) => ({ ...face, psiCutoff: wanted >= count ? undefined : wanted }));
    return html`
      <div class="row">
        <label for="cutoff">${strings.cutoff}</label>
        ${numberField({
          id: 'cutoff',
          value: psiCutoff ?? count,
          min: 0,
          max: count,
          step: 1,
          describedBy: 'cutoff-hint',
          typed: change,
        })}
      </div>
      <p id="cutoff-hint" class="hint">${strings.cutoffHint(count)}</p>
    `;
  }

  #pose(conditioning: PoseConditioning) {
    const isIgnored = this.studio.state.model?.config.conditioning.zeroed ?? false;
    const tell = (told: PoseConditioning) => this.studio.changeFace((face) => ({ ...face, conditioning: told }));
    return html`
      <span aria-hidden="true">${strings.pose}</span>
      ${segmentBar({
        label: strings.pose,
        name: 'pose',
        kinds: POSES,
        labels: strings.poses,
        chosen: conditioning.kind,
        choose: (kind) => tell(kind === 'fixed' ? this.#presentPose : { kind }),
      })}
      ${conditioning.kind === 'fixed' ? this.#angles(conditioning, tell) : nothing}
      ${isIgnored ? html`<p class="hint">${strings.poseIgnored}</p>` : nothing}
    `;
  }

  /** A pose that is set by hand begins with the one that is seen. */
  get #presentPose(): PoseConditioning {
    const { yaw, pitch } = this.studio.state.view;
    return { kind: 'fixed', yaw, pitch };
  }

  #angles(told: Extract<PoseConditioning, { kind: 'fixed' }>, tell: (told: PoseConditioning) => void) {
    const angle = (name: 'yaw' | 'pitch', largest: number) =>
      angleField({
        id: `pose-${name}`,
        value: Number((told[name] * DEGREES).toFixed(1)) + 0,
        min: -largest,
        max: largest,
        step: 1,
        typed: (degrees) => tell({ ...told, [name]: degrees / DEGREES }),
      });
    return html`<div class="pose">
      <label for="pose-yaw">${strings.yaw}</label>
      <label for="pose-pitch">${strings.pitch}</label>
      ${angle('yaw', 180)} ${angle('pitch', 90)}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-face': TrifoldFace;
  }
}
