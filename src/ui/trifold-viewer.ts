/**
 * `<trifold-viewer>`: a generated head for any web page: one model, one face, one picture that can be turned. It is the page's own studio
 * and view in a small box; `docs/embedding.md` tells how to use it.
 *
 * Each viewer has a device of its own. It is opened when the viewer is first scrolled into sight and freed when the viewer is removed;
 * what has left the sight does not move, and at rest nothing is drawn. Nothing is set up outside of the element, but for the names of the
 * elements and the browser's cache, in which weights are kept by their hash.
 */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { isMoving, lookFrom } from '../camera/orbit';
import { TrifoldError } from '../errors';
import { DEFAULT_PSI, seedOf } from '../studio/face/face-actions';
import { KeptFiles } from '../studio/model/kept-files';
import type { SavedStudio } from '../studio/shared/address';
import type { Backdrop } from '../studio/shared/settings';
import type { StudioState } from '../studio/shared/state';
import { Studio } from '../studio/studio';
import { theme } from './shared/theme';
import { FACE_STRINGS } from './strings/face';
import { VIEWER_STRINGS as strings } from './strings/viewer';
import { backdropFrom, cameraFrom, cameraOf, isSeed, keyOf, numberFrom, type ViewerCamera } from './viewer-attributes';
import './shared/trifold-message';
import './view/trifold-viewport';
import type { TrifoldViewport } from './view/trifold-viewport';

