/**
 * `<trifold-choice>`: one of several looks, such as hair styles, with a small picture of each: for dimensions of z of which the largest number
 * wins. The one that the face has is marked, also where it is the seed's own.
 */
import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { editsOf, type FaceRecipe, type FaceSource, withChoice } from '../../studio/face/face-actions';
import { ownValuesOf } from '../../studio/face/latent-values';
import type { StudioState } from '../../studio/shared/state';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import type { TraitChoice } from './attribute-groups';
import './trifold-thumbnail';

const { edit: strings } = FACE_STRINGS;

@customElement('trifold-choice')
export class TrifoldChoice extends StudioElement {
  @property({ attribute: false }) choice!: TraitChoice;
  /** Which source of the face is edited: one with a seed. */
  @property({ type: Number }) index = 0;
  /** The dimension that wins; undefined as long as nobody knows. */
  @state() private shown: number | undefined;
  /** The source of which that is said. */
  #asked: string | undefined;
  #isAsking = false;

  static override styles = [
    controls,
    sections,
    inSection,
    css`
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 0.6rem;
        min-height: var(--control);
      }
      .title output {
        flex: 1;
      }
      .title > span::first-letter {
        text-transform: uppercase;
      }
      .title button {
        width: var(--control);
        padding: 0;
        border-color: transparent;
        font-size: 1.2rem;
      }
      .title button:disabled {
        visibility: hidden;
      }
      .options {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(4.6rem, 1fr));
        gap: 0.4rem;
      }
      label {
        position: relative;
        display: grid;
        align-content: start;
        gap: 0.2rem;
        padding: 4px;
        border: 2px solid transparent;
        border-radius: var(--round);
        font-size: 0.8rem;
        line-height: 1.2;
        text-align: center;
        cursor: pointer;
      }
      label:hover {
        background: var(--soft);
      }
      label:has(:checked) {
        border-color: var(--accent);
        background: var(--soft);
      }
      label:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 1px;
      }
      input {
        position: absolute;
        inset: 0;
        z-index: 1;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      @media (forced-colors: active) {
        label:has(:checked) {
          border-color: Highlight;
        }
      }
    `,
  ];

  protected watches({ face, model, status }: StudioState): readonly unknown[] {
    return [face, model?.config, status];
  }

  protected override render() {
    const { name, options } = this.choice;
    const { shown } = this;
    const isEdited = this.#isEdited;
    const label = options.find(({ dimension }) => dimension === shown)?.label;
    return html`
      <div class="title">
        <span id="name">${name}</span>
        <output>${label === undefined ? nothing : isEdited ? label : strings.looksLike(label)}</output>
        <button
          type="button"
          aria-label=${strings.reset(name)}
          title=${strings.reset(name)}
          ?disabled=${!isEdited}
          @click=${() => this.#choose(undefined)}
        >
          ↺
        </button>
      </div>
      <div class="options" role="radiogroup" aria-labelledby="name">
        ${options.map(
          ({ dimension, label }) => html`<label>
            <input
              type="radio"
              name="choice"
              value=${dimension}
              .checked=${live(dimension === shown)}
              @change=${() => this.#choose(dimension)}
            />
            <trifold-thumbnail .studio=${this.studio} .face=${this.#faceWith(dimension)}></trifold-thumbnail>
            ${label}
          </label>`,
        )}
      </div>
    `;
  }

  protected override updated(): void {
    this.#ask();
  }

  get #group(): readonly number[] {
    return this.choice.options.map(({ dimension }) => dimension);
  }

  get #source(): Extract<FaceSource, { kind: 'seed' }> | undefined {
    const source = this.studio.state.face.sources[this.index];
    return source?.kind === 'seed' ? source : undefined;
  }

  get #isEdited(): boolean {
    const edits = editsOf(this.#source);
    return this.#group.some((dimension) => edits[dimension] !== undefined);
  }

  #with(dimension: number | undefined, index: number) {
    const source = this.#source;
    const zDim = this.studio.state.model?.config.mapping.zDim ?? 0;
    return withChoice(index, this.#group, dimension, (source && ownValuesOf(source, zDim)) ?? []);
  }

  /** The edited face alone, as it would be with another choice. */
  #faceWith(dimension: number): FaceRecipe {
    const { face } = this.studio.state;
    const source = this.#source;
    return source ? this.#with(dimension, 0)({ ...face, mode: 'single', sources: [source] }) : face;
  }

  #choose(dimension: number | undefined): void {
    this.shown = dimension;
    this.studio.changeFace(this.#with(dimension, this.index));
  }

  /** Finds out what the face shows. While that goes on, faces come and go: the last one counts. */
  async #ask(): Promise<void> {
    const { model, status } = this.studio.state;
    const source = this.#source;
    if (this.#isAsking || !source || !model || status !== 'ready') return;
    const key = JSON.stringify([source, model.name, this.#group]);
    if (key === this.#asked) return;
    this.#asked = key;
    this.#isAsking = true;
    const isPresent = () => this.isConnected && source === this.#source;
    const shown = await this.studio.choices.shown(source, this.#group, model.config.mapping.zDim, isPresent);
    this.#isAsking = false;
    if (shown === undefined) this.#asked = undefined; // it was another face, or another screen: to be asked again
    if (isPresent()) this.shown = shown;
    else if (this.isConnected) this.#ask();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-choice': TrifoldChoice;
  }
}
