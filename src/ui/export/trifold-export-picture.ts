/** `<trifold-export-picture>`: the present view as a PNG picture. What is shown is the file itself: it is made anew at every change. */
import { type CSSResultGroup, css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { numberField } from '../shared/form-parts';
import { EXPORT_STRINGS } from '../strings/export';
import { checkBox, ExportDialog } from './export-dialog';

const { pictureDialog: strings, dialog } = EXPORT_STRINGS;
const ROUND_SIDES = [256, 512, 1024, 2048];

@customElement('trifold-export-picture')
export class TrifoldExportPicture extends ExportDialog {
  @state() private side = 0;
  @state() private isTransparent = false;
  @state() private copying: 'copied' | 'not-copied' | undefined;

  static override styles: CSSResultGroup = [
    ExportDialog.styles,
    css`
      [aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--soft);
        color: var(--accent-strong);
      }
      .transparent {
        background: repeating-conic-gradient(#9a9a9a 0 25%, #e2e2e2 0 50%) 0 0 / 20px 20px;
      }
    `,
  ];

  protected readonly kind = 'picture';
  protected readonly heading = strings.title;

  protected override begin(): void {
    super.begin();
    this.side ||= this.modelSide;
    this.isTransparent = this.studio.state.settings.backdrop === 'transparent';
    this.#make();
  }

  protected content() {
    const { address, isTransparent } = this;
    return html`
      <div class="parts">
        <div class="shown">
          ${
            address
              ? html`<img
                  class="frame ${isTransparent ? 'transparent' : ''}"
                  src=${address}
                  alt=${strings.preview}
                />`
              : html`<div class="frame"></div>`
          }
        </div>
        <div class="settings">
          <div class="field">
            <label for="side">${dialog.size}</label>
            ${numberField({
              id: 'side',
              value: this.side,
              min: 16,
              max: 4096,
              step: 1,
              typed: (side) => {
                this.side = side;
                this.#make();
              },
            })}
          </div>
          <div class="actions">
            ${this.#sides().map(
              (
                side,
              ) => html`<button type="button" aria-pressed=${side === this.side} @click=${() => this.#resize(side)}>
                ${side}
              </button>`,
            )}
          </div>
          ${this.rendererField(() => this.#make())}
          ${checkBox(strings.transparent, isTransparent, !this.#knowsAlpha, (isChecked) => {
            this.isTransparent = isChecked;
            this.#make();
          })}
          ${this.#knowsAlpha ? nothing : html`<p class="hint">${strings.noAlpha}</p>`}
          ${this.isRunning ? html`<p class="muted" role="status">${strings.making}</p>` : this.outcome()}
          <div class="actions">
            <button
              type="button"
              class="primary"
              ?disabled=${!this.made || this.isRunning}
              @click=${this.save}
            >
              ${dialog.save}
            </button>
            <button type="button" ?disabled=${!this.made || this.isRunning} @click=${this.#copy}>${strings.copy}</button>
            <span class="muted" role="status">${this.#copyWords()}</span>
          </div>
        </div>
      </div>
    `;
  }

  #sides(): number[] {
    return [...new Set([this.modelSide, ...ROUND_SIDES])].sort((a, b) => a - b);
  }

  get #knowsAlpha(): boolean {
    return this.studio.exports.canCutOut(this.renderer);
  }

  #resize(side: number): void {
    this.side = side;
    this.#make();
  }

  async #make(): Promise<void> {
    this.copying = undefined;
    if (!this.#knowsAlpha) this.isTransparent = false;
    const { side, isTransparent, renderer } = this;
    if (await this.keep(this.studio.exports.exportPicture({ side, isTransparent, renderer }))) return;
    if (!this.isRunning) this.forget(); // the former picture is not what the settings ask for
  }

  async #copy(): Promise<void> {
    const { made } = this;
    if (!made) return;
    try {
      await navigator.clipboard.write([new ClipboardItem({ [made.blob.type]: made.blob })]);
      this.copying = 'copied';
    } catch {
      this.copying = 'not-copied';
    }
  }

  #copyWords(): string {
    return { copied: strings.copied, 'not-copied': strings.notCopied, none: '' }[this.copying ?? 'none'];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-export-picture': TrifoldExportPicture;
  }
}
