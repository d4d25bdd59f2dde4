/** `<trifold-export>`: "Take it with you": opens the dialogs that make pictures, videos and meshes, and collects the views of a camera path. */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { VIDEO_LIMITS } from '../../studio/export/video-plan';
import type { StudioState } from '../../studio/shared/state';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { EXPORT_STRINGS as strings } from '../strings/export';
import './trifold-export-mesh';
import './trifold-export-picture';
import './trifold-export-video';

@customElement('trifold-export')
export class TrifoldExport extends StudioElement {
  static override styles = [
    controls,
    sections,
    inSection,
    css`
      .row > button {
        padding: 0 0.4rem;
      }
      .views {
        display: grid;
        gap: 0.2rem;
      }
    `,
  ];

  protected watches({ status, pathViews }: StudioState): readonly unknown[] {
    return [status, pathViews];
  }

  protected override render() {
    const { studio } = this;
    const { pathViews } = studio.state;
    return html`
      <div class="row">
        <button type="button" aria-haspopup="dialog" @click=${() => this.#open('trifold-export-picture')}>
          ${strings.picture}
        </button>
        <button type="button" aria-haspopup="dialog" @click=${() => this.#open('trifold-export-video')}>
          ${strings.video}
        </button>
        <button type="button" aria-haspopup="dialog" @click=${() => this.#open('trifold-export-mesh')}>
          ${strings.mesh}
        </button>
      </div>
      <div class="views">
        <div class="row between">
          <span>${strings.path}</span>
          <span class="figures" role="status">${strings.pathViews(pathViews.length)}</span>
        </div>
        <div class="row">
          <button
            type="button"
            ?disabled=${pathViews.length >= VIDEO_LIMITS.keys.most}
            @click=${() => studio.exports.addPathView()}
          >
            ${strings.addView}
          </button>
          <button
            type="button"
            aria-label=${strings.clearViewsNamed}
            ?disabled=${pathViews.length === 0}
            @click=${() => studio.exports.clearPathViews()}
          >
            ${strings.clearViews}
          </button>
        </div>
      </div>
      <p class="hint">${strings.hint}</p>
      <trifold-export-picture .studio=${studio}></trifold-export-picture>
      <trifold-export-video .studio=${studio}></trifold-export-video>
      <trifold-export-mesh .studio=${studio}></trifold-export-mesh>
    `;
  }

  #open(name: 'trifold-export-picture' | 'trifold-export-video' | 'trifold-export-mesh'): void {
    this.renderRoot.querySelector(name)!.show();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-export': TrifoldExport;
  }
}
