/**
 * `<trifold-learn-data>`: what is to be learnt from. Data that work at once, or one's own; what was found in them, what is wrong with them and how to
 * mend it; some of the pictures, and where the cameras stand.
 */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { DataFacts } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { checks } from '../shared/check-style';
import { segmentBar } from '../shared/form-parts';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar, sections, segments } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';
import { openedFolder, openedZip } from './opened-files';
import './trifold-learn-cameras';

const { data: strings } = LEARN_STRINGS;

@customElement('trifold-learn-data')
export class TrifoldLearnData extends StudioElement {
  @query('#folder') private readonly folderField!: HTMLInputElement;
  @query('#zip') private readonly zipField!: HTMLInputElement;
  #thumbnails: readonly ImageBitmap[] | undefined;

  static override styles = [
    controls,
    sections,
    segments,
    checks,
    progressBar,
    inSection,
    css`
      .segments label {
        padding: 0 0.3rem;
        text-align: center;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
      }
      .buttons > button {
        flex: 1 1 auto;
      }
      .thumbnails {
        display: grid;
        grid-template-columns: repeat(6, minmax(0, 1fr));
        gap: 4px;
      }
      .thumbnails canvas {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        object-fit: contain;
        border-radius: 4px;
        background: var(--soft);
      }
      .warning {
        margin: 0;
        padding-inline-start: 0.7rem;
        border-inline-start: 3px solid var(--warning);
        color: var(--warning);
        font-size: 0.87rem;
        overflow-wrap: anywhere;
      }
      dd {
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected watches({ learn, model, status }: StudioState): readonly unknown[] {
    return [learn.data, learn.kind, model?.name, status];
  }

  protected override render() {
    const { learn } = this.studio.state;
    const { kind, data, source } = learn;
    return html`
      <fieldset>
        <legend>${strings.legend}</legend>
        ${
          kind === 'student'
            ? nothing
            : segmentBar({
                label: strings.legend,
                name: 'source',
                kinds: ['bundled', 'own'] as const,
                labels: { bundled: strings.atOnce, own: strings.yours },
                chosen: source,
                choose: (chosen) => this.studio.learning.chooseSource(chosen),
              })
        }
        ${source === 'own' && kind !== 'student' ? this.#open() : nothing}
        <p class="hint">${source === 'own' ? strings.ownAbout[kind] : strings.bundled[kind]}</p>
        ${this.#found(data)}
      </fieldset>
    `;
  }

  #open() {
    return html`<div class="buttons">
        <button type="button" @click=${() => this.folderField.click()}>${strings.folder}</button>
        <button type="button" @click=${() => this.zipField.click()}>${strings.zip}</button>
      </div>
      <input id="folder" type="file" hidden webkitdirectory @change=${this.#folderPicked} />
      <input id="zip" type="file" hidden accept=".zip" @change=${this.#zipPicked} />
      <p class="hint">${strings.stays}</p>`;
  }

  #found(data: StudioState['learn']['data']) {
    switch (data.status) {
      case 'none':
        return nothing;
      case 'reading':
        return html`<p class="hint" role="status">${strings.reading(data.name)}</p>
          <progress aria-label=${strings.progress} max="1" .value=${data.share}></progress>`;
      case 'failed':
        return html`<p class="warning" role="alert">${data.failure.message} ${data.failure.remedy}</p>`;
      case 'ready':
        return this.#facts(data.facts);
    }
  }

  #facts(facts: DataFacts) {
    const { name, form, train, heldOut, size, notes, cameras, spread, thumbnails } = facts;
    return html`
      <dl>
        <dt>${strings.name}</dt>
        <dd>${name}</dd>
        <dt>${strings.form}</dt>
        <dd>${strings.forms[form]}</dd>
        ${
          train > 0
            ? html`<dt>${strings.count}</dt>
                <dd>${strings.counts(train, heldOut)}</dd>`
            : nothing
        }
        ${
          size
            ? html`<dt>${strings.size}</dt>
                <dd>${strings.sizeOf(size.width, size.height)}</dd>`
            : nothing
        }
        ${
          spread
            ? html`<dt>${strings.cameras}</dt>
                <dd id="spread">${strings.spread(spread)}</dd>`
            : nothing
        }
      </dl>
      ${notes.map((note) => html`<p class="hint">${note}</p>`)} ${this.#fit(facts)}
      ${
        thumbnails.length > 0
          ? html`<div class="thumbnails" role="img" aria-label=${strings.thumbnails}>
              ${thumbnails.map(() => html`<canvas width="96" height="96"></canvas>`)}
            </div>`
          : nothing
      }
      ${cameras.length > 0 ? html`<trifold-learn-cameras .facts=${facts}></trifold-learn-cameras>` : nothing}
    `;
  }

  #fit({ isInBox, isFitted, reach, form }: DataFacts) {
    const isPossible = form === 'transforms' || form === 'colmap';
    if (!isPossible || (isInBox && this.studio.state.learn.source === 'bundled')) return nothing;
    return html`
      ${isInBox || isFitted ? nothing : html`<p class="warning" role="alert">${strings.outside(reach)}</p>`}
      <label class="check">
        <input
          type="checkbox"
          aria-describedby="about-fit"
          .checked=${isFitted}
          @change=${(event: Event) => this.studio.learning.fitData((event.target as HTMLInputElement).checked)}
        />
        ${strings.fit}
      </label>
      <p class="hint" id="about-fit">${strings.fitAbout}</p>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { data } = this.studio.state.learn;
    if (data.status !== 'ready') return;
    if (data.facts.thumbnails === this.#thumbnails) return;
    this.#thumbnails = data.facts.thumbnails;
    this.#drawThumbnails(data.facts.thumbnails);
  }

  #drawThumbnails(thumbnails: readonly ImageBitmap[]): void {
    const canvases = this.renderRoot.querySelectorAll<HTMLCanvasElement>('.thumbnails canvas');
    thumbnails.forEach((bitmap, index) => {
      const canvas = canvases[index];
      if (!canvas) return;
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    });
  }

  readonly #folderPicked = () => {
    const opened = openedFolder(this.folderField.files ?? []);
    if (opened) this.studio.learning.openData(opened);
    this.folderField.value = ''; // the same folder may be picked again
  };

  readonly #zipPicked = () => {
    const file = this.zipField.files?.[0];
    if (file) this.studio.learning.openData(openedZip(file));
    this.zipField.value = '';
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-data': TrifoldLearnData;
  }
}
