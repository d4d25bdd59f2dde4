/**
 * `<trifold-viewport>`: the picture and the hand on it. Owns the canvas; pointer, wheel and keys go to the camera. People who do not see
 * the picture hear what it is when it has come to rest.
 */
import { css, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { isOrbitKey, pressKey } from '../camera/orbit';
import { viewOctant } from '../camera/view-octant';
import type { StudioState } from '../studio/state';
import { PointerGestures } from './pointer-gestures';
import { STRINGS } from './strings';
import { StudioElement } from './studio-element';
import { controls } from './theme';

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
        display: block;
        container-type: size;
      }
      .stage {
        position: relative;
        width: min(100cqw, 100cqh);
        aspect-ratio: 1;
        margin: 0 auto;
        border-radius: 18px;
        background: var(--surface);
        box-shadow: var(--shadow);
        cursor: grab;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
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
      }
      @media (max-width: 52rem) {
        :host {
          container-type: inline-size;
        }
        .stage {
          width: min(100cqw, 70dvh);
        }
      }
      @media (max-width: 30rem) {
        .stage {
          border-radius: 0;
        }
        .stage:focus-visible {
          outline-offset: -3px;
        }
      }
    `,
  ];

  protected slice({ settings, view, status }: StudioState): readonly unknown[] {
    return [settings.seed, settings.picture, viewOctant(view.yaw, view.pitch), status];
  }

  protected override sliceChanged({ status }: StudioState): void {
    clearTimeout(this.#speechTimer);
    if (status !== 'ready') return;
    this.#speechTimer = setTimeout(() => {
      this.spoken = this.#description();
    }, SPEECH_DELAY_MILLISECONDS);
  }

  protected override render() {
    return html`
      <div
        class="stage"
        tabindex="0"
        role="application"
        aria-roledescription=${STRINGS.viewport.role}
        aria-label=${this.#description()}
        aria-describedby="hint"
        @keydown=${this.#keyPressed}
        @dblclick=${() => this.studio.resetCamera()}
      >
        <canvas aria-hidden="true"></canvas>
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

  #description(): string {
    const { settings, view } = this.studio.state;
    const kind = STRINGS.panel.pictureNames[settings.picture];
    return STRINGS.viewport.describe(settings.seed, viewOctant(view.yaw, view.pitch), kind);
  }

  #resized({ contentRect, devicePixelContentBoxSize }: ResizeObserverEntry): void {
    const exact = devicePixelContentBoxSize?.[0]?.inlineSize;
    const side = Math.round(exact ?? contentRect.width * devicePixelRatio);
    const limited = Math.min(LARGEST_CANVAS, Math.max(1, side));
    this.studio.resize({ width: limited, height: limited });
  }

  #keyPressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, shiftKey } = event;
    if (isOrbitKey(key)) this.studio.moveCamera((view) => pressKey(view, key, shiftKey));
    else if (key === 'n' || key === 'N') this.studio.newFace();
    else if (key === 'Backspace') this.studio.previousFace();
    else return;
    event.preventDefault();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-viewport': TrifoldViewport;
  }
}
