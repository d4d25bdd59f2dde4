/**
 * `<trifold-app>`: the whole page. It makes the studio, lays out the other elements, and keeps the address in step with the state.
 *
 * For embedders and tests: the property `studio` is the running studio (`studio.state`, its actions, `studio.gpu?.statistics`).
 */
import { css, html, LitElement, nothing, unsafeCSS } from 'lit';
import { customElement } from 'lit/decorators.js';
import { KeptFiles } from '../studio/model/kept-files';
import type { StudioState } from '../studio/shared/state';
import { Studio } from '../studio/studio';
import { MODEL_FILE_ENDINGS } from './model/model-files';
import { AddressKeeper, savedInAddress } from './shared/address-keeper';
import { LOW_MEDIA, MediaController, SHEET_MEDIA, TINY_MEDIA } from './shared/layout-media';
import { icons } from './shared/section-styles';
import { controls, theme } from './shared/theme';
import { STRINGS } from './strings/strings';
import './model/trifold-drop';
import './shared/trifold-help';
import './shared/trifold-message';
import './shared/trifold-notices';
import './model/trifold-opening';
import './stage/trifold-actions';
import './stage/trifold-face-strip';
import './stage/trifold-hint';
import './stage/trifold-tools';
import './trifold-rooms';
import './view/trifold-status';
import './view/trifold-viewport';
import type { TrifoldViewport } from './view/trifold-viewport';

