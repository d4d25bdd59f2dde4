/**
 * `<trifold-app>`: the whole page. It makes the studio, lays out the other elements, and keeps the address in step with the state.
 *
 * For embedders and tests: the property `studio` is the running studio (`studio.state`, its actions, `studio.gpu?.statistics`).
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { KeptFiles } from '../studio/model/kept-files';
import type { StudioState } from '../studio/shared/state';
import { Studio } from '../studio/studio';
import { AddressKeeper, savedInAddress } from './shared/address-keeper';
import { controls, theme } from './shared/theme';
import { STRINGS } from './strings/strings';
import './model/trifold-drop';
import './shared/trifold-help';
import './shared/trifold-message';
import './shared/trifold-notices';
import './model/trifold-opening';
import './trifold-panel';
import './view/trifold-status';
import './view/trifold-viewport';
import type { TrifoldViewport } from './view/trifold-viewport';

/** The poster fades for so long (page.css), and is taken away afterwards. */
const POSTER_FADE_MILLISECONDS = 300;
/** Endings of files that may hold a model. */
const ACCEPTED = '.pkl,.pt,.pth,.safetensors';

@customElement('trifold-app')
export class TrifoldApp extends LitElement {
  readonly studio = new Studio({
    source: {
      folder: new URL('weights/', document.baseURI),
      page: new URL(document.baseURI),
      kept: new KeptFiles(new URL('kept/', document.baseURI)),
    },
    address: new URLSearchParams(location.search).get('model') ?? undefined,
    saved: savedInAddress(),
    prefersReducedMotion: () => matchMedia('(prefers-reduced-motion: reduce)').matches,
  });
  #unsubscribe: (() => void) | undefined;
  readonly #address = new AddressKeeper(this.studio, () => this.querySelector('.first-picture')?.remove());

  static override styles = [
    theme,
    controls,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr) 21rem;
        grid-template-areas: 'header header' 'stage panel' 'status status';
        height: 100dvh;
        min-height: 30rem;
        background: var(--page);
        color: var(--text);
        font: 15px/1.45 system-ui, sans-serif;
        accent-color: var(--accent);
      }
      header {
        grid-area: header;
        display: flex;
        align-items: center;
        gap: 0.75rem;
        padding: 0.5rem 1.25rem;
      }
      h1 {
        margin: 0;
        font-size: 1.1rem;
        font-weight: 700;
        letter-spacing: -0.01em;
      }
      header p {
        margin: 0;
        color: var(--muted);
      }
      .buttons {
        display: flex;
        gap: 0.5rem;
        margin-left: auto;
      }
      main {
        display: contents;
      }
      .stage {
        grid-area: stage;
        position: relative;
        min-height: 0;
        padding: 0 1.25rem;
      }
      trifold-viewport {
        height: 100%;
      }
      trifold-panel {
        grid-area: panel;
        overflow: auto;
        padding: 0 1.25rem 1rem 0;
      }
      trifold-status {
        grid-area: status;
      }
      @media (max-width: 52rem) {
        :host {
          display: block;
          height: auto;
          min-height: 100dvh;
        }
        header {
          padding: 0.6rem 1rem;
        }
        .stage {
          padding: 0;
        }
        trifold-viewport {
          height: auto;
        }
        trifold-panel {
          display: block;
          padding: 0.75rem 1rem;
        }
      }
      /* On a phone held upright the picture stays in sight while the settings scroll below it (page.css knows of it). */
      @media (max-width: 52rem) and (max-aspect-ratio: 3/5) {
        .stage {
          position: sticky;
          top: 0;
          z-index: 1;
        }
      }
      @media (max-width: 30rem) {
        header p {
          display: none;
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = this.studio.store.subscribe((state, previous) => this.#stateChanged(state, previous));
    this.#address.connect();
    if (this.hasUpdated) this.#start(); // moved within the page
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#address.disconnect();
    this.studio.close();
  }

  protected override render() {
    const { studio } = this;
    const isReady = studio.state.status === 'ready';
    return html`
      <header>
        <h1>${STRINGS.appName}</h1>
        <p>${STRINGS.tagline}</p>
        <span class="buttons">
          <trifold-help .studio=${studio}></trifold-help>
          <button type="button" @click=${() => this.#fileInput.click()}>${STRINGS.open.button}</button>
        </span>
        <input type="file" hidden accept=${ACCEPTED} @change=${this.#filePicked} />
      </header>
      <main>
        <div class="stage">
          <trifold-viewport .studio=${studio} ?inert=${!isReady}>
            <slot name="first-picture" slot="first-picture"></slot>
          </trifold-viewport>
          ${isReady ? nothing : html`<trifold-message .studio=${studio}></trifold-message>`}
          <trifold-opening .studio=${studio}></trifold-opening>
          <trifold-notices .studio=${studio}></trifold-notices>
        </div>
        <trifold-panel .studio=${studio}></trifold-panel>
      </main>
      <trifold-status .studio=${studio}></trifold-status>
      <trifold-drop @file-dropped=${({ detail }: CustomEvent<File>) => studio.openFile(detail)}></trifold-drop>
    `;
  }

  protected override firstUpdated(): void {
    this.#start();
  }

  async #start(): Promise<void> {
    const viewport = this.renderRoot.querySelector<TrifoldViewport>('trifold-viewport')!;
    await viewport.updateComplete;
    await this.studio.start(viewport.canvas);
  }

  #stateChanged(state: StudioState, previous: StudioState): void {
    if (state.status !== previous.status) this.requestUpdate();
    if (state.status === 'ready') this.#showCanvas();
  }

  /** The live picture is there: the poster over it goes. */
  #showCanvas(): void {
    const poster = this.querySelector('.first-picture:not(.leaving)');
    poster?.classList.add('leaving');
    if (poster) setTimeout(() => poster.remove(), poster.firstElementChild ? POSTER_FADE_MILLISECONDS : 0);
  }

  get #fileInput(): HTMLInputElement {
    return this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')!;
  }

  #filePicked(): void {
    const input = this.#fileInput;
    const file = input.files?.[0];
    if (file) this.studio.openFile(file);
    input.value = ''; // the same file may be picked again
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-app': TrifoldApp;
  }
}
