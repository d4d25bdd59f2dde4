/**
 * `<trifold-learn-stage>`: what is being learnt, in the place of the head: a small picture, drawn again as it learns, which the same hand turns. It
 * lies over the viewport, whose picture stays as it is behind it.
 */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { isOrbitKey, pressKey } from '../../camera/orbit';
import { viewOctant } from '../../camera/view-octant';
import { isOnStage } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { icons } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { drawing } from '../stage/tool-icons';
import { LEARN_STRINGS } from '../strings/learn';
import { PointerGestures } from '../view/pointer-gestures';
import { pixelsOf } from './learnt-picture';

const { stage: strings } = LEARN_STRINGS;

@customElement('trifold-learn-stage')
export class TrifoldLearnStage extends StudioElement {
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  @query('.view') private readonly view!: HTMLElement;
  #drawn: unknown;

  static override styles = [
    controls,
    icons,
    css`
      :host {
        position: absolute;
        inset: 0;
        z-index: 1;
        display: grid;
        place-items: center;
        container-type: size;
        padding: 0.5rem;
      }
      .frame {
        position: relative;
        width: min(100cqw - 1rem, 100cqh - 1rem);
        aspect-ratio: 1;
      }
      .view {
        height: 100%;
        border-radius: 14px;
        box-shadow: var(--shadow);
        cursor: grab;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
      }
      .view:active {
        cursor: grabbing;
      }
      .view:focus-visible {
        outline-offset: 3px;
      }
      canvas {
        display: block;
        width: 100%;
        height: 100%;
        border-radius: inherit;
        background: var(--soft);
        object-fit: contain;
      }
      .over {
        position: absolute;
        inset: 0.75rem;
        display: flex;
        flex-wrap: wrap;
        align-content: space-between; /* where they do not stand side by side, one is below the picture */
        justify-content: space-between;
        align-items: start;
        gap: 0.4rem;
        pointer-events: none;
      }
      .over > * {
        pointer-events: auto;
      }
      .badge {
        padding: 0.3rem 0.7rem;
        border-radius: 999px;
        background: var(--surface);
        box-shadow: var(--shadow);
        font-size: 0.87rem;
        font-variant-numeric: tabular-nums;
      }
      .learning::before {
        content: '';
        display: inline-block;
        width: 0.55rem;
        height: 0.55rem;
        margin-inline-end: 0.4rem;
        border-radius: 50%;
        background: var(--accent);
      }
      .buttons {
        display: flex;
        gap: 0.4rem;
      }
      .buttons button {
        box-shadow: var(--shadow);
      }
      .buttons .icon {
        width: var(--control);
      }
      .waiting {
        position: absolute;
        inset: auto 0 45%;
        margin: 0;
        text-align: center;
        color: var(--muted);
        pointer-events: none;
      }
    `,
  ];

  protected watches(state: StudioState): readonly unknown[] {
    const { learn, live } = state;
    const status = learn.run?.state?.status;
    return [isOnStage(learn), live?.picture, live && viewOctant(live.view.yaw, live.view.pitch), live?.step, status];
  }

  protected override render() {
    const { learn, live } = this.studio.state;
    const { run } = learn;
    if (!live || !run?.state) return nothing;
    const { status } = run.state;
    const isLearning = status === 'running';
    return html`
      <div class="frame">
        <div
          class="view"
          tabindex="0"
          role="application"
          aria-roledescription=${strings.role}
          aria-label=${strings.describe(run.description.kind, viewOctant(live.view.yaw, live.view.pitch))}
          aria-describedby="hint"
          @keydown=${this.#keyPressed}
          @dblclick=${() => this.studio.learning.resetCamera()}
        >
          <canvas aria-hidden="true"></canvas>
        </div>
        ${live.picture ? nothing : html`<p class="waiting">${strings.waiting}</p>`}
      </div>
      <div class="over">
        <span class="badge ${isLearning ? 'learning' : ''}">
          ${strings.badge(isLearning, live.step ?? run.state.position.step)}
        </span>
        <span class="buttons">
          <button type="button" class="icon" aria-label=${strings.reset} title=${strings.reset} @click=${this.#reset}>
            ${drawing('reset')}
          </button>
          <button type="button" @click=${() => this.studio.learning.showLive(false)}>${strings.back}</button>
        </span>
      </div>
      <p id="hint" class="visually-hidden">${strings.hint}</p>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { view, canvas } = this;
    if (view && !this.#gestures.has(view)) {
      this.#gestures.add(view);
      new PointerGestures(view, this.studio.learning, () => view.getBoundingClientRect());
    }
    const picture = this.studio.state.live?.picture;
    if (!picture || !canvas || picture === this.#drawn) return;
    this.#drawn = picture;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext('2d')!.putImageData(new ImageData(pixelsOf(picture), picture.width), 0, 0);
  }

  /** Elements that hear the hand already. */
  readonly #gestures = new WeakSet<Element>();

  readonly #reset = () => this.studio.learning.resetCamera();

  #keyPressed(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey || altKey || !isOrbitKey(key)) return;
    event.preventDefault();
    this.studio.learning.moveCamera((view) => pressKey(view, key, shiftKey));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-stage': TrifoldLearnStage;
  }
}