/** The poster fades for so long (page.css), and is taken away afterwards. */
const POSTER_FADE_MILLISECONDS = 300;

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
  readonly #hasSheet = new MediaController(this, SHEET_MEDIA);
  readonly #isTiny = new MediaController(this, TINY_MEDIA);
  readonly #address = new AddressKeeper(this.studio, () => this.querySelector('.first-picture')?.remove());

  static override styles = [
    theme,
    controls,
    icons,
    css`
      /* page.css has the measures of the layout, which is also that of the page before this script. */
      :host {
        display: grid;
        grid-template:
          'brand actions links rooms' var(--header)
          'stage stage stage rooms' minmax(0, 1fr)
          'strip strip strip rooms' var(--strip)
          'status status status rooms' var(--status) / auto auto minmax(0, 1fr) var(--rooms);
        height: 100dvh;
        overflow: hidden;
        color: var(--text);
        font: 0.9375rem/1.45 system-ui, sans-serif;
        accent-color: var(--accent);
      }
      main,
      header {
        display: contents;
      }
      h1 {
        grid-area: brand;
        align-self: center;
        margin: 0;
        padding-inline: 1.25rem;
        font-size: 1.1rem;
        font-weight: 700;
        letter-spacing: -0.01em;
      }
      trifold-actions {
        grid-area: actions;
        align-self: center;
      }
      .links {
        grid-area: links;
        place-self: center end;
        display: flex;
        gap: 0.25rem;
        padding-inline: 0.5rem;
      }
      .open {
        display: flex;
        align-items: center;
        gap: 0.45rem;
        white-space: nowrap;
      }
      @media (max-width: 64rem) {
        .open {
          justify-content: center;
          width: var(--control);
          padding: 0;
        }
        .open span {
          display: none;
        }
      }
      .stage {
        grid-area: stage;
        position: relative;
        min-width: 0;
        min-height: 0;
        padding-inline: var(--stage-start) var(--stage-end);
      }
      trifold-viewport {
        height: 100%;
      }
      trifold-tools {
        position: absolute;
        inset-block: 0;
        inset-inline-end: 0.5rem;
        height: fit-content;
        margin-block: auto;
      }
      trifold-face-strip {
        grid-area: strip;
        align-self: center;
        min-width: 0;
        padding-inline: 1rem;
      }
      trifold-status {
        grid-area: status;
        align-self: center;
        min-width: 0;
      }
      trifold-rooms {
        grid-area: rooms;
        border-inline-start: 1px solid var(--line);
      }
      /* A phone that is held upright: the settings are a sheet. */
      @media ${unsafeCSS(SHEET_MEDIA)} {
        :host {
          grid-template:
            'brand status links' var(--header)
            'stage stage stage' minmax(0, 1fr)
            'strip strip strip' auto
            'actions actions actions' auto
            'rooms rooms rooms' auto / auto minmax(0, 1fr) auto;
        }
        h1 {
          padding-inline: 0.75rem 0.25rem;
        }
        trifold-face-strip {
          height: var(--strip);
        }
        trifold-actions {
          place-self: center;
          height: var(--actions);
          padding-block: 0.25rem;
        }
        trifold-status {
          justify-self: center;
          max-width: 100%;
        }
        /* What is set can be seen: the picture has the place of the strip. */
        main:has(trifold-rooms[sheet='tall']) trifold-face-strip {
          display: none;
        }
        .stage {
          padding-block-end: var(--tools);
        }
        trifold-tools {
          inset: auto 0 0;
          width: fit-content;
          margin-inline: auto;
        }
        trifold-rooms {
          border: 0;
        }
      }
      @media ${unsafeCSS(SHEET_MEDIA)} and (max-height: 56rem) {
        main:has(trifold-rooms[sheet='half']) trifold-face-strip {
          display: none;
        }
      }
      /* Little height: every line of it is the picture's. */
      @media ${unsafeCSS(LOW_MEDIA)} {
        :host {
          grid-template:
            'actions links rooms' var(--header)
            'stage stage rooms' minmax(0, 1fr) / auto minmax(0, 1fr) var(--rooms);
        }
        trifold-face-strip {
          display: none;
        }
        h1 {
          position: absolute;
          clip-path: inset(50%);
        }
        trifold-actions {
          padding-inline-start: 0.5rem;
        }
        .stage {
          --below-notes: 2.4rem; /* the line with the figures lies there */
        }
        trifold-status {
          grid-area: stage;
          place-self: end start;
          z-index: 1;
          margin: 0.25rem;
          border-radius: var(--round);
          background: color-mix(in srgb, var(--surface) 80%, transparent);
        }
      }
      /* A window of a few centimetres, or a page that is enlarged so far. */
      @media ${unsafeCSS(TINY_MEDIA)} {
        :host {
          grid-template:
            'actions links' var(--header)
            'stage rooms' minmax(0, 1fr)
            'status status' var(--status) / minmax(0, 1fr) var(--rooms);
        }
        trifold-tools {
          position: fixed;
          inset: auto auto 0 0;
        }
        trifold-status {
          grid-area: status;
          place-self: center end;
          max-width: 5.5rem;
          margin: 0;
          overflow: hidden;
          background: none;
        }
        trifold-hint {
          display: none;
        }
        trifold-actions {
          padding-inline-start: 0.25rem;
        }
        .links {
          padding-inline: 0.25rem;
        }
        /* What went wrong has the room of everything that does not work anyway. */
        trifold-message:not(.loading) {
          position: fixed;
          inset-block-start: var(--header);
          z-index: 4;
          place-items: start center;
          padding: 0.5rem;
          overflow: auto;
        }
      }
      /* The whole screen: the picture, its tools, and the actions over it. */
      :host([fullscreen]) {
        grid-template: 'stage' minmax(0, 1fr) / minmax(0, 1fr);
      }
      :host([fullscreen]) :is(.links, trifold-face-strip, trifold-status, trifold-rooms) {
        display: none;
      }
      :host([fullscreen]) h1 {
        position: absolute;
        clip-path: inset(50%);
      }
      :host([fullscreen]) trifold-actions {
        grid-area: stage;
        place-self: start;
        z-index: 1;
        padding: 0.75rem;
      }
      :host([fullscreen]) .stage {
        padding: 0;
      }
      :host([fullscreen]) trifold-tools {
        inset-inline-end: 0.75rem;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = this.studio.store.subscribe((state, previous) => this.#stateChanged(state, previous));
    this.#address.connect();
    document.addEventListener('fullscreenchange', this.#fullscreenChanged);
    if (this.hasUpdated) this.#start(); // moved within the page
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#address.disconnect();
    document.removeEventListener('fullscreenchange', this.#fullscreenChanged);
    this.studio.close();
  }

  protected override render() {
    const { studio } = this;
    const isReady = studio.state.status === 'ready';
    return html`
      <header>
        <h1>${STRINGS.appName}</h1>
        <trifold-actions .studio=${studio}></trifold-actions>
        <span class="links">
          <button
            type="button"
            class="open"
            aria-label=${STRINGS.open.button}
            title=${STRINGS.open.title}
            @click=${() => this.#fileInput.click()}
          >
            ${FOLDER}<span>${STRINGS.open.button}</span>
          </button>
          <trifold-help .studio=${studio}></trifold-help>
        </span>
        <input type="file" hidden accept=${MODEL_FILE_ENDINGS} @change=${this.#filePicked} />
      </header>
      <main>
        <div class="stage">
          <trifold-viewport .studio=${studio} ?inert=${!isReady}>
            <slot name="first-picture" slot="first-picture"></slot>
          </trifold-viewport>
          <trifold-hint .studio=${studio}></trifold-hint>
          <trifold-tools
            .studio=${studio}
            .orientation=${this.#hasSheet.matches || this.#isTiny.matches ? 'horizontal' : 'vertical'}
            ?inert=${!isReady}
          ></trifold-tools>
          ${isReady ? nothing : html`<trifold-message .studio=${studio}></trifold-message>`}
          <trifold-opening .studio=${studio}></trifold-opening>
          <trifold-notices .studio=${studio}></trifold-notices>
        </div>
        <trifold-face-strip .studio=${studio} ?inert=${!isReady}></trifold-face-strip>
        <trifold-rooms .studio=${studio}></trifold-rooms>
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

  readonly #fullscreenChanged = () => this.toggleAttribute('fullscreen', document.fullscreenElement !== null);

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

const FOLDER = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3.5 18.5v-13H9l2.5 2.5h9v10.5Z" /></svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-app': TrifoldApp;
  }
}
