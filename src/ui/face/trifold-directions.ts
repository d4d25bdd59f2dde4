/**
 * `<trifold-directions>`: steps along the directions in which the model's w varies most (principal components, GANSpace), for any model. They
 * are found when somebody asks for them, and kept; each has a strength and the layers that it acts on.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type DirectionStep, withDirection } from '../../studio/face/face-actions';
import { recipeKey } from '../../studio/face/recipe-key';
import type { DirectionsState, StudioState } from '../../studio/shared/state';
import { numberField, slider } from '../shared/form-parts';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import './trifold-thumbnail';

const { directions: strings } = FACE_STRINGS;
/** The first ones are put forward. */
const FORWARD_COUNT = 10;
/** Standard deviations of w along the direction. */
const RANGE = 4;
const STEP = 0.05;
/** Where the pictures of a direction's ends are: well visible, and not broken yet. */
const END = 3;

@customElement('trifold-directions')
export class TrifoldDirections extends StudioElement {
  /** Layers of directions along which no step goes: the face itself knows nothing of those. */
  @state() private layers: ReadonlyMap<number, readonly [number, number]> = new Map();

  static override styles = [
    controls,
    sections,
    folds,
    inSection,
    progressBar,
    css`
      h2 {
        margin: 0;
        font-size: 1rem;
      }
      /* The slider stands between pictures of its two ends. */
      .direction {
        display: grid;
        grid-template-columns: 3.5rem minmax(0, 1fr) 3.5rem;
        gap: 0 0.5rem;
        align-items: center;
      }
      .direction > .row {
        grid-area: 1 / 1 / auto / span 2;
      }
      .direction > input {
        grid-area: 2 / 2;
      }
      .direction > details {
        grid-column: 1 / -1;
      }
      .reset {
        grid-area: 1 / 3;
        justify-self: end;
        width: var(--control);
        padding: 0;
        border-color: transparent;
        font-size: 1.2rem;
      }
      .reset:disabled {
        visibility: hidden;
      }
      .end {
        grid-area: 2 / 1;
        padding: 3px;
      }
      .end + .end {
        grid-column: 3;
      }
      .direction summary {
        font-size: 0.87rem;
      }
      .direction small {
        display: block;
        color: var(--muted);
      }
      .layers input {
        width: 5rem;
      }
      .finding {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.3rem 0.6rem;
      }
      progress {
        grid-column: 1 / -1;
      }
    `,
  ];

  protected watches({ directions, face, model, status, isPlaying }: StudioState): readonly unknown[] {
    // The pictures follow the face, but not one that changes with every frame.
    return [directions, face.directions, isPlaying ? undefined : recipeKey(face), model?.config, status];
  }

  protected override render() {
    const { directions } = this.studio.state;
    return html`
      <h2>${strings.title}</h2>
      ${this.#content(directions)}
    `;
  }

  #content({ status, share, shares, failure }: DirectionsState) {
    switch (status) {
      case 'unknown':
        return html`<p class="hint">${strings.about}</p>${this.#findButton(strings.find)}`;
      case 'finding':
        return html`<div class="finding">
          <p class="hint" role="status">${strings.finding}</p>
          <button type="button" @click=${() => this.studio.directions.stop()}>${strings.cancel}</button>
          <progress aria-label=${strings.progress} max="1" .value=${share}></progress>
        </div>`;
      case 'failed':
        return html`<div role="alert">
            <p class="hint">${failure?.message} ${failure?.remedy}</p>
          </div>
          ${this.#findButton(strings.retry)}`;
      case 'ready':
        return shares.length === 0 ? html`<p class="hint">${strings.none}</p>` : this.#sliders(shares);
    }
  }

  #findButton(label: string) {
    return html`<button type="button" @click=${() => this.studio.directions.find()}>${label}</button>`;
  }

  #sliders(shares: readonly number[]) {
    const sliders = shares.map((share, direction) => this.#direction(direction, share));
    const others = sliders.slice(FORWARD_COUNT);
    return html`
      ${sliders.slice(0, FORWARD_COUNT)}
      ${
        others.length === 0
          ? nothing
          : html`<details class="fold">
              <summary>${strings.more(others.length)}</summary>
              <div class="folded">${others}</div>
            </details>`
      }
      <button
        type="button"
        ?disabled=${this.studio.state.face.directions.length === 0}
        @click=${() => this.studio.changeFace((face) => ({ ...face, directions: [] }))}
      >
        ${strings.resetAll}
      </button>
    `;
  }

  #direction(direction: number, share: number) {
    const step = this.#step(direction);
    const { strength, from, to } = step;
    return html`<div class="direction">
      ${slider({
        id: `direction-${direction}`,
        label: html`${strings.name(direction)} <small>${strings.share(share)}</small>`,
        value: strength,
        shown: strings.strength(strength),
        min: -RANGE,
        max: RANGE,
        step: STEP,
        slid: (wanted) => this.#change({ ...step, strength: wanted }),
      })}
      <button
        class="reset"
        type="button"
        aria-label=${strings.reset(direction)}
        title=${strings.reset(direction)}
        ?disabled=${strength === 0}
        @click=${() => this.#change({ ...step, strength: 0 })}
      >
        ↺
      </button>
      ${this.#end(step, -END)} ${this.#end(step, END)}
      <details class="fold">
        <summary aria-label=${`${strings.name(direction)}: ${strings.layersOf(from, to)}`}>
          ${strings.layersOf(from, to)}
        </summary>
        <div class="folded row layers">
          ${this.#layer('from', step, strings.from, strings.fromOf(direction))}
          ${this.#layer('to', step, strings.to, strings.toOf(direction))}
        </div>
      </details>
    </div>`;
  }

  /** What the face looks like far along the direction; it goes there. */
  #end(step: DirectionStep, strength: number) {
    const end = { ...step, strength };
    const label = strings.goTo(step.direction, strength);
    return html`<button class="end" type="button" aria-label=${label} title=${label} @click=${() => this.#change(end)}>
      <trifold-thumbnail
        .studio=${this.studio}
        .face=${withDirection(end)(this.studio.state.face)}
        .rank=${2}
      ></trifold-thumbnail>
    </button>`;
  }

  #layer(end: 'from' | 'to', step: DirectionStep, text: string, label: string) {
    return html`<span aria-hidden="true">${text}</span>${numberField({
      id: `${end}-${step.direction}`,
      label,
      value: step[end] + 1,
      min: 1,
      max: this.#layerCount,
      step: 1,
      typed: (layer) => this.#change({ ...step, [end]: layer - 1 }),
    })}`;
  }

  get #layerCount(): number {
    return this.studio.state.face.mixLayers.length;
  }

  #step(direction: number): DirectionStep {
    const known = this.studio.state.face.directions.find((step) => step.direction === direction);
    if (known) return known;
    const last = this.#layerCount - 1;
    const [from, to] = this.layers.get(direction) ?? [0, last];
    return { direction, strength: 0, from: Math.min(from, last), to: Math.min(to, last) };
  }

  #change(wanted: DirectionStep): void {
    const last = this.#layerCount - 1;
    const inRange = (layer: number) => Math.round(Math.min(last, Math.max(0, layer)));
    const [from, to] = [inRange(wanted.from), inRange(wanted.to)].sort((a, b) => a - b) as [number, number];
    this.layers = new Map(this.layers).set(wanted.direction, [from, to]);
    this.studio.changeFace(withDirection({ ...wanted, from, to }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-directions': TrifoldDirections;
  }
}
