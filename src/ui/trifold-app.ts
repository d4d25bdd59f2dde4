/**
 * `<trifold-app>`: the whole page. It makes the studio, lays out the other elements, and keeps the address in step with the state.
 *
 * For embedders and tests: the property `studio` is the running studio (`studio.state`, its actions, `studio.gpu?.statistics`).
 */
import { html, LitElement, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { isOnStage } from '../studio/learn/learn-state';
import { KeptFiles } from '../studio/model/kept-files';
import type { StudioState } from '../studio/shared/state';
import { Studio } from '../studio/studio';
import { layout } from './app-layout';
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
import type { TrifoldRooms } from './trifold-rooms';
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
  /** Then the strip of faces is in the room Face. */
  readonly #isLow = new MediaController(this, LOW_MEDIA);
  readonly #isTiny = new MediaController(this, TINY_MEDIA);
  readonly #address = new AddressKeeper(this.studio, () => this.querySelector('.first-picture')?.remove());

  static override styles = [theme, controls, icons, layout];

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
    const isLearning = isOnStage(studio.state.learn);
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
          <trifold-viewport class=${isLearning ? 'behind' : ''} .studio=${studio} ?inert=${!isReady || isLearning}>
            <slot name="first-picture" slot="first-picture"></slot>
          </trifold-viewport>
          <trifold-hint .studio=${studio}></trifold-hint>
          <trifold-tools
            class=${isLearning ? 'behind' : ''}
            .studio=${studio}
            .orientation=${this.#hasSheet.matches || this.#isTiny.matches ? 'horizontal' : 'vertical'}
            ?inert=${!isReady || isLearning}
          ></trifold-tools>
          ${isLearning ? html`<trifold-learn-stage .studio=${studio}></trifold-learn-stage>` : nothing}
          ${isReady ? nothing : html`<trifold-message .studio=${studio}></trifold-message>`}
          <trifold-opening .studio=${studio}></trifold-opening>
          <trifold-notices .studio=${studio}></trifold-notices>
        </div>
        ${this.#isLow.matches ? nothing : html`<trifold-face-strip .studio=${studio} ?inert=${!isReady}></trifold-face-strip>`}
        <trifold-rooms .studio=${studio}></trifold-rooms>
      </main>
      <trifold-status .studio=${studio}></trifold-status>
      <trifold-drop
        .takesData=${studio.state.learn.isRoomOpen}
        @file-dropped=${({ detail }: CustomEvent<File>) => studio.openFile(detail)}
        @data-dropped=${this.#dataDropped}
      ></trifold-drop>
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
    if (state.learn.run?.isFile && !previous.learn.run?.isFile) this.#rooms?.open('learn');
    const isOther =
      isOnStage(state.learn) !== isOnStage(previous.learn) || state.learn.isRoomOpen !== previous.learn.isRoomOpen;
    if (isOther || state.status !== previous.status) this.requestUpdate();
    if (state.status === 'ready') this.#showCanvas();
  }

  /** The live picture is there: the poster over it goes. */
  #showCanvas(): void {
    const poster = this.querySelector('.first-picture:not(.leaving)');
    poster?.classList.add('leaving');
    if (poster) setTimeout(() => poster.remove(), poster.firstElementChild ? POSTER_FADE_MILLISECONDS : 0);
  }

  readonly #fullscreenChanged = () => this.toggleAttribute('fullscreen', document.fullscreenElement !== null);

  get #rooms(): TrifoldRooms | null {
    return this.renderRoot.querySelector('trifold-rooms');
  }

  get #fileInput(): HTMLInputElement {
    return this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')!;
  }

  async #dataDropped({ detail }: CustomEvent<readonly FileSystemEntry[]>): Promise<void> {
    const { openedDrop } = await import('./learn/opened-files');
    this.studio.learning.openData(await openedDrop(detail));
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
