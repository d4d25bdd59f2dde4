/**
 * `<trifold-map>`: a map of seeds to wander on, as in the official visualizer: 100 seeds in a row, and between them faces blend. The
 * present place is the middle of the pad; dragging moves the map below it, a click goes to a seed, and so do keys and two number fields. Seeds are
 * small pictures of their faces.
 */
import { css, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import {
  faceOfSource,
  nearestSeed,
  seedOf,
  seedOnMap,
  seedSource,
  withMode,
  withPlace,
  withPlaceOf,
  withSource,
} from '../../studio/face/face-actions';
import type { StudioState } from '../../studio/shared/state';
import { numberField } from '../shared/form-parts';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import './trifold-thumbnail';

const { map: strings } = FACE_STRINGS;
/** Seeds that fit across the pad. */
const CELLS = 4;
/** Seeds to each side of the present place that may be in sight. */
const SIGHT = CELLS / 2 + 1;
const MOST_DIGITS = 8;
const KEY_STEP = 0.1;
/** A pointer that moves no farther has clicked. */
const CLICK_PIXELS = 4;
const REACH = 1e7;
const SPEECH_DELAY_MILLISECONDS = 700;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Hold {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  /** Place on the map when the pointer went down. */
  readonly from: readonly [number, number];
  hasMoved: boolean;
}

@customElement('trifold-map')
export class TrifoldMap extends StudioElement {
  @query('.pad') private readonly pad!: HTMLElement;
  @state() private spoken = '';
  #hold: Hold | undefined;
  #speechTimer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    controls,
    sections,
    inSection,
    css`
      .pad {
        position: relative;
        aspect-ratio: 1;
        overflow: hidden;
        border: 1px solid var(--control-line);
        border-radius: var(--round);
        background: var(--page);
        cursor: grab;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
      }
      .pad:active {
        cursor: grabbing;
      }
      /* As large as its cell lets it be, and framed as much as its face is a part of the blend. */
      .seed {
        position: absolute;
        top: calc(50% + var(--y) * 1%);
        left: calc(50% + var(--x) * 1%);
        width: 18%;
        translate: -50% -50%;
        color: var(--muted);
        font-size: 0.68rem;
        line-height: 1.3;
        font-variant-numeric: tabular-nums;
        text-align: center;
      }
      .seed trifold-thumbnail {
        outline: 3px solid color-mix(in srgb, var(--accent) calc(var(--share) * 100%), transparent);
      }
      .here {
        position: absolute;
        inset: 50% auto auto 50%;
        width: 1.5rem;
        height: 1.5rem;
        border: 2px solid var(--text);
        border-radius: 50%;
        box-shadow: 0 0 0 2px var(--surface), inset 0 0 0 2px var(--surface);
        translate: -50% -50%;
      }
      .places {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
      }
      .row > button {
        padding: 0 0.3rem;
      }
      .places input {
        width: 100%;
      }
    `,
  ];

  protected watches({ face }: StudioState): readonly unknown[] {
    const { mapX, mapY, sources, psi, psiCutoff, conditioning, directions } = face;
    return [mapX, mapY, sources[0], psi, psiCutoff, conditioning, directions];
  }

  protected override watchedChanged({ face }: StudioState): void {
    clearTimeout(this.#speechTimer);
    this.#speechTimer = setTimeout(() => {
      this.spoken = strings.spoken(nearestSeed(face));
    }, SPEECH_DELAY_MILLISECONDS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#speechTimer);
  }

  protected override render() {
    const { face } = this.studio.state;
    const { mapX, mapY } = face;
    const nearest = nearestSeed(face);
    return html`
      <div
        class="pad"
        tabindex="0"
        role="application"
        aria-roledescription=${strings.role}
        aria-label=${strings.label(mapX, mapY)}
        aria-describedby="map-hint"
        @pointerdown=${this.#pressed}
        @pointermove=${this.#moved}
        @pointerup=${this.#released}
        @lostpointercapture=${this.#lost}
        @keydown=${this.#keyPressed}
      >
        <div aria-hidden="true">
          ${repeat(
            seedsAround(mapX, mapY),
            ({ place }) => place,
            ({ seed, x, y, weight }) => html`<div class="seed" .style=${placeOf(x, y, weight)}>
              <trifold-thumbnail
                .studio=${this.studio}
                .face=${faceOfSource(face, seedSource(seed))}
                .rank=${2 + Math.hypot(x, y)}
              ></trifold-thumbnail>
              ${shortened(seed)}
            </div>`,
          )}
          <div class="here"></div>
        </div>
      </div>
      <p id="map-hint" class="hint">${strings.hint}</p>
      <p class="visually-hidden" role="status">${this.spoken}</p>
      <div class="places">
        <label for="map-x">${strings.x}</label>
        <label for="map-y">${strings.y}</label>
        ${this.#place('map-x', mapX, (x) => withPlace(x, this.studio.state.face.mapY))}
        ${this.#place('map-y', mapY, (y) => withPlace(this.studio.state.face.mapX, y))}
      </div>
      <div class="row">
        <button type="button" @click=${this.#goHome}>${strings.home}</button>
        <button type="button" title=${strings.takeHint} @click=${() => this.#take(nearest)}>${strings.take(nearest)}</button>
      </div>
    `;
  }

  #place(id: string, value: number, change: (value: number) => ReturnType<typeof withPlace>) {
    return numberField({
      id,
      value: Number(value.toFixed(2)),
      min: -REACH,
      max: REACH,
      step: KEY_STEP,
      typed: (typed) => this.studio.changeFace(change(typed)),
    });
  }

  #go(x: number, y: number): void {
    this.studio.changeFace(withPlace(x, y));
  }

  /** Where the seed of A is; a saved face has no place. */
  readonly #goHome = (): void => {
    this.studio.changeFace(withPlaceOf(seedOf(this.studio.state.face.sources[0]) ?? 0));
  };

  /** The seed becomes the one face that is shown. */
  #take(seed: number): void {
    this.studio.changeFace((face) => withMode('single')(withSource(0, seedSource(seed))(face)));
  }

  readonly #pressed = (event: PointerEvent): void => {
    if (event.button !== 0 || this.#hold) return;
    this.pad.setPointerCapture(event.pointerId);
    const { mapX, mapY } = this.studio.state.face;
    this.#hold = { pointer: event.pointerId, x: event.clientX, y: event.clientY, from: [mapX, mapY], hasMoved: false };
  };

  readonly #moved = (event: PointerEvent): void => {
    const hold = this.#hold;
    if (hold?.pointer !== event.pointerId) return;
    const [dx, dy] = [event.clientX - hold.x, event.clientY - hold.y];
    if (!hold.hasMoved && Math.hypot(dx, dy) <= CLICK_PIXELS) return;
    hold.hasMoved = true;
    const cell = this.pad.clientWidth / CELLS;
    this.#go(hold.from[0] - dx / cell, hold.from[1] - dy / cell);
  };

  /** A click goes to the seed that is nearest to it. */
  readonly #released = (event: PointerEvent): void => {
    const hold = this.#hold;
    if (hold?.pointer !== event.pointerId || hold.hasMoved) return;
    const { left, top, width, height } = this.pad.getBoundingClientRect();
    const along = (from: number, at: number, begin: number, extent: number) =>
      Math.round(from + ((at - begin) / extent - 0.5) * CELLS);
    this.#go(along(hold.from[0], event.clientX, left, width), along(hold.from[1], event.clientY, top, height));
  };

  readonly #lost = (): void => {
    this.#hold = undefined;
  };

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = KEYS[event.key];
    const { mapX, mapY } = this.studio.state.face;
    if (step) this.#go(stepped(mapX, step[0], event.shiftKey), stepped(mapY, step[1], event.shiftKey));
    else if (event.key === 'Home') this.#goHome();
    else return;
    event.preventDefault();
  };
}

