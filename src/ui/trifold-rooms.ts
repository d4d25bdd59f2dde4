/**
 * `<trifold-rooms>`: everything that can be set, in rooms, of which one is open. Beside the stage it is a panel; on a phone that is held
 * upright a sheet at the bottom, which a grip opens to half its height or in full; the stage has what it leaves. A room is fetched when it is
 * first opened, and stays as it was left.
 */
import { css, html, nothing, unsafeCSS } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { StudioState } from '../studio/shared/state';
import type { Studio } from '../studio/studio';
import { LOW_MEDIA, MediaController, SHEET_MEDIA } from './shared/layout-media';
import { fold, remember, remembered } from './shared/remembered';
import { folds } from './shared/section-styles';
import { StudioElement } from './shared/studio-element';
import { controls } from './shared/theme';
import './stage/trifold-face-strip';
import { STAGE_STRINGS } from './strings/stage';

const { rooms: strings } = STAGE_STRINGS;

interface RoomParts {
  /** Fetches the elements of the room. */
  readonly load: () => Promise<unknown>;
  /** @param isLow whether the stage is too low for the strip of faces */
  readonly content: (studio: Studio, isBusy: boolean, isLow: boolean) => unknown;
}

/** In the order of their tabs. */
const NAMES = ['face', 'edit', 'compare', 'inspect', 'export', 'learn'] as const;
export type Room = (typeof NAMES)[number];

const ROOMS: Readonly<Record<Room, RoomParts>> = {
  face: {
    load: () => Promise.all([import('./face/trifold-face'), import('./face/trifold-faces')]),
    content: (studio, isBusy, isLow) => html`
      ${isLow ? html`<trifold-face-strip .studio=${studio} ?inert=${isBusy}></trifold-face-strip>` : nothing}
      <trifold-face .studio=${studio} ?inert=${isBusy}></trifold-face>
      <details class="fold" ${fold('saved-faces')}>
        <summary>${strings.savedFaces}</summary>
        <trifold-faces .studio=${studio} ?inert=${isBusy}></trifold-faces>
      </details>
    `,
  },
  edit: {
    load: () => import('./face/trifold-edit'),
    content: (studio, isBusy) => html`<trifold-edit .studio=${studio} ?inert=${isBusy}></trifold-edit>`,
  },
  compare: {
    load: () => import('./compare/trifold-compare'),
    content: (studio) => html`<trifold-compare .studio=${studio}></trifold-compare>`,
  },
  inspect: {
    load: () => import('./view/trifold-inspect'),
    content: (studio) => html`<trifold-inspect .studio=${studio}></trifold-inspect>`,
  },
  export: {
    load: () => import('./export/trifold-export'),
    content: (studio, isBusy) => html`<trifold-export .studio=${studio} ?inert=${isBusy}></trifold-export>`,
  },
  learn: {
    load: () => import('./learn/trifold-learn'),
    content: (studio) => html`<trifold-learn .studio=${studio}></trifold-learn>`,
  },
};

/** How far the sheet of a phone is open. */
export const SHEETS = ['bar', 'half', 'tall'] as const;
export type Sheet = (typeof SHEETS)[number];
/** A pull on the grip that is shorter than this is a press. */
const PRESS_PIXELS = 6;

@customElement('trifold-rooms')
export class TrifoldRooms extends StudioElement {
  /** The open room. */
  @property() room: Room = NAMES.find((name) => name === remembered('room')) ?? 'face';
  @property({ reflect: true }) sheet: Sheet = 'bar';
  /** Rooms whose elements are there. */
  @state() private loaded: ReadonlySet<Room> = new Set();
  /** Whether the open room could not be fetched. */
  @state() private hasFailed = false;
  readonly #isLow = new MediaController(this, LOW_MEDIA);
  #pull: { readonly y: number; readonly height: number } | undefined;

