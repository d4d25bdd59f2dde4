/**
 * `<trifold-help>`: a button and a sheet with all keys of the page, which "?" opens too. It also listens for those keys, so a page has
 * them as soon as it has this element. The sheet is a native dialog: the focus goes into it, Escape closes it, and the focus goes back.
 */
import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { VIEW_STRINGS } from '../strings/view';
import { dialogs } from './dialog-style';
import { runShortcut, SHORTCUT_GROUPS, type Shortcut, type ShortcutGroup, shortcuts } from './shortcuts';
import { StudioElement } from './studio-element';
import { controls } from './theme';

const { help: strings } = VIEW_STRINGS;

@customElement('trifold-help')
export class TrifoldHelp extends StudioElement {
  @query('dialog') private readonly sheet!: HTMLDialogElement;
  @state() private isShown = false;
  readonly #table = shortcuts(() => this.toggle());
  /** The picture listens for the others. */
  readonly #ofPage = this.#table.filter(({ where }) => where === 'page');

  static override styles = [
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
        margin-bottom: 0.3rem;
        color: var(--muted);
        font-size: 0.87rem;
        font-weight: 600;
      }
      p {
        margin: 1rem 1.25rem 0;
        color: var(--muted);
        font-size: 0.9rem;
      }
      .groups {
        columns: 2;
        column-gap: 2rem;
        padding: 1rem 1.25rem 0.5rem;
      }
      section {
        break-inside: avoid;
        padding-bottom: 0.9rem;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(4rem, 1fr) fit-content(72%);
        gap: 0.3rem 0.9rem;
        align-items: baseline;
        margin: 0;
      }
      dd {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: 0.3rem 0.5rem;
        margin: 0;
      }
      dd > span {
        white-space: nowrap;
      }
      kbd {
        display: inline-block;
        min-width: 1.7em;
        padding: 0 0.4em;
        border: 1px solid var(--control-line);
        border-bottom-width: 2px;
        border-radius: 5px;
        background: var(--page);
        font: inherit;
        font-size: 0.85rem;
        text-align: center;
      }
      @media (max-width: 36rem) {
        p {
          margin-inline: 1rem;
        }
        .groups {
          columns: 1;
          padding-inline: 1rem;
        }
      }
    `,
  ];

  protected watches(): readonly unknown[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.#keyPressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#keyPressed);
  }

  /** Opens the sheet, or closes it. */
  async toggle(): Promise<void> {
    if (this.sheet.open) {
      this.sheet.close();
      return;
    }
    this.isShown = true;
    await this.updateComplete; // the focus goes to what is in the sheet when it opens
    if (!this.sheet.open) this.sheet.showModal();
  }

  protected override render() {
    return html`
      <button type="button" aria-label=${strings.buttonName} aria-haspopup="dialog" @click=${this.toggle}>
        ${strings.button}
      </button>
      <dialog
        aria-labelledby="title"
        @keydown=${this.#keyPressedInSheet}
        @click=${this.#clicked}
        @close=${this.#closed}
      >
        ${this.isShown ? this.#content() : nothing}
      </dialog>
    `;
  }

  #content() {
    return html`
      <div class="title">
        <h2 id="title">${strings.title}</h2>
        <button type="button" @click=${() => this.sheet.close()}>${strings.close}</button>
      </div>
      <p>${strings.about}</p>
      <div class="groups">${SHORTCUT_GROUPS.map((group) => this.#group(group))}</div>
    `;
  }

  #group(group: ShortcutGroup) {
    const members = this.#table.filter((shortcut) => shortcut.group === group);
    const names = [...new Set(members.map(({ name }) => name))];
    return html`<section aria-labelledby=${group}>
      <h3 id=${group}>${strings.groups[group]}</h3>
      <dl>
        ${names.map((name) => {
          const ways = members.filter((shortcut) => shortcut.name === name);
          return html`<dt>${strings.names[name]}</dt><dd>${ways.map(keyCaps)}</dd>`;
        })}
      </dl>
    </section>`;
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (!this.sheet.open) runShortcut(event, this.studio, this.#ofPage);
  };

  #keyPressedInSheet(event: KeyboardEvent): void {
    if (event.key !== '?') return;
    event.preventDefault();
    this.sheet.close();
  }

  /** The news comes late: the sheet may be open again. */
  #closed(): void {
    this.isShown = this.sheet.open;
  }

  /** Beside the sheet. */
  #clicked(event: MouseEvent): void {
    if (event.target === this.sheet) this.sheet.close();
  }
}

/** A key with its modifiers, for each key that does the same. */
function keyCaps({ keys, shown = keys, withControl, withShift }: Shortcut) {
  const modifiers = [...(withControl ? [strings.control] : []), ...(withShift ? [strings.shift] : [])];
  return shown.map((key) => {
    const caps = [...modifiers, strings.keys[key] ?? key.toUpperCase()];
    return html`<span>${caps.map((cap, at) => html`${at > 0 ? ' + ' : ''}<kbd>${cap}</kbd>`)}</span>`;
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-help': TrifoldHelp;
  }
}
