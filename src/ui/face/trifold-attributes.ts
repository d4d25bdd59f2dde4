/**
 * `<trifold-attributes>`: the named dimensions of z, for models that name them, for one of the faces in use: sliders in groups, and one control
 * for those that are a choice. What nobody has touched shows what the seed has of its own.
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
import { fold } from '../shared/remembered';
import { folds, inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { GROUP_NAMES } from '../strings/attributes';
import { FACE_STRINGS } from '../strings/face';
import { foundTraits, type Trait, type TraitChoice, type TraitGroup, traitGroups } from './attribute-groups';
import './trifold-choice';

const { edit: strings } = FACE_STRINGS;
/** Groups that are open for somebody who has not touched them. */
const OPEN_AT_FIRST = ['identity', 'hair'];
/** Standard deviations: one seed in 370 has a value beyond this. */
const RANGE = 3;
const STEP = 0.05;

@customElement('trifold-attributes')
export class TrifoldAttributes extends StudioElement {
  /** Which of the faces in use is edited. */
  @state() private chosen = 0;
  @state() private search = '';
  #groups: { readonly of: readonly LatentAttribute[]; readonly groups: readonly TraitGroup[] } = { of: [], groups: [] };

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
      .attribute.edited output {
        color: var(--text);
        font-weight: 600;
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
        text-align: end;
      }
      summary .count {
        color: var(--accent);
        font-weight: 400;
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
      ${used.length > 1 ? this.#sourceField(used, index) : nothing}
      ${
        used[index]!.kind === 'seed'
          ? this.#attributes(this.#groupsOf(model.attributes), index)
          : html`<p class="hint">${strings.savedFace}</p>`
      }
    `;
  }

  #groupsOf(attributes: readonly LatentAttribute[]): readonly TraitGroup[] {
    if (this.#groups.of !== attributes) this.#groups = { of: attributes, groups: traitGroups(attributes) };
    return this.#groups.groups;
  }

  #sourceField(used: readonly FaceSource[], index: number) {
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

  #attributes(groups: readonly TraitGroup[], index: number) {
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
      ${this.search.trim() ? this.#found(groups, index) : groups.map((group) => this.#group(group, index))}
      <button
        type="button"
        ?disabled=${Object.keys(edits).length === 0}
        @click=${() => this.studio.changeFace(withoutEdits(index))}
      >
        ${strings.resetAll}
      </button>
    `;
  }

  #found(groups: readonly TraitGroup[], index: number) {
    const { choices, traits } = foundTraits(groups, this.search);
    return choices.length + traits.length === 0
      ? html`<p class="hint" role="status">${strings.noneFound(this.search)}</p>`
      : html`${this.#choices(choices, index)} ${this.#traits(traits, index)}`;
  }

  #group({ group, choices, traits }: TraitGroup, index: number) {
    const edits = editsOf(this.studio.state.face.sources[index]);
    const isEdited = ({ dimension }: { dimension: number }) => edits[dimension] !== undefined;
    const count = choices.filter(({ options }) => options.some(isEdited)).length + traits.filter(isEdited).length;
    return html`<details class="fold" ${fold(`attributes-${group}`, OPEN_AT_FIRST.includes(group))}>
      <summary>
        ${GROUP_NAMES[group]}${count === 0 ? nothing : html` <span class="count">${strings.edited(count)}</span>`}
      </summary>
      <div class="folded">${this.#choices(choices, index)} ${this.#traits(traits, index)}</div>
    </details>`;
  }

  #choices(choices: readonly TraitChoice[], index: number) {
    return choices.map(
      (choice) => html`<trifold-choice .studio=${this.studio} .choice=${choice} .index=${index}></trifold-choice>`,
    );
  }

  #traits(traits: readonly Trait[], index: number) {
    const { model, face } = this.studio.state;
    const source = face.sources[index]!;
    const own = ownValuesOf(source, model!.config.mapping.zDim);
    const edits = editsOf(source);
    return repeat(
      traits,
      ({ dimension }) => dimension,
      (trait) => this.#trait(trait, index, edits[trait.dimension], own?.[trait.dimension] ?? 0),
    );
  }

  #trait({ dimension, label, ends }: Trait, index: number, edit: number | undefined, own: number) {
    const isEdited = edit !== undefined;
    const value = edit ?? own;
    const share = value / RANGE;
    const change = (wanted: number | undefined) => this.studio.changeFace(withEdit(index, dimension, wanted));
    return html`<div class="attribute ${isEdited ? 'edited' : ''}">
      ${slider({
        id: `z-${dimension}`,
        label,
        value,
        shown: strings.value(share),
        spoken: strings.spokenValue(share, ends, isEdited),
        min: -RANGE,
        max: RANGE,
        step: STEP,
        describedBy: `ends-${dimension}`,
        slid: change,
      })}
      <button
        type="button"
        aria-label=${strings.reset(label)}
        title=${strings.reset(label)}
        ?disabled=${!isEdited}
        @click=${() => change(undefined)}
      >
        ↺
      </button>
      <div id=${`ends-${dimension}`} class="ends"><span>${ends[0]}</span><span>${ends[1]}</span></div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-attributes': TrifoldAttributes;
  }
}