/** The next tenth, or the next seed. */
function stepped(at: number, direction: number, isLarge: boolean): number {
  if (direction === 0) return at;
  if (isLarge) return direction > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1;
  return Math.round((at + direction * KEY_STEP) / KEY_STEP) / (1 / KEY_STEP);
}

/** Set as a property: the page's content rules forbid the attribute. */
function placeOf(x: number, y: number, weight: number): string {
  return `--x: ${x}; --y: ${y}; --share: ${weight}`;
}

/** As much of a seed as has room below its point. */
function shortened(seed: number): string {
  const digits = String(seed);
  return digits.length > MOST_DIGITS ? `…${digits.slice(-4)}` : digits;
}

/** Seeds in sight, with their places on the pad in hundredths of its side from the middle, and their shares of the face. */
function seedsAround(x: number, y: number) {
  const near = (at: number) => Array.from({ length: 2 * SIGHT + 1 }, (_, index) => Math.round(at) - SIGHT + index);
  return near(y).flatMap((row) =>
    near(x).map((column) => ({
      place: `${column},${row}`,
      seed: seedOnMap(column, row),
      x: ((column - x) * 100) / CELLS,
      y: ((row - y) * 100) / CELLS,
      weight: Math.max(0, 1 - Math.abs(column - x)) * Math.max(0, 1 - Math.abs(row - y)),
    })),
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-map': TrifoldMap;
  }
}
