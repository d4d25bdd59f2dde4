/**
 * `<trifold-attributes>`: the named dimensions of z, for models that name them, as sliders for one of the faces in use. An untouched slider
 * shows what the seed has of its own. A few are put forward; the others are found by name or in the whole list.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { editsOf, type FaceSource, sourcesInUse, withEdit, withoutEdits } from '../../studio/face/face-actions';
import { ownValuesOf } from '../../studio/face/latent-values';
import type { LatentAttribute } from '../../studio/model/model-facts';
import type { StudioState } from '../../studio/shared/state';
import { slider } from '../shared/form-parts';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';

const { edit: strings } = FACE_STRINGS;
/** Names of what people look for first, as far as the model has them. */
const FORWARD = [
  'age',
  'gender',
  'smile',
  'hair lightness',
  'skin tone',
  'face fullness',
  'eye colour',
  'mouth open',
  'beard',
];
const FORWARD_COUNT = 6;
/** Standard deviations: one seed in 370 has a value beyond this. */
const RANGE = 3;
const STEP = 0.05;

@customElement('trifold-attributes')
export class TrifoldAttributes extends StudioElement {
  /** Which of the faces in use is edited. */
  @state() private chosen = 0;
  @state() private search = '';

  static override styles = [
    controls,
    sections,
    folds,
    inSection,
    css`
      .attribute {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        column-gap: 0.5rem;
        align-items: center;
      }
      .attribute > .row {
        grid-column: 1 / -1;
      }
      .attribute > button:disabled {
        visibility: hidden;
      }
      .attribute > button {
        width: var(--control);
        padding: 0;
        border-color: transparent;
        font-size: 1.2rem;
      }
      .attribute label {
        overflow-wrap: anywhere;
      }
      .attribute label::first-letter {
        text-transform: uppercase;
      }
      .ends {
        display: flex;
        justify-content: space-between;
        gap: 1rem;
        margin-top: -0.4rem;
        color: var(--muted);
        font-size: 0.8rem;
      }
      .ends span:last-child {
        text-align: right;
      }
      select,
      input[type='search'] {
        width: 100%;
        min-width: 0;
        min-height: var(--control);
        border: 1px solid var(--control-line);
        border-radius: var(--round);
        background: var(--surface);
        padding: 0 0.8rem;
      }
    `,
  ];

  protected watches({ model, face }: StudioState): readonly unknown[] {
    return [model?.attributes, face.mode, face.sources];
  }

  protected override render() {
    const { model, face } = this.studio.state;
    if (!model || model.attributes.length === 0) return nothing;
    const used = sourcesInUse(face);
    if (used.length === 0) return html`<p class="hint">${strings.onMap}</p>`;
    const index = Math.min(this.chosen, used.length - 1);
    return html`
      ${used.length > 1 ? this.#choice(used, index) : nothing}
      ${
        used[index]!.kind === 'seed'
          ? this.#attributes(model.attributes, index)
          : html`<p class="hint">${strings.savedFace}</p>`
      }
    `;
  }

  #choice(used: readonly FaceSource[], index: number) {
    return html`
      <label for="edited">${strings.source}</label>
      <select
        id="edited"
        @change=${(event: Event) => {
          this.chosen = Number((event.target as HTMLSelectElement).value);
        }}
      >
        ${used.map(
          (source, at) => html`<option value=${at} .selected=${live(at === index)}>
            ${strings.sourceOption(at, source)}
          </option>`,
        )}
      </select>
    `;
  }

  #attributes(attributes: readonly LatentAttribute[], index: number) {
    const wanted = this.search.trim().toLowerCase();
    const found = attributes.filter(({ name }) => name.toLowerCase().includes(wanted));
    const forward = putForward(attributes);
    const others = attributes.filter((attribute) => !forward.includes(attribute));
    const edits = editsOf(this.studio.state.face.sources[index]);
    return html`
      <input
        type="search"
        aria-label=${strings.search}
        placeholder=${strings.search}
        .value=${live(this.search)}
        @input=${(event: Event) => {
          this.search = (event.target as HTMLInputElement).value;
        }}
      />
      ${wanted ? this.#list(found, index) : this.#list(forward, index)}
      ${wanted && found.length === 0 ? html`<p class="hint" role="status">${strings.noneFound(this.search)}</p>` : nothing}
      ${
        wanted || others.length === 0
          ? nothing
          : html`<details class="fold">
              <summary>${strings.others(others.length)}</summary>
              <div class="folded">${this.#list(others, index)}</div>
            </details>`
      }
      <button
        type="button"
        ?disabled=${Object.keys(edits).length === 0}
        @click=${() => this.studio.changeFace(withoutEdits(index))}
      >
        ${strings.resetAll}
      </button>
    `;
  }

  #list(attributes: readonly LatentAttribute[], index: number) {
    const { model, face } = this.studio.state;
    const source = face.sources[index]!;
    const own = ownValuesOf(source, model!.config.mapping.zDim);
    const edits = editsOf(source);
    return repeat(
      attributes,
      ({ index: dimension }) => dimension,
      (attribute) => this.#attribute(attribute, index, edits[attribute.index], own?.[attribute.index] ?? 0),
    );
  }

  #attribute(
    { index: dimension, name, low, high }: LatentAttribute,
    index: number,
    edit: number | undefined,
    own: number,
  ) {
    const isEdited = edit !== undefined;
    const value = edit ?? own;
    const change = (wanted: number | undefined) => this.studio.changeFace(withEdit(index, dimension, wanted));
    return html`<div class="attribute">
      ${slider({
        id: `z-${dimension}`,
        label: name,
        value,
        shown: strings.value(value, isEdited),
        spoken: strings.spokenValue(value, isEdited),
        min: -RANGE,
        max: RANGE,
        step: STEP,
        describedBy: `ends-${dimension}`,
        slid: change,
      })}
      <button
        type="button"
        aria-label=${strings.reset(name)}
        title=${strings.reset(name)}
        ?disabled=${!isEdited}
        @click=${() => change(undefined)}
      >
        ↺
      </button>
      <div id=${`ends-${dimension}`} class="ends">
        <span title=${low}>${plainEnd(low, strings.less)}</span>
        <span title=${high}>${plainEnd(high, strings.more)}</span>
      </div>
    </div>`;
  }
}

function putForward(attributes: readonly LatentAttribute[]): readonly LatentAttribute[] {
  const liked = FORWARD.flatMap((name) => attributes.filter((attribute) => attribute.name.toLowerCase() === name));
  const others = attributes.filter((attribute) => !liked.includes(attribute));
  return [...liked, ...others].slice(0, FORWARD_COUNT);
}

/** The meaning of an end without remarks in brackets; the paths of a modelling program's targets say nothing to people. */
function plainEnd(text: string, usual: string): string {
  const plain = text.replace(/\(.*$/, '').trim();
  return plain === '' || /\w\/\S+-/.test(plain) ? usual : plain;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-attributes': TrifoldAttributes;
  }
}
