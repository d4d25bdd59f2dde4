/**
 * `<trifold-face>`: what the face is made of (one source, a mix, a walk, a place on the map), how far it is truncated, and which pose the
 * model is told; undo, redo, and a link to all of it.
 */
import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
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
import { addressWith } from '../shared/page-address';
import { folds, icons, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections, segments } from '../shared/theme';
import { FACE_STRINGS as strings } from '../strings/face';
import './trifold-map';
import './trifold-mix';
import './trifold-sources';
import './trifold-walk';

const POSES = ['frontal', 'follow', 'fixed'] as const;
const DEGREES = 180 / Math.PI;
/** How long it is said that the link was copied. */
const COPIED_MILLISECONDS = 4000;

@customElement('trifold-face')
export class TrifoldFace extends StudioElement {
  @query('#link') private readonly linkField!: HTMLInputElement | null;
  /** The link, where the page may not copy it itself. */
  @state() private link: string | undefined;
  @state() private isCopied = false;
  #copiedTimer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    controls,
    sections,
    segments,
    folds,
    inSection,
    icons,
    css`
      .segments {
        grid-auto-columns: auto;
      }
      .segments label {
        padding: 0 0.3rem;
        text-align: center;
      }
      .row > button {
        padding: 0 0.4rem;
        white-space: nowrap;
      }
      .actions {
        flex-wrap: wrap;
        gap: 0.4rem;
      }
      .row > button.icon {
        flex: none;
        width: var(--control);
      }
      .copied {
        min-height: 0;
        margin: 0;
        color: var(--muted);
        font-size: 0.87rem;
      }
      .copied:empty {
        display: none;
      }
      #link {
        width: 100%;
        min-height: var(--control);
        border: 1px solid var(--control-line);
        border-radius: var(--round);
        background: var(--surface);
        padding: 0 0.8rem;
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

  protected watches({ face, canUndo, canRedo, model }: StudioState): readonly unknown[] {
    const { mode, psi, psiCutoff, conditioning, mixLayers } = face;
    return [mode, psi, psiCutoff, conditioning, mixLayers.length, canUndo, canRedo, model?.config];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#copiedTimer);
  }

  protected override render() {
    const { face, canUndo, canRedo } = this.studio.state;
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
      <div class="row actions">
        <button type="button" class="primary" @click=${() => this.studio.newFace()}>${strings.newFace}</button>
        ${iconButton(strings.undo, UNDO, canUndo, () => this.studio.undo.undo())}
        ${iconButton(strings.redo, REDO, canRedo, () => this.studio.undo.redo())}
        ${iconButton(strings.copyLink, LINK, true, this.#copyLink)}
      </div>
      <p class="copied" role="status">${this.isCopied ? strings.copied : nothing}</p>
      ${this.link === undefined ? nothing : this.#linkToCopy(this.link)} ${this.#part(face.mode)}
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
      <details class="fold">
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

  #linkToCopy(link: string) {
    return html`
      <label for="link">${strings.copyByHand}</label>
      <input id="link" type="text" readonly .value=${link} @blur=${this.#forgetLink} />
    `;
  }

  readonly #copyLink = async (): Promise<void> => {
    const fragment = this.studio.saveForOthers();
    if (fragment === undefined) return;
    const link = addressWith(fragment, this.studio.state.model?.origin).href;
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      await this.#offerLink(link); // no permission, or no secure page
      return;
    }
    this.link = undefined;
    this.isCopied = true;
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => {
      this.isCopied = false;
    }, COPIED_MILLISECONDS);
  };

  async #offerLink(link: string): Promise<void> {
    this.link = link;
    await this.updateComplete;
    this.linkField?.select();
  }

  readonly #forgetLink = (): void => {
    this.link = undefined;
  };
}

function iconButton(label: string, icon: unknown, isPossible: boolean, act: () => void) {
  return html`<button class="icon" type="button" aria-label=${label} title=${label} ?disabled=${!isPossible} @click=${act}>
    ${icon}
  </button>`;
}

const UNDO = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 5 4 10l5 5M4.5 10H14a5 5 0 0 1 0 10h-3" /></svg>`;
const LINK = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="M10 14a4 4 0 0 0 6 .4l3-3A4.2 4.2 0 0 0 13 5.5l-1.5 1.5M14 10a4 4 0 0 0-6-.4l-3 3A4.2 4.2 0 0 0 11 18.5l1.5-1.5" />
</svg>`;
const REDO = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m15 5 5 5-5 5m4.5-5H10a5 5 0 0 0 0 10h3" /></svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-face': TrifoldFace;
  }
}
