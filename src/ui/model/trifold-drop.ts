/**
 * `<trifold-drop>`: makes the whole page a place to drop a file on. Shows itself while a file is over the page, and tells with the event
 * `file-dropped` (`detail` is the file); where the page takes data to learn from, folders, zips and several files are told with `data-dropped`
 * (`detail` are their entries). People without a mouse have the button "Open file…" and those of the room Learn.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { STRINGS } from '../strings/strings';

@customElement('trifold-drop')
export class TrifoldDrop extends LitElement {
  /** Whether data to learn from are wanted, beside models. */
  @property({ type: Boolean }) takesData = false;
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
      <p>${this.takesData ? STRINGS.open.dropData : STRINGS.open.drop}</p>
      <p>${this.takesData ? STRINGS.open.dropDataHint : STRINGS.open.dropHint}</p>
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
    const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
    if (this.takesData && isData(entries)) {
      this.dispatchEvent(new CustomEvent<readonly FileSystemEntry[]>('data-dropped', { detail: entries }));
      return;
    }
    const [file] = dataTransfer.files;
    if (file) this.dispatchEvent(new CustomEvent<File>('file-dropped', { detail: file }));
  };
}

/** Whether what is dropped is data and not the file of a model: a folder, a zip, or several files. */
function isData(entries: readonly FileSystemEntry[]): boolean {
  return entries.length > 1 || entries.some(({ isDirectory, name }) => isDirectory || /\.zip$/i.test(name));
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-drop': TrifoldDrop;
  }
}
