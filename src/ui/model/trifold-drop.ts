/**
 * `<trifold-drop>`: makes the whole page a place to drop a file on. Shows itself while a file is over the page, and tells with the event
 * `file-dropped` (`detail` is the file). People without a mouse have the button "Open file…".
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { STRINGS } from '../strings/strings';

@customElement('trifold-drop')
export class TrifoldDrop extends LitElement {
  @state() private isOver = false;
  #leaveTimer: ReturnType<typeof setTimeout> | undefined;

  static override styles = css`
    :host {
      position: fixed;
      inset: 0;
      z-index: 2;
      pointer-events: none;
    }
    div {
      position: absolute;
      inset: 0;
      display: grid;
      place-content: center;
      gap: 0.3rem;
      margin: 0.75rem;
      padding: 1rem;
      border: 3px dashed var(--accent);
      border-radius: 18px;
      background: color-mix(in srgb, var(--surface) 92%, transparent);
      text-align: center;
    }
    p {
      margin: 0;
    }
    p:first-child {
      font-size: 1.2rem;
      font-weight: 650;
    }
    p + p {
      color: var(--muted);
    }
  `;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('dragover', this.#over);
    addEventListener('dragleave', this.#left);
    addEventListener('drop', this.#dropped);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('dragover', this.#over);
    removeEventListener('dragleave', this.#left);
    removeEventListener('drop', this.#dropped);
    clearTimeout(this.#leaveTimer);
  }

  protected override render() {
    if (!this.isOver) return nothing;
    return html`<div role="status">
      <p>${STRINGS.open.drop}</p>
      <p>${STRINGS.open.dropHint}</p>
    </div>`;
  }

  readonly #over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    clearTimeout(this.#leaveTimer);
    this.isOver = true;
  };

  /** Going from one element to the next also counts as leaving: only when no news follow has the file left the page. */
  readonly #left = (): void => {
    clearTimeout(this.#leaveTimer);
    this.#leaveTimer = setTimeout(() => {
      this.isOver = false;
    }, 100);
  };

  readonly #dropped = (event: DragEvent): void => {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes('Files')) return;
    event.preventDefault(); // else the browser would leave the page for the file
    this.isOver = false;
    const [file] = dataTransfer.files;
    if (file) this.dispatchEvent(new CustomEvent<File>('file-dropped', { detail: file }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-drop': TrifoldDrop;
  }
}
