/** `<trifold-samples>`: pictures that a run draws now and then, in rows of which each is of one kind, one below the other: reals and fakes, held-out views and what was learnt. */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SampleRow } from '../../studio/learn/learn-state';
import { LEARN_STRINGS } from '../strings/learn';
import { pixelsOf } from './learnt-picture';

const { samples: strings } = LEARN_STRINGS;

@customElement('trifold-samples')
export class TrifoldSamples extends LitElement {
  @property({ attribute: false }) rows: readonly SampleRow[] = [];

  static override styles = css`
    :host {
      display: grid;
      gap: 0.4rem;
      min-width: 0;
    }
    figure {
      display: grid;
      gap: 0.15rem;
      min-width: 0;
      margin: 0;
    }
    figcaption {
      color: var(--muted);
      font-size: 0.82rem;
    }
    .pictures {
      display: grid;
      grid-template-columns: repeat(var(--columns, 4), minmax(0, 1fr));
      gap: 4px;
    }
    canvas {
      display: block;
      width: 100%;
      border-radius: 4px;
      background: var(--soft);
    }
  `;

  protected override render() {
    return html`${this.rows.map(
      ({ label, pictures }) => html`<figure>
        <figcaption>${label}</figcaption>
        <div class="pictures">
          ${pictures.map(
            ({ width, height }, index) => html`<canvas
              width=${width}
              height=${height}
              role="img"
              aria-label=${strings.picture(label, index, pictures.length)}
            ></canvas>`,
          )}
        </div>
      </figure>`,
    )}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const most = Math.max(1, ...this.rows.map(({ pictures }) => pictures.length));
    this.style.setProperty('--columns', String(Math.min(MOST_COLUMNS, most)));
    const canvases = this.renderRoot.querySelectorAll('canvas');
    this.rows
      .flatMap(({ pictures }) => pictures)
      .forEach((picture, index) => {
        const image = new ImageData(pixelsOf(picture), picture.width, picture.height);
        canvases[index]!.getContext('2d')!.putImageData(image, 0, 0);
      });
  }
}

const MOST_COLUMNS = 6;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-samples': TrifoldSamples;
  }
}
