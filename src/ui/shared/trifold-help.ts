/**
 * `<trifold-help>`: the buttons of the two sheets that tell about the page, help and "About", which are fetched when they are first opened. It
 * also listens for the keys of the page, so a page has them as soon as it has this element; "?" opens the help, too.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { STAGE_STRINGS } from '../strings/stage';
import type { PageSheet } from './page-sheet';
import { icons } from './section-styles';
import { runShortcut, shortcuts } from './shortcuts';
import { StudioElement } from './studio-element';
import { controls } from './theme';

const { help: strings } = STAGE_STRINGS;

type Sheet = 'help' | 'about';
const FETCH: Readonly<Record<Sheet, () => Promise<unknown>>> = {
  help: () => import('./trifold-help-sheet'),
  about: () => import('./trifold-about'),
};

@customElement('trifold-help')
export class TrifoldHelp extends StudioElement {
  @state() private fetched: ReadonlySet<Sheet> = new Set();
  /** The picture listens for the others. */
  readonly #keys = shortcuts(() => this.toggle('help')).filter(({ where }) => where === 'page');

  static override styles = [
    controls,
    icons,
    css`
      :host {
        display: flex;
        gap: 0.25rem;
      }
      button.icon {
        width: var(--control);
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

  /** Opens a sheet, or closes it. */
  async toggle(sheet: Sheet): Promise<void> {
    try {
      await FETCH[sheet]();
    } catch {
      return; // without a network, and the service worker has not kept it yet
    }
    this.fetched = new Set([...this.fetched, sheet]);
    await this.updateComplete;
    await this.renderRoot.querySelector<PageSheet>(sheet === 'help' ? 'trifold-help-sheet' : 'trifold-about')?.toggle();
  }

  protected override render() {
    return html`
      ${this.#button('about', ABOUT)} ${this.#button('help', HELP)}
      ${this.fetched.has('help') ? html`<trifold-help-sheet .studio=${this.studio}></trifold-help-sheet>` : nothing}
      ${this.fetched.has('about') ? html`<trifold-about .studio=${this.studio}></trifold-about>` : nothing}
    `;
  }

  #button(sheet: Sheet, icon: unknown) {
    return html`<button
      type="button"
      class="icon"
      aria-label=${strings[sheet]}
      title=${strings.titles[sheet]}
      aria-haspopup="dialog"
      @click=${() => this.toggle(sheet)}
    >
      ${icon}
    </button>`;
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    runShortcut(event, this.studio, this.#keys);
  };
}

const HELP = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 9a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.3-1.6 2.5M12 17.5v.01" /></svg>`;
const ABOUT = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 11v6M12 7v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z" /></svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-help': TrifoldHelp;
  }
}
