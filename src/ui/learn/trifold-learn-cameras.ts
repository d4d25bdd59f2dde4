/** `<trifold-learn-cameras>`: where the cameras of some pictures stand around the box, as a drawing that can be turned, and in words. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { DataFacts } from '../../studio/learn/learn-state';
import { slider } from '../shared/form-parts';
import { inSection } from '../shared/section-styles';
import { controls, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';
import { drawCameras } from './cameras-drawing';
import { colourOf } from './colours';

const { data: strings } = LEARN_STRINGS;

const PITCH = 0.35;
const DEGREES = 180 / Math.PI;
/** A drag across the drawing turns by so many degrees. */
const TURN_ACROSS = 180;

@customElement('trifold-learn-cameras')
export class TrifoldLearnCameras extends LitElement {
  @property({ attribute: false }) facts!: DataFacts;
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  /** Degrees. */
  @state() private turn = 30;
  readonly #media = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((list) => matchMedia(list));

  readonly #sizes = new ResizeObserver(() => this.#drawAgain());

  static override styles = [
    controls,
    sections,
    inSection,
    css`
      canvas {
        --held-out: var(--warning);
        display: block;
        width: 100%;
        height: 13rem;
        border-radius: var(--round);
        background: var(--soft);
        cursor: grab;
        touch-action: pan-y;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.82rem;
        color: var(--muted);
      }
      .key li::before {
        content: '';
        display: inline-block;
        width: 1.2rem;
        margin-inline-end: 0.4rem;
        border-block-start: 3px solid currentcolor;
        vertical-align: middle;
      }
      .key .train::before {
        border-color: var(--accent);
      }
      .key .held-out::before {
        border-color: var(--warning);
        border-block-start-style: double;
        border-block-start-width: 4px;
      }
      .key .box::before {
        border-color: var(--muted);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const list of this.#media) list.addEventListener('change', this.#drawAgain);
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const list of this.#media) list.removeEventListener('change', this.#drawAgain);
    this.#sizes.disconnect();
  }

  protected override render() {
    const { cameras, heldOut, train, spread } = this.facts;
    return html`<canvas
        role="img"
        aria-label=${strings.drawing(train + heldOut || cameras.length, heldOut)}
        aria-description=${spread ? strings.spread(spread) : nothing}
        @pointerdown=${this.#grab}
        @pointermove=${this.#drag}
      ></canvas>
      <ul class="key">
        <li class="train">${strings.legendTrain}</li>
        ${cameras.some(({ isHeldOut }) => isHeldOut) ? html`<li class="held-out">${strings.legendHeldOut}</li>` : nothing}
        <li class="box">${strings.legendBox}</li>
      </ul>
      ${slider({
        id: 'turn',
        label: strings.turn,
        value: this.turn,
        shown: `${Math.round(this.turn)}°`,
        min: -180,
        max: 180,
        step: 1,
        slid: (turn) => {
          this.turn = turn;
        },
      })}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { canvas, facts, turn } = this;
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    const [camera, heldOut, box] = ['--accent', '--warning', '--muted'].map((name) =>
      colourOf(canvas.parentNode as ShadowRoot, `var(${name})`),
    );
    const view = { yaw: turn / DEGREES, pitch: PITCH };
    drawCameras(canvas, facts, view, { camera: camera!, heldOut: heldOut!, box: box!, ground: box! });
  }

  readonly #drawAgain = () => this.requestUpdate();

  readonly #grab = (event: PointerEvent) => {
    this.canvas.setPointerCapture(event.pointerId);
  };

  readonly #drag = (event: PointerEvent) => {
    const { canvas } = this;
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const turned = this.turn - (event.movementX / canvas.clientWidth) * TURN_ACROSS;
    this.turn = ((((turned + 180) % 360) + 360) % 360) - 180;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-cameras': TrifoldLearnCameras;
  }
}
