/**
 * `<trifold-export>`: the Export room: the present view as a picture in one step, and dialogs for pictures as one wants them, videos and meshes.
 * It also collects the views of a camera path.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { VIDEO_LIMITS } from '../../studio/export/video-plan';
import type { StudioState } from '../../studio/shared/state';
import { saveBlob } from '../shared/save-file';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { EXPORT_STRINGS as strings } from '../strings/export';
import './trifold-export-mesh';
import './trifold-export-picture';
import './trifold-export-video';

@customElement('trifold-export')
export class TrifoldExport extends StudioElement {
  /** Whether the picture of the room, and not one of a dialog, is being made or was made last. */
  #isOwn = false;

  static override styles = [
    controls,
    sections,
    inSection,
    css`
      section {
        display: grid;
        gap: 0.5rem;
        padding-block-end: 1rem;
        border-block-end: 1px solid var(--line);
      }
      h2 {
        margin: 0;
        font-size: 1rem;
      }
      .row {
        flex-wrap: wrap;
      }
      .row > button {
        flex: 1 1 auto;
        padding: 0 0.6rem;
      }
      .views {
        display: grid;
        gap: 0.2rem;
      }
      .warning {
        margin: 0;
        color: var(--warning);
        font-size: 0.87rem;
      }
    `,
  ];

  protected watches(state: StudioState): readonly unknown[] {
    return [state.status, state.model, state.pathViews, state.export];
  }

  protected override render() {
    const { studio } = this;
    const { model } = studio.state;
    return html`
      <section aria-labelledby="picture">
        <h2 id="picture">${strings.picture}</h2>
        <p class="hint" role="status">
          ${this.#isMaking ? strings.pictureDialog.making : strings.pictureAbout(model?.config.imageResolution ?? 0)}
        </p>
        <div class="row">
          <button type="button" class="primary" ?disabled=${this.#isMaking} @click=${this.#savePicture}>
            ${strings.savePicture}
          </button>
          <button type="button" aria-haspopup="dialog" @click=${() => this.#open('trifold-export-picture')}>
            ${strings.pictureOptions}
          </button>
        </div>
        ${this.#problem()}
      </section>
      <section aria-labelledby="video">
        <h2 id="video">${strings.video}</h2>
        <p class="hint">${strings.videoAbout}</p>
        <div class="row">
          <button type="button" aria-haspopup="dialog" @click=${() => this.#open('trifold-export-video')}>
            ${strings.openVideo}
          </button>
        </div>
        ${this.#path()}
      </section>
      <section aria-labelledby="mesh">
        <h2 id="mesh">${strings.mesh}</h2>
        <p class="hint">${strings.meshAbout}</p>
        <div class="row">
          <button type="button" aria-haspopup="dialog" @click=${() => this.#open('trifold-export-mesh')}>
            ${strings.openMesh}
          </button>
        </div>
      </section>
      <p class="hint">${strings.hint}</p>
      <trifold-export-picture .studio=${studio}></trifold-export-picture>
      <trifold-export-video .studio=${studio}></trifold-export-video>
      <trifold-export-mesh .studio=${studio}></trifold-export-mesh>
    `;
  }

  #path() {
    const { exports, state } = this.studio;
    const { pathViews } = state;
    return html`<div class="views">
      <div class="row between">
        <span>${strings.path}</span>
        <span class="figures" role="status">${strings.pathViews(pathViews.length)}</span>
      </div>
      <div class="row">
        <button
          type="button"
          ?disabled=${pathViews.length >= VIDEO_LIMITS.keys.most}
          @click=${() => exports.addPathView()}
        >
          ${strings.addView}
        </button>
        <button
          type="button"
          aria-label=${strings.clearViewsNamed}
          ?disabled=${pathViews.length === 0}
          @click=${() => exports.clearPathViews()}
        >
          ${strings.clearViews}
        </button>
      </div>
    </div>`;
  }

  get #isMaking(): boolean {
    return this.#isOwn && this.studio.state.export?.status === 'running';
  }

  #problem() {
    const { export: job } = this.studio.state;
    if (!this.#isOwn || job?.status !== 'failed') return nothing;
    return html`<p class="warning" role="alert">${job.failure?.message} ${job.failure?.remedy}</p>`;
  }

  readonly #savePicture = async (): Promise<void> => {
    const { exports, state } = this.studio;
    const renderer = exports.rendererShown;
    const isTransparent = state.settings.backdrop === 'transparent' && exports.canCutOut(renderer);
    this.#isOwn = true;
    const side = state.model!.config.imageResolution;
    const made = await exports.exportPicture({ side, isTransparent, renderer });
    if (made) saveBlob(made.name, made.blob);
  };

  #open(name: 'trifold-export-picture' | 'trifold-export-video' | 'trifold-export-mesh'): void {
    this.#isOwn = false;
    this.renderRoot.querySelector(name)!.show();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-export': TrifoldExport;
  }
}
