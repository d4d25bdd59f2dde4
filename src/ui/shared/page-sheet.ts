/**
 * Base of the sheets that tell something about the page: a native dialog with a title. The focus goes into it, Escape, "Close" and a press
 * beside it close it, and the focus goes back.
 */
import { type CSSResultGroup, css, html, nothing } from 'lit';
import { query, state } from 'lit/decorators.js';
import { closeBeside, dialogs } from './dialog-style';
import { StudioElement } from './studio-element';
import { controls } from './theme';

export abstract class PageSheet extends StudioElement {
  @query('dialog') private readonly window!: HTMLDialogElement;
  @state() private isShown = false;

  static override styles: CSSResultGroup = [
    controls,
    dialogs,
    css`
      dialog {
        --dialog-width: 46rem;
      }
      h2,
      h3 {
        margin: 0;
        font-size: 1.05rem;
      }
      h3 {
        margin-block-end: 0.35rem;
        color: var(--muted);
        font-size: 0.87rem;
        font-weight: 600;
      }
      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.1rem;
        padding: 1rem 1.25rem 1.25rem;
      }
      p {
        margin: 0;
      }
      @media (max-width: 36rem) {
        .content {
          padding-inline: 1rem;
        }
      }
    `,
  ];

  protected abstract readonly heading: string;
  protected abstract readonly closeWord: string;
  protected abstract content(): unknown;

  protected watches(): readonly unknown[] {
    return [];
  }

  /** Opens the sheet, or closes it. */
  async toggle(): Promise<void> {
    await this.updateComplete;
    if (this.window.open) {
      this.window.close();
      return;
    }
    this.isShown = true;
    await this.updateComplete; // the focus goes to what is in the sheet when it opens
    if (!this.window.open) this.window.showModal();
  }

  protected override render() {
    return html`<dialog
      aria-labelledby="title"
      @keydown=${this.keyPressed}
      @click=${closeBeside}
      @close=${this.#closed}
    >
      ${
        this.isShown
          ? html`<div class="title">
                <h2 id="title">${this.heading}</h2>
                <button type="button" @click=${() => this.window.close()}>${this.closeWord}</button>
              </div>
              <div class="content">${this.content()}</div>`
          : nothing
      }
    </dialog>`;
  }

  protected keyPressed(_event: KeyboardEvent): void {}

  protected close(): void {
    this.window.close();
  }

  /** The news comes late: the sheet may be open again. */
  #closed(): void {
    this.isShown = this.window.open;
  }
}
