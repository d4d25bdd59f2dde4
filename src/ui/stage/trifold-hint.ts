/**
 * `<trifold-hint>`: "Drag to turn", on the picture of somebody who has never turned a head here, while it turns a little by itself. The first
 * gesture takes it away for good. Only for the eye: people who hear the page are told by the picture itself.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { remember, remembered } from '../shared/remembered';
import { StudioElement } from '../shared/studio-element';
import { STAGE_STRINGS } from '../strings/stage';
import { FirstTurn } from './first-turn';

/** What is remembered of somebody who has turned a head. */
const TURNED = 'has-turned';
/** The words fade for so long. */
const FADE_MILLISECONDS = 600;

@customElement('trifold-hint')
export class TrifoldHint extends StudioElement {
  @state() private phase: 'waiting' | 'shown' | 'fading' | 'gone' = remembered(TURNED) ? 'gone' : 'waiting';
  #turn: FirstTurn | undefined;
  #fadeTimer: ReturnType<typeof setTimeout> | undefined;

  static override styles = css`
    :host {
      position: absolute;
      inset: auto 0 calc(var(--tools, 0rem) + 1.25rem);
      display: grid;
      place-items: center;
      pointer-events: none;
    }
    p {
      margin: 0;
      padding: 0.35rem 1rem;
      border-radius: 2rem;
      background: color-mix(in srgb, var(--surface) 88%, transparent);
      box-shadow: var(--shadow);
      transition: opacity 0.6s;
    }
    .fading {
      opacity: 0;
    }
    @media (prefers-reduced-motion: reduce) {
      p {
        transition: none;
      }
    }
  `;

  protected watches({ status, view, settings, device }: StudioState): readonly unknown[] {
    const { autoRotate, layout, picture } = settings;
    return this.phase === 'gone' ? [] : [status, view, autoRotate, layout, picture, device?.fullMilliseconds];
  }

  /** Begins when the picture is there in full, and it is known how long it takes. */
  protected override watchedChanged({ status, device }: StudioState): void {
    if (this.phase === 'waiting' && status === 'ready' && device?.fullMilliseconds !== undefined) {
      this.phase = 'shown';
      this.#turn = new FirstTurn(this.studio);
    } else if (this.phase === 'shown' && this.#turn?.isTaken) this.#leave();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#turn?.stop();
    clearTimeout(this.#fadeTimer);
  }

  protected override render() {
    const { layout, picture } = this.studio.state.settings;
    // Elsewhere a legend or the line of a wipe has the place.
    const hasRoom = layout === 'single' && (picture === 'image' || picture === 'raw');
    if (!hasRoom || (this.phase !== 'shown' && this.phase !== 'fading')) return nothing;
    return html`<p class=${this.phase} aria-hidden="true">${STAGE_STRINGS.hint}</p>`;
  }

  #leave(): void {
    remember(TURNED, 'yes');
    this.#turn?.stop();
    this.phase = 'fading';
    this.#fadeTimer = setTimeout(() => {
      this.phase = 'gone';
    }, FADE_MILLISECONDS);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-hint': TrifoldHint;
  }
}
