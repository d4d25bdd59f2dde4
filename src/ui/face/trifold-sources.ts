/**
 * `<trifold-sources>`: the faces that a face is made of, a row each: a seed to type, another one by chance, and in a walk the order. A and
 * B are the two of a mix.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { LARGEST_SEED, readSeedOrSeeds } from '../../numbers/written';
import {
  type FaceSource,
  faceOfSource,
  MOST_SOURCES,
  sourcesInUse,
  withAnotherSource,
  withoutSource,
  withSeeds,
  withSourceMoved,
  withSourcesSwapped,
} from '../../studio/face/face-actions';
import type { StudioState } from '../../studio/shared/state';
import { writtenField } from '../shared/form-parts';
import { icons, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import './trifold-thumbnail';

const { sources: strings } = FACE_STRINGS;

@customElement('trifold-sources')
export class TrifoldSources extends StudioElement {
  /** A mix has just lost one of its two. */
  @state() private isLeftAlone = false;

  static override styles = [
    controls,
    sections,
    inSection,
    icons,
    css`
      ol {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.4rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      /* In a mix one line, in a walk two: the longest seed has ten digits. */
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.2rem 0.5rem;
      }
      .walk > li {
        grid-template-columns: auto minmax(0, 1fr);
      }
      .picture {
        position: relative;
        width: 3.25rem;
      }
      .walk .picture {
        grid-row: span 2;
        width: 4.75rem;
      }
      .letter {
        position: absolute;
        inset: auto auto 3px 3px;
        display: grid;
        place-items: center;
        min-width: 1.35rem;
        height: 1.35rem;
        border-radius: 50%;
        background: var(--surface);
        font-size: 0.8rem;
        font-weight: 650;
      }
      input.number {
        width: 100%;
        min-width: 0;
        padding: 0 0.5rem;
      }
      .alone input.number {
        flex: none;
        width: 10rem;
        padding: 0 0.8rem;
      }
      .hint:empty {
        position: absolute;
      }
      .buttons {
        display: flex;
        gap: 0.25rem;
      }
      .buttons > button {
        flex: none;
        width: var(--control);
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  protected watches({ face }: StudioState): readonly unknown[] {
    const { mode, sources, psi, psiCutoff, conditioning, directions } = face;
    return [mode, sources, psi, psiCutoff, conditioning, directions];
  }

  protected override watchedChanged({ face }: StudioState): void {
    if (face.mode !== 'single') this.isLeftAlone = false;
  }

  protected override render() {
    const { face } = this.studio.state;
    const used = sourcesInUse(face);
    if (used.length === 0) return nothing;
    if (face.mode === 'single') return this.#alone(used[0]!);
    const isWalk = face.mode === 'walk';
    return html`
      <ol class=${face.mode}>
        ${used.map((source, index) => this.#row(source, index, used.length, isWalk))}
      </ol>
      ${isWalk ? this.#add(used.length) : html`<button type="button" @click=${() => this.studio.changeFace(withSourcesSwapped)}>${strings.swap}</button>`}
    `;
  }

  #alone(source: FaceSource) {
    return html`<div class="row alone">
      ${
        source.kind === 'seed'
          ? html`<label for="source-0">${strings.seed}</label>${this.#seed(source.seed, 0)}`
          : html`<span class="name">${strings.saved(source.name)}</span>`
      }
    </div>
    <p class="hint" role="status">${this.isLeftAlone ? strings.leftAlone : nothing}</p>`;
  }

  #row(source: FaceSource, index: number, count: number, isWalk: boolean) {
    return html`<li>
      <div class="picture" aria-hidden="true">
        <trifold-thumbnail
          .studio=${this.studio}
          .face=${faceOfSource(this.studio.state.face, source)}
        ></trifold-thumbnail>
        <span class="letter">${strings.letter(index)}</span>
      </div>
      ${
        source.kind === 'seed'
          ? this.#seed(source.seed, index, strings.seedOf(index))
          : html`<span class="name" title=${source.name}>${strings.saved(source.name)}</span>`
      }
      <div class="buttons">
        ${isWalk ? this.#order(index, count) : nothing}
        ${this.#button('dice', strings.dice(index), DICE, () => this.studio.newFace(index), index)}
        ${this.#button('remove', isWalk ? strings.remove(index) : strings.removeOfTwo(index), CROSS, () => this.#remove(index, count), index)}
      </div>
    </li>`;
  }

  #seed(seed: number, index: number, label?: string) {
    const { mode, sources } = this.studio.state.face;
    const most = mode === 'walk' ? MOST_SOURCES - sources.length + 1 : MOST_SOURCES;
    const take = (seeds: readonly number[]) => this.studio.changeFace(withSeeds(index, seeds));
    const parts = {
      id: `source-${index}`,
      ...(label === undefined ? {} : { label }),
      value: seed,
      min: 0,
      max: LARGEST_SEED,
      step: 1,
      hint: strings.seedHint,
      typed: (typed: number) => take([typed]),
    };
    return writtenField(parts, (text) => readSeedOrSeeds(text, most), take);
  }

  #order(index: number, count: number) {
    const move = (to: number, button: string) => {
      this.studio.changeFace(withSourceMoved(index, to));
      this.#focus(`${button}-${to}`, `${button === 'earlier' ? 'later' : 'earlier'}-${to}`);
    };
    return html`
      ${this.#button('earlier', strings.earlier(index), UP, () => move(index - 1, 'earlier'), index, index === 0)}
      ${this.#button('later', strings.later(index), DOWN, () => move(index + 1, 'later'), index, index === count - 1)}
    `;
  }

  #button(kind: string, label: string, icon: unknown, act: () => void, index: number, isDisabled = false) {
    return html`<button
      class="icon"
      id=${`${kind}-${index}`}
      type="button"
      aria-label=${label}
      title=${label}
      ?disabled=${isDisabled}
      @click=${act}
    >
      ${icon}
    </button>`;
  }

  #add(count: number) {
    const isFull = count >= MOST_SOURCES;
    return html`
      <button id="add" type="button" ?disabled=${isFull} @click=${() => this.studio.changeFace(withAnotherSource())}>
        ${strings.add}
      </button>
      <p class="hint">${isFull ? strings.full(MOST_SOURCES) : strings.seedHint}</p>
    `;
  }

  #remove(index: number, count: number): void {
    this.isLeftAlone = this.studio.state.face.mode === 'mix';
    this.studio.changeFace(withoutSource(index));
    this.#focus(`remove-${Math.min(index, count - 2)}`, 'source-0');
  }

  /** The focus goes on with what was moved; the first of the elements that can have it gets it. */
  async #focus(...ids: readonly string[]): Promise<void> {
    await this.updateComplete;
    const found = ids.map((id) => this.renderRoot.querySelector<HTMLElement>(`#${id}:not(:disabled)`));
    found.find((element) => element !== null)?.focus();
  }
}

const UP = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5m-6 6 6-6 6 6" /></svg>`;
const DOWN = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14m-6-6 6 6 6-6" /></svg>`;
const CROSS = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" /></svg>`;
const DICE = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <rect x="4" y="4" width="16" height="16" rx="3.5" />
  <path d="M8.5 8.5h.01M15.5 15.5h.01M12 12h.01" stroke-width="2.6" />
</svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-sources': TrifoldSources;
  }
}