  static override styles = [
    controls,
    folds,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
        background: var(--surface);
      }
      .tabs {
        flex: none;
        display: flex;
        padding: 0.25rem 0.5rem 0;
        border-block-end: 1px solid var(--line);
        overflow-x: auto;
        scrollbar-width: none;
        container-type: inline-size;
      }
      .tabs button {
        flex: 1 0 auto;
        min-width: var(--control);
        min-height: max(var(--control), 2.6rem);
        padding: 0 clamp(0.2rem, 2cqi, 0.5rem);
        border: 0;
        border-block-end: 3px solid transparent;
        border-radius: var(--round) var(--round) 0 0;
        background: none;
        color: var(--muted);
      }
      .tabs button[aria-selected='true'] {
        border-block-end-color: var(--accent);
        color: var(--text);
      }
      @container (max-width: 27rem) {
        .tabs button {
          padding: 0 0.1rem;
          font-size: 0.84rem;
        }
      }
      @container (max-width: 20rem) {
        .tabs button {
          font-size: 0.75rem;
        }
      }
      @media (forced-colors: active) {
        .tabs button {
          border-block-end-color: Canvas;
        }
        .tabs button[aria-selected='true'] {
          border-block-end-color: Highlight;
        }
      }
      .tabs button:focus-visible {
        outline-offset: -3px;
      }
      .room {
        display: grid;
        align-content: start;
        gap: 0.75rem;
        flex: 1;
        min-height: 0;
        padding: 1rem 1rem 1.5rem;
        overflow: auto;
        overscroll-behavior: contain;
      }
      .room[hidden] {
        display: none;
      }
      .room > * {
        min-width: 0;
      }
      .room > [inert] {
        opacity: 0.5;
      }
      .handle {
        display: none;
      }
      @media ${unsafeCSS(SHEET_MEDIA)} {
        :host {
          height: var(--pulled, var(--sheet-height));
          border-radius: 18px 18px 0 0;
          box-shadow: var(--shadow);
        }
        :host([sheet='bar']) {
          --sheet-height: var(--sheet-bar);
        }
        :host([sheet='half']) {
          --sheet-height: var(--sheet-half);
        }
        :host([sheet='tall']) {
          --sheet-height: var(--sheet-tall);
        }
        /* Nothing that cannot be seen has the focus; while it is pulled, it can. */
        :host([sheet='bar']:not([pulled])) .room {
          display: none;
        }
        .handle {
          flex: none;
          display: grid;
          place-items: center;
          width: 100%;
          min-height: 2.75rem;
          padding: 0;
          border: 0;
          background: none;
          touch-action: none;
          cursor: ns-resize;
        }
        .handle::before {
          content: '';
          width: 2.75rem;
          height: 4px;
          border-radius: 2px;
          background: var(--control-line);
        }
        .handle:hover:not(:disabled) {
          background: none;
        }
        .tabs {
          padding-block-start: 0;
        }
        .tabs button {
          min-height: 44px;
        }
        .room {
          width: min(100%, 40rem);
          margin-inline: auto;
        }
      }
    `,
  ];

  protected watches({ status }: StudioState): readonly unknown[] {
    return [status];
  }

  /** Opens a room; on a phone also the sheet. */
  open(room: Room): void {
    this.room = room;
    if (this.sheet === 'bar') this.sheet = 'half';
  }

  protected override willUpdate(): void {
    remember('room', this.room);
    this.studio.learning.roomShown(this.room === 'learn');
    if (!this.loaded.has(this.room)) this.#load(this.room);
  }

  async #load(room: Room): Promise<void> {
    try {
      await ROOMS[room].load();
      this.loaded = new Set([...this.loaded, room]);
      this.hasFailed = false;
    } catch {
      this.hasFailed = true; // without a network, and the service worker has not kept it yet
    }
  }

  protected override render() {
    return html`
      <button
        type="button"
        class="handle"
        aria-label=${strings.handle(this.sheet)}
        @pointerdown=${this.#grabbed}
        @pointermove=${this.#pulled}
        @lostpointercapture=${this.#letGo}
        @keydown=${this.#handleKeyPressed}
        @click=${this.#handlePressed}
      ></button>
      <div class="tabs" role="tablist" aria-label=${strings.tabs} @keydown=${this.#tabKeyPressed}>
        ${NAMES.map((name) => this.#tab(name))}
      </div>
      ${NAMES.map((name) => this.#room(name))}
    `;
  }

  #tab(name: Room) {
    const isOpen = this.room === name;
    return html`<button
      type="button"
      role="tab"
      id="tab-${name}"
      aria-controls="room-${name}"
      aria-selected=${isOpen}
      tabindex=${isOpen ? 0 : -1}
      @click=${() => this.#tabPressed(name)}
    >
      ${strings.names[name]}
    </button>`;
  }

  #room(name: Room) {
    const { content } = ROOMS[name];
    return html`<section class="room" role="tabpanel" id="room-${name}" aria-labelledby="tab-${name}" ?hidden=${this.room !== name}>
      ${this.loaded.has(name) ? content(this.studio, this.studio.state.status !== 'ready', this.#isLow.matches) : this.#missing()}
    </section>`;
  }

  #missing() {
    return this.hasFailed
      ? html`<p role="alert">${strings.notLoaded}</p>
          <button type="button" @click=${() => this.#load(this.room)}>${strings.retry}</button>`
      : nothing;
  }

  /** Another press on the tab of the open room closes the sheet. */
  #tabPressed(name: Room): void {
    if (this.room === name && this.sheet !== 'bar') this.sheet = 'bar';
    else this.open(name);
  }

  #tabKeyPressed(event: KeyboardEvent): void {
    const forward = getComputedStyle(this).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const step = { ArrowLeft: -1, ArrowRight: -1, [forward]: 1 }[event.key];
    const count = NAMES.length;
    const at = NAMES.indexOf(this.room);
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? count - 1 : step && (at + step + count) % count;
    if (next === undefined) return;
    event.preventDefault();
    this.room = NAMES[next]!;
    this.renderRoot.querySelector<HTMLElement>(`#tab-${this.room}`)?.focus();
  }

  readonly #grabbed = (event: PointerEvent): void => {
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
    this.#pull = { y: event.clientY, height: this.offsetHeight };
  };

  readonly #pulled = (event: PointerEvent): void => {
    if (!this.#pull) return;
    const height = this.#pull.height + this.#pull.y - event.clientY;
    this.toggleAttribute('pulled', true);
    this.style.setProperty('--pulled', `clamp(var(--sheet-bar), ${height}px, var(--sheet-tall))`);
  };

  /** The sheet goes to the nearest of its heights. */
  readonly #letGo = (event: PointerEvent): void => {
    const pull = this.#pull;
    this.#pull = undefined;
    const height = this.offsetHeight;
    this.style.removeProperty('--pulled');
    this.toggleAttribute('pulled', false);
    if (!pull || Math.abs(pull.y - event.clientY) < PRESS_PIXELS) return;
    const before = this.sheet;
    const distances = SHEETS.map((sheet) => {
      this.setAttribute('sheet', sheet);
      return Math.abs(this.offsetHeight - height);
    });
    this.setAttribute('sheet', before);
    this.sheet = SHEETS[distances.indexOf(Math.min(...distances))]!;
    this.#wasPulled = true;
  };

  /** A click follows a pull; it is not a press. */
  #wasPulled = false;

  readonly #handlePressed = (): void => {
    if (!this.#wasPulled) this.sheet = SHEETS[(SHEETS.indexOf(this.sheet) + 1) % SHEETS.length]!;
    this.#wasPulled = false;
  };

  readonly #handleKeyPressed = (event: KeyboardEvent): void => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.sheet = SHEETS[Math.min(SHEETS.length - 1, Math.max(0, SHEETS.indexOf(this.sheet) + step))]!;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-rooms': TrifoldRooms;
  }
}