/** Detail of `trifold-error`. */
export interface ViewerError {
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Detail of `trifold-change`. */
export interface ViewerChange {
  readonly seed: number;
  readonly camera: ViewerCamera;
}

/** The viewer was asked for something that it does not have. */
export class ViewerStateError extends TrifoldError {
  override readonly code = 'viewer-state';
}

const DEGREES = 180 / Math.PI;
const MODEL_FILE = /\.(pkl|pt|pth|safetensors)$/i;
const FRONT: ViewerCamera = { yaw: 0, pitch: 0, distance: 1 };

/**
 * @fires trifold-ready - the first picture of the model is there
 * @fires trifold-error - `ViewerError`: something went wrong; what is on screen stays
 * @fires trifold-change - `ViewerChange`: another seed, or the camera has come to rest in another place
 */
@customElement('trifold-viewer')
export class TrifoldViewer extends LitElement {
  /** Address of a model file, or of a folder of weights with its `index.json`; relative to the page. Default: `weights/` beside the page. */
  @property() src = 'weights/';
  /** Which face: a whole number, 0 to 2^32 - 1. */
  @property({ converter: { fromAttribute: numberFrom } }) seed = 0;
  /** Truncation: 0 is the model's average face, 1 the face as sampled; at most 1.5. */
  @property({ converter: { fromAttribute: numberFrom } }) psi = DEFAULT_PSI;
  /** The attribute is "yaw pitch" or "yaw pitch distance". While the camera moves this is where it was last at rest. */
  @property({ converter: { fromAttribute: cameraFrom } }) camera: ViewerCamera | string = FRONT;
  /** "on": pointer, wheel and keys turn the head; "off": it is a picture. */
  @property() controls: 'on' | 'off' = 'on';
  /**
   * What the head stands on, where the model tells its alpha: "page" or "transparent" (the host page shows through), "white", "black", or a
   * colour as "#rrggbb". Other models keep the background that is a part of their scene.
   */
  @property() background = 'page';
  /** Whether the head turns by itself; not for people who prefer reduced motion. */
  @property({ type: Boolean }) autorotate = false;
  @state() private running: Studio | undefined;
  @state() private isVisible = false;
  #started: Studio | undefined;
  #wasReady = false;
  #announced = '';
  readonly #sight = new IntersectionObserver((entries) => {
    this.isVisible = entries.at(-1)!.isIntersecting;
  });

  static override styles = [
    theme,
    css`
      :host {
        --shadow: none;
        --frame-round: 0;
        display: block;
        position: relative;
        width: 20rem;
        aspect-ratio: 1;
        overflow: hidden;
        color: var(--text);
        font: 15px/1.45 system-ui, sans-serif;
        accent-color: var(--accent);
      }
      :host([hidden]) {
        display: none;
      }
      .stage,
      trifold-viewport {
        width: 100%;
        height: 100%;
      }
      trifold-viewport {
        place-items: center;
      }
    `,
  ];

  /** The running studio, for what the attributes do not offer; undefined until the viewer has been in sight, and after its removal. */
  get studio(): Studio | undefined {
    return this.running;
  }

  /** Another face, that nobody has chosen. */
  newFace(): void {
    this.running?.newFace();
  }

  /**
   * The present picture as PNG.
   * @param side in pixels, 16 to 4096; default: the model's own
   * @throws ViewerStateError before `trifold-ready`, and if the picture cannot be made
   */
  async toBlob(side?: number): Promise<Blob> {
    const studio = this.running;
    const config = studio?.state.model?.config;
    if (!studio || !config || studio.state.status !== 'ready') {
      throw new ViewerStateError(strings.notReady, strings.notReadyRemedy);
    }
    const { exports } = studio;
    const request = { renderer: exports.rendererShown, side: side ?? config.imageResolution, isTransparent: false };
    const made = await exports.exportPicture(request);
    const failure = studio.state.export?.failure;
    exports.dismiss();
    if (!made) throw new ViewerStateError(failure?.message ?? strings.noPicture, failure?.remedy ?? '');
    return made.blob;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight.disconnect();
    this.isVisible = false;
    this.#close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('src')) this.#close();
    this.#mend(changed);
    if (!this.running && this.isVisible) this.#open();
    else if (this.running) this.#push(this.running, changed);
  }

  protected override render() {
    const { running: studio } = this;
    if (!studio) return html`<div class="stage"></div>`;
    const isReady = studio.state.status === 'ready';
    const isPicture = this.controls === 'off';
    return html`<div
      class="stage"
      role=${isPicture ? 'img' : nothing}
      aria-label=${isPicture ? strings.describe(FACE_STRINGS.describe(studio.state.face)) : nothing}
    >
      ${keyed(studio, html`<trifold-viewport .studio=${studio} ?inert=${isPicture || !isReady}></trifold-viewport>`)}
      ${isReady ? nothing : keyed(studio, html`<trifold-message .studio=${studio}></trifold-message>`)}
    </div>`;
  }

  protected override updated(): void {
    if (this.running && this.running !== this.#started) this.#start(this.running);
  }

  #open(): void {
    if (!URL.canParse(this.src, document.baseURI)) {
      this.#tellAttribute('src', this.src);
      return;
    }
    const address = new URL(this.src, document.baseURI);
    const isFile = MODEL_FILE.test(address.pathname);
    const folder = new URL(isFile ? './' : withSlash(address), address);
    const studio = new Studio({
      source: { folder, page: address, kept: new KeptFiles(new URL('kept/', document.baseURI)), hasSubstitute: false },
      address: isFile ? address.href : undefined,
      saved: this.#asSaved,
      prefersReducedMotion,
    });
    studio.store.subscribe((state, previous) => {
      if (this.running === studio) this.#stateChanged(state, previous);
    });
    this.#wasReady = false;
    this.running = studio;
  }

  async #start(studio: Studio): Promise<void> {
    this.#started = studio;
    const viewport = this.renderRoot.querySelector<TrifoldViewport>('trifold-viewport')!;
    await viewport.updateComplete;
    await afterOthers(this.src, async () => {
      if (this.running === studio) await studio.start(viewport.canvas);
    });
  }

  #close(): void {
    this.running?.close();
    this.running = undefined;
  }

  /** What the attributes ask for. */
  get #asSaved(): SavedStudio {
    const { seed, psi } = this;
    const settings = { autoRotate: this.#turns, backdrop: this.#backdrop };
    return { settings, face: { seed, psi }, view: this.#camera };
  }

  get #turns(): boolean {
    return this.autorotate && this.isVisible && !prefersReducedMotion();
  }

  get #backdrop(): Backdrop {
    return backdropFrom(this.background) ?? 'page';
  }

  get #camera(): ViewerCamera {
    return typeof this.camera === 'string' ? FRONT : this.camera;
  }

  /** Values that mean nothing give way to the former ones, and are told. */
  #mend(changed: PropertyValues<this>): void {
    for (const name of ['seed', 'psi'] as const) {
      if (name === 'seed' ? isSeed(this.seed) : Number.isFinite(this.psi)) continue;
      this.#tellAttribute(name, this.getAttribute(name) ?? String(this[name]));
      this[name] = changed.get(name) ?? (name === 'psi' ? DEFAULT_PSI : 0);
    }
    if (!backdropFrom(this.background)) {
      this.#tellAttribute('background', this.background);
      this.background = changed.get('background') ?? 'page';
    }
    if (typeof this.camera !== 'string') return;
    const read = cameraFrom(this.camera);
    if (typeof read === 'string') this.#tellAttribute('camera', read);
    const former = changed.get('camera');
    this.camera = typeof read === 'string' ? (typeof former === 'object' ? former : FRONT) : read;
  }

  /** Brings what has changed into the studio. */
  #push(studio: Studio, changed: PropertyValues<this>): void {
    if (!studio.state.model) {
      studio.restore(this.#asSaved);
      return;
    }
    const { face } = studio.state;
    if (changed.has('seed') && seedOf(face.sources[0]) !== this.seed) studio.setSeed(this.seed);
    if (changed.has('psi') && face.psi !== this.psi) studio.setPsi(this.psi);
    if (studio.state.settings.autoRotate !== this.#turns) studio.changeSettings({ autoRotate: this.#turns });
    if (changed.has('background')) studio.changeSettings({ backdrop: this.#backdrop });
    if (!changed.has('camera') || keyOf(this.#camera) === keyOf(cameraOf(studio.state))) return;
    const { yaw, pitch, distance } = this.#camera;
    studio.moveCamera((view) =>
      lookFrom(view, { yaw: yaw / DEGREES, pitch: pitch / DEGREES, radius: distance * view.home.radius }),
    );
  }

  #stateChanged(state: StudioState, previous: StudioState): void {
    if (state.status !== previous.status) this.requestUpdate();
    if (state.failure && state.failure !== previous.failure) this.#tell(state.failure);
    for (const notice of state.notices) {
      if ('message' in notice && !previous.notices.includes(notice)) this.#tell(notice);
    }
    if (state.status !== 'ready') return;
    if (!this.#wasReady) {
      this.#wasReady = true;
      this.#noteChange(state, false);
      this.dispatchEvent(new CustomEvent('trifold-ready'));
    } else if (state.face !== previous.face || state.view !== previous.view) this.#noteChange(state, true);
  }

  /** The properties follow what was done by hand, as soon as it has come to rest. */
  #noteChange(state: StudioState, tells: boolean): void {
    const { view, face, settings } = state;
    const isTurning = settings.autoRotate || view.held || isMoving(view);
    const seed = seedOf(face.sources[0]) ?? this.seed;
    const camera = isTurning ? this.#camera : cameraOf(state);
    const news = JSON.stringify([seed, face.psi, keyOf(camera)]);
    if (news === this.#announced) return;
    this.#announced = news;
    this.seed = seed;
    this.psi = face.psi;
    this.camera = camera;
    if (tells) this.dispatchEvent(new CustomEvent<ViewerChange>('trifold-change', { detail: { seed, camera } }));
  }

  #tellAttribute(name: keyof typeof strings.remedies, value: string): void {
    this.#tell({ message: strings.attribute(name, value), remedy: strings.remedies[name] });
  }

  #tell({ message, remedy }: ViewerError): void {
    this.dispatchEvent(new CustomEvent<ViewerError>('trifold-error', { detail: { message, remedy } }));
  }
}

/** What is being loaded, by its address. */
const loading = new Map<string, Promise<void>>();

/**
 * Viewers of the same weights load one after the other: the first one downloads them, the others find them in the cache. (Two downloads of
 * one large file at once can break each other: net::ERR_CACHE_WRITE_FAILURE in Chromium.)
 */
async function afterOthers(address: string, load: () => Promise<void>): Promise<void> {
  const mine = (loading.get(address) ?? Promise.resolve()).then(load);
  loading.set(address, mine);
  await mine;
  if (loading.get(address) === mine) loading.delete(address);
}

function withSlash({ pathname }: URL): string {
  return pathname.endsWith('/') ? pathname : `${pathname}/`;
}

function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-viewer': TrifoldViewer;
  }
  interface HTMLElementEventMap {
    'trifold-ready': CustomEvent<null>;
    'trifold-error': CustomEvent<ViewerError>;
    'trifold-change': CustomEvent<ViewerChange>;
  }
}
