/**
 * `<trifold-strip>`: the consistency strip in a window of its own: one head at eleven yaws from both renderers, their difference, and the
 * figures over the yaw. Made view by view while one looks on.
 */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import { stripCsv, unseenYaws } from '../../studio/compare/consistency';
import type { StripState, StudioState } from '../../studio/shared/state';
import { saveCsv, savePng } from '../shared/save-file';
import { StudioDialog } from '../shared/studio-dialog';
import { COMPARE_STRINGS } from '../strings/compare';
import { FACE_STRINGS } from '../strings/face';
import { curveChart, PAGE } from './charts';
import { drawStrip, paintPicture, psnrCurve, ROWS, ssimCurve, viewPictures, yawText } from './strip-picture';

const { strip: strings, dialog } = COMPARE_STRINGS;

@customElement('trifold-strip')
export class TrifoldStrip extends StudioDialog {
  /** What each canvas shows, so that it is painted once. */
  readonly #painted = new WeakMap<HTMLCanvasElement, Float32Array>();

  static override styles: CSSResultGroup = [
    StudioDialog.styles,
    css`
      .scroller {
        overflow-x: auto;
        padding-bottom: 0.25rem;
      }
      .pictures {
        display: grid;
        grid-template-columns: max-content repeat(var(--views), minmax(4.5rem, 1fr));
        gap: 3px;
        align-items: center;
        font-size: 0.8rem;
      }
      .row {
        position: sticky;
        left: 0;
        z-index: 1;
        align-self: stretch;
        display: grid;
        align-content: center;
        padding-right: 0.6rem;
        background: var(--surface);
        font-weight: 600;
      }
      .yaw {
        color: var(--muted);
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      canvas,
      .empty {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        border-radius: 4px;
        background: var(--soft);
      }
      .plots {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
        gap: 1rem 2rem;
      }
      summary {
        min-height: var(--control);
        line-height: var(--control);
        font-weight: 600;
        cursor: pointer;
      }
    `,
  ];

  protected readonly heading = strings.title;

  protected watches({ strip, face, student, model }: StudioState): readonly unknown[] {
    return [strip, face, student, model];
  }

  protected begin(): void {
    const { strip } = this.studio.state;
    if (!strip || this.#isOfAnotherFace(strip) || strip.status !== 'done') this.studio.comparisons.makeStrip();
  }

  protected stop(): void {
    if (this.studio.state.strip?.status === 'running') this.studio.comparisons.stopStrip();
  }

  protected override content() {
    const { strip } = this.studio.state;
    const isOther = strip !== undefined && this.#isOfAnotherFace(strip);
    const isEmpty = !strip || strip.views.length === 0;
    const isRunning = strip?.status === 'running';
    return html`
      <p class="muted">${strings.about}</p>
      ${this.warning()} ${strip ? this.#unseen(strip) : nothing}
      ${strip ? html`<p>${strings.face(FACE_STRINGS.describe(strip.face), strip.face.psi)} ${isOther ? strings.anotherFace : nothing}</p>` : nothing}
      ${this.progress(strip, strings.progress)} ${strip ? this.#pictures(strip) : nothing}
      ${isEmpty ? nothing : this.#figures(strip)}
      <div class="actions">
        <button
          type="button"
          class=${isOther ? 'primary' : ''}
          ?disabled=${isRunning || !this.isStudentReady}
          @click=${() => this.studio.comparisons.makeStrip()}
        >
          ${strings.again}
        </button>
        <button type="button" ?disabled=${isEmpty || isRunning} @click=${this.#saveCsv}>${dialog.csv}</button>
        <button type="button" ?disabled=${isEmpty || isRunning} @click=${this.#savePng}>${dialog.png}</button>
      </div>
    `;
  }

  /** Figures of cameras that the student never saw say how far it guesses, and not how well it has learnt. */
  #unseen({ yaws }: StripState) {
    const { model, student } = this.studio.state;
    if (!model || student.status !== 'ready') return nothing;
    const unseen = unseenYaws(yaws, model.config.camera, student.facts);
    return unseen.length > 0 ? html`<p class="warning">${strings.unseen(unseen.map(yawText))}</p>` : nothing;
  }

  #pictures({ yaws, views }: StripState) {
    return html`<div class="scroller" role="region" tabindex="0" aria-label=${strings.pictures}>
      <div class="pictures">
        <span class="row">${strings.yaw}</span>
        ${yaws.map((yaw) => html`<span class="yaw">${yawText(yaw)}</span>`)}
        ${ROWS.map(
          (row) => html`
            <span class="row">${strings.rows[row]}</span>
            ${yaws.map((_, index) =>
              views[index]
                ? html`<canvas data-row=${row} data-view=${index} aria-hidden="true"></canvas>`
                : html`<span class="empty"></span>`,
            )}
          `,
        )}
      </div>
    </div>`;
  }

  #figures(strip: StripState) {
    return html`
      <div class="plots">${curveChart(psnrCurve(strip), PAGE)} ${curveChart(ssimCurve(strip), PAGE)}</div>
      <details>
        <summary>${strings.table}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">${strings.yaw}</th>
              <th scope="col">${strings.psnrAxis}</th>
              <th scope="col">${strings.ssimAxis}</th>
            </tr>
          </thead>
          <tbody>
            ${strip.views.map(
              ({ yaw, psnr, ssim }) => html`<tr>
                <th scope="row">${yawText(yaw)}</th>
                <td>${strings.psnr(psnr)}</td>
                <td>${strings.ssim(ssim)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </details>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { strip } = this.studio.state;
    const grid = this.renderRoot.querySelector<HTMLElement>('.pictures');
    if (!strip || !grid) return;
    grid.style.setProperty('--views', String(strip.yaws.length));
    for (const canvas of grid.querySelectorAll('canvas')) {
      const view = strip.views[Number(canvas.dataset.view)];
      if (!view || this.#painted.get(canvas) === view.convolutional) continue;
      this.#painted.set(canvas, view.convolutional);
      const row = ROWS.find((name) => name === canvas.dataset.row)!;
      paintPicture(canvas, viewPictures(view)[row]());
    }
  }

  #isOfAnotherFace({ face }: StripState): boolean {
    return face !== this.studio.state.face;
  }

  #saveCsv(): void {
    const { strip } = this.studio.state;
    if (strip) saveCsv(`${strings.fileName(FACE_STRINGS.describe(strip.face))}.csv`, stripCsv(strip));
  }

  async #savePng(): Promise<void> {
    const { strip } = this.studio.state;
    if (strip) await savePng(`${strings.fileName(FACE_STRINGS.describe(strip.face))}.png`, await drawStrip(strip));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-strip': TrifoldStrip;
  }
}
