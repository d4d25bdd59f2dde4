/**
 * `<trifold-viewport>`: the picture and the hand on it. Owns the canvas; pointer, wheel and keys go to the camera. People who do not see
 * the picture hear what it is when it has come to rest.
 */
import { css, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { viewOctant } from '../../camera/view-octant';
import type { StudioState } from '../../studio/shared/state';
import { standsOnBackdrop } from '../../studio/view/backdrop';
import { picturesShown, shownNow, wantsStudent } from '../../studio/view/shown';
import { PICTURE_SHORTCUTS, runShortcut } from '../shared/shortcuts';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { COMPARE_STRINGS } from '../strings/compare';
import { FACE_STRINGS } from '../strings/face';
import { STRINGS } from '../strings/strings';
import { VIEW_STRINGS } from '../strings/view';
import { PointerGestures } from './pointer-gestures';
import '../compare/trifold-compare-overlay';

const { describe } = FACE_STRINGS;

/** The description is spoken when the picture has rested for so long, not at every step of a turn. */
const SPEECH_DELAY_MILLISECONDS = 700;
/** More device pixels than this a side show nothing more of a picture of 256 or 512. */
const LARGEST_CANVAS = 2048;

@customElement('trifold-viewport')
export class TrifoldViewport extends StudioElement {
  @query('canvas') readonly canvas!: HTMLCanvasElement;
  @query('.stage') private readonly stage!: HTMLElement;
  @state() private spoken = '';
  #speechTimer: ReturnType<typeof setTimeout> | undefined;
  #sizes = new ResizeObserver((entries) => this.#resized(entries[0]!));

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        place-items: end center;
        container-type: size;
      }
      /* Two pictures beside each other are twice as wide as high. <trifold-viewer> sets what has a fallback here. */
      .frame {
        --pictures: 1;
        position: relative;
        width: min(100cqw, 100cqh * var(--pictures));
        aspect-ratio: var(--pictures);
      }
      .frame.pair {
        --pictures: 2;
      }
      /* Where two leave much room, what is said of them is above and below them. */
      @container (max-aspect-ratio: 11 / 10) and (min-height: 19rem) {
        .frame.pair {
          margin-block-end: 6rem;
        }
        .frame.pair trifold-compare-overlay {
          inset-block: -2.6rem -6rem;
        }
      }
      .stage {
        height: 100%;
        border-radius: inherit;
        cursor: grab;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
      }
      /* A picture that has a ground of its own is a card; one without stands on whatever is behind it. */
      .card .stage {
        border-radius: var(--frame-round, 14px);
        box-shadow: var(--shadow);
      }
      .checkered .stage {
        border-radius: var(--frame-round, 14px);
        background: repeating-conic-gradient(#c8c8c8 0 25%, #ffffff 0 50%) 0 0 / 24px 24px;
      }
      .standing canvas {
        mask-image: var(--picture-mask, none);
        mask-composite: intersect;
      }
      .stage:active {
        cursor: grabbing;
      }
      .stage:focus-visible {
        outline-offset: 3px;
      }
      canvas {
        display: block;
        width: 100%;
        height: 100%;
        border-radius: inherit;
        object-fit: contain; /* until a picture of the new shape is drawn */
      }
      /* Lies over the canvas, where there is one to show until that has a picture. */
      ::slotted(*) {
        position: absolute;
        inset: 0;
        pointer-events: none;
      }
    `,
  ];

  protected watches(state: StudioState): readonly unknown[] {
    const { face, settings, view, status, student } = state;
    const { layout, renderer, against } = shownNow(settings, student);
    const ground = groundOf(state);
    return [
      describe(face),
      settings.picture,
      viewOctant(view.yaw, view.pitch),
      status,
      layout,
      renderer,
      against,
      ground,
    ];
  }

  protected override watchedChanged({ status }: StudioState): void {
    clearTimeout(this.#speechTimer);
    if (status !== 'ready') return;
    this.#speechTimer = setTimeout(() => {
      this.spoken = this.#description();
    }, SPEECH_DELAY_MILLISECONDS);
  }

  protected override render() {
    const { settings, student } = this.studio.state;
    const shown = shownNow(settings, student);
    const drawnBy = wantsStudent(shown) ? ` ${COMPARE_STRINGS.renderer.shown(shown.layout, shown.renderer)}.` : '';
    return html`
      <div class="frame ${groundOf(this.studio.state)} ${shown.layout === 'side-by-side' ? 'pair' : ''}">
        <div
          class="stage"
          tabindex="0"
          role="application"
          aria-roledescription=${STRINGS.viewport.role}
          aria-label=${this.#description() + drawnBy}
          aria-describedby="hint"
          @keydown=${this.#keyPressed}
          @dblclick=${() => this.studio.resetCamera()}
        >
          <canvas aria-hidden="true"></canvas>
          <slot name="first-picture"></slot>
        </div>
        <trifold-compare-overlay .studio=${this.studio}></trifold-compare-overlay>
      </div>
      <p id="hint" class="visually-hidden">${STRINGS.viewport.hint}</p>
      <p class="visually-hidden" role="status">${this.spoken}</p>
    `;
  }

  protected override firstUpdated(): void {
    new PointerGestures(this.stage, this.studio, () => this.stage.getBoundingClientRect());
    this.#sizes.observe(this.canvas);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#sizes.observe(this.canvas); // moved within the page
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    clearTimeout(this.#speechTimer);
  }

  /** Says nothing of the renderer: `<trifold-renderer>` speaks of that at once. */
  #description(): string {
    const { face, settings, view, student } = this.studio.state;
    const { picture } = settings;
    const shown = shownNow(settings, student);
    const isRawOfStudent = picture === 'raw' && wantsStudent(shown);
    const names = picturesShown(picture, shown).map((kind) => VIEW_STRINGS.pictureNames[kind]);
    const kind = isRawOfStudent ? VIEW_STRINGS.rawOfStudent : names.join(', ');
    return STRINGS.viewport.describe(describe(face), viewOctant(view.yaw, view.pitch), kind);
  }

  #resized({ contentRect, devicePixelContentBoxSize }: ResizeObserverEntry): void {
    const exact = devicePixelContentBoxSize?.[0];
    const width = exact?.inlineSize ?? contentRect.width * devicePixelRatio;
    const height = exact?.blockSize ?? contentRect.height * devicePixelRatio;
    const reduction = Math.min(1, LARGEST_CANVAS / Math.max(width, height));
    const pixels = (extent: number) => Math.max(1, Math.round(extent * reduction));
    this.studio.resize({ width: pixels(width), height: pixels(height) });
  }

  #keyPressed(event: KeyboardEvent): void {
    runShortcut(event, this.studio, PICTURE_SHORTCUTS);
  }
}

/** What the picture has behind it. */
function groundOf(state: StudioState): 'card' | 'checkered' | 'standing' {
  if (!state.model) return 'standing'; // nobody knows yet, and there is nothing on it
  if (!standsOnBackdrop(state)) return 'card';
  const { backdrop } = state.settings;
  if (backdrop === 'page') return 'standing';
  return backdrop === 'transparent' ? 'checkered' : 'card';
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-viewport': TrifoldViewport;
  }
}
