/**
 * `<trifold-faces>`: the faces that are saved on this device, as a grid of thumbnails: bring one back, mix with it, walk through it, rename
 * or delete it; all of them out to a file and in again.
 */
import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { SavedFacesOutcome, StudioState } from '../../studio/shared/state';
import { saveBlob } from '../shared/save-file';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import { FACES_STRINGS as strings } from '../strings/faces';

type SavedFace = NonNullable<StudioState['savedFaces']['faces']>[number];

/** Characters of a name. */
const LONGEST_NAME = 80;

@customElement('trifold-faces')
export class TrifoldFaces extends StudioElement {
  @query('input[type=file]') private readonly fileField!: HTMLInputElement;
  /** What has been typed as the name of the next face; undefined for the suggestion. */
  @state() private typed: string | undefined;
  /** The face whose further buttons are shown. */
  @state() private opened: string | undefined;
  readonly #addresses = new Map<string, string>();

  static override styles = [
    controls,
    sections,
    inSection,
    css`
      input[type='text'] {
        width: 100%;
        min-width: 0;
        min-height: var(--control);
        padding: 0 0.8rem;
        border: 1px solid var(--control-line);
        border-radius: var(--round);
        background: var(--surface);
      }
      form {
        display: grid;
        gap: 0.2rem;
      }
      .row > button.save {
        flex: none;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(5rem, 1fr));
        grid-auto-flow: dense;
        gap: 0.6rem;
        max-height: 27rem;
        margin: -4px;
        padding: 4px;
        overflow: auto;
        list-style: none;
      }
      li {
        display: grid;
        gap: 0.15rem;
        min-width: 0;
        align-content: start;
      }
      .face {
        padding: 0;
        overflow: hidden;
        line-height: 0;
      }
      .face img {
        display: block;
        background: var(--soft) radial-gradient(circle at 50% 35%, var(--surface), transparent 80%);
        width: 100%;
        aspect-ratio: 1;
      }
      .name {
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
        font-size: 0.87rem;
      }
      .more {
        padding: 0 0.2rem;
        font-size: 0.87rem;
      }
      .opened {
        grid-column: 1 / -1;
        display: grid;
        gap: 0.6rem;
        padding: 0.6rem 0.75rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }
      .outcome {
        display: grid;
        gap: 0.4rem;
        padding: 0.5rem 0.75rem;
        border-radius: var(--round);
        background: var(--soft);
        overflow-wrap: anywhere;
      }
      .outcome p {
        margin: 0;
      }
      .wraps {
        flex-wrap: wrap;
      }
      .wraps > button {
        flex: 1 1 auto;
        white-space: nowrap;
      }
    `,
  ];

  protected watches({ status, savedFaces, face, model }: StudioState): readonly unknown[] {
    return [status, savedFaces, FACE_STRINGS.describe(face), model];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.studio.faces.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#keepAddresses([]);
  }

  protected override render() {
    const { savedFaces, status } = this.studio.state;
    const { faces = [], isSaving, outcome } = savedFaces;
    this.#keepAddresses(faces);
    return html`
      <form @submit=${this.#save}>
        <label for="name">${strings.name}</label>
        <div class="row">
          <input
            id="name"
            type="text"
            autocomplete="off"
            maxlength=${LONGEST_NAME}
            .value=${live(this.typed ?? this.#suggestedName)}
            @input=${(event: Event) => {
              this.typed = (event.target as HTMLInputElement).value;
            }}
          />
          <button type="submit" class="save" ?disabled=${isSaving || status !== 'ready'}>
            ${isSaving ? strings.saving : strings.save}
          </button>
        </div>
      </form>
      <div role="status">${outcome ? this.#outcome(outcome) : nothing}</div>
      ${faces.length === 0 ? html`<p class="hint">${strings.empty}</p>` : nothing}
      <ul aria-label=${strings.list} ?hidden=${faces.length === 0}>
        ${repeat(
          faces,
          ({ id }) => id,
          (face) => this.#card(face),
        )}
      </ul>
      <div class="row">
        <button type="button" ?disabled=${faces.length === 0} @click=${this.#export}>${strings.exportAll}</button>
        <button type="button" @click=${() => this.fileField.click()}>${strings.importFile}</button>
        <input type="file" hidden accept=".json,application/json" @change=${this.#filePicked} />
      </div>
    `;
  }

  #card(face: SavedFace) {
    const { faces } = this.studio;
    const isOther = !faces.isOfPresentModel(face);
    const isOpened = this.opened === face.id;
    return html`
      <li>
        <button type="button" class="face" aria-label=${strings.bringBack(face.name)} @click=${() => faces.bringBack(face)}>
          <img src=${this.#addresses.get(face.id)!} width="96" height="96" alt="" />
        </button>
        <span class="name" title=${face.name}>${face.name}</span>
        ${isOther ? html`<span class="name hint">${strings.otherModel(face.model.name)}</span>` : nothing}
        <button
          type="button"
          class="more"
          aria-label=${strings.more(face.name)}
          aria-expanded=${isOpened}
          @click=${() => {
            this.opened = isOpened ? undefined : face.id;
          }}
        >
          ${strings.moreShort}
        </button>
      </li>
      ${isOpened ? this.#opened(face) : nothing}
    `;
  }

  #opened(face: SavedFace) {
    const { faces } = this.studio;
    const close = () => {
      this.opened = undefined;
    };
    return html`<li class="opened">
      <div class="row wraps">
        <button type="button" @click=${() => faces.mixWith(face)}>${strings.mix}</button>
        <button type="button" @click=${() => faces.addKeyframe(face)}>${strings.walk}</button>
      </div>
      <form
        @submit=${(event: Event) => {
          event.preventDefault();
          const field = (event.target as HTMLFormElement).querySelector('input')!;
          const name = field.value.trim();
          if (name !== '') faces.rename(face.id, name);
          close();
        }}
      >
        <div class="row">
          <input type="text" autocomplete="off" maxlength=${LONGEST_NAME} aria-label=${strings.renameNamed(face.name)} .value=${face.name} />
          <button type="submit" class="save">${strings.rename}</button>
        </div>
      </form>
      <div class="row">
        <button
          type="button"
          @click=${() => {
            close();
            faces.remove(face);
          }}
        >
          ${strings.remove}
        </button>
      </div>
    </li>`;
  }

  #outcome(outcome: SavedFacesOutcome) {
    const { faces } = this.studio;
    return html`<div class="outcome">
      <p>${strings.outcome(outcome)}</p>
      <div class="row wraps">
        ${
          outcome.kind === 'removed'
            ? html`<button type="button" @click=${() => faces.undoRemoval()}>${strings.undo}</button>`
            : nothing
        }
        ${
          outcome.kind === 'other-model'
            ? html`<button type="button" @click=${() => faces.openModelOf(outcome.face)}>${strings.openModel}</button>
                <button type="button" @click=${() => faces.bringBackHere(outcome.face)}>${strings.useHere}</button>`
            : nothing
        }
        <button type="button" @click=${() => faces.dismissNews()}>
          ${outcome.kind === 'other-model' ? strings.cancel : strings.dismiss}
        </button>
      </div>
    </div>`;
  }

  /** What a face is called if nobody says otherwise. */
  get #suggestedName(): string {
    const words = FACE_STRINGS.describe(this.studio.state.face);
    return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, LONGEST_NAME);
  }

  readonly #save = (event: Event) => {
    event.preventDefault();
    this.studio.faces.save(this.typed?.trim() || this.#suggestedName);
    this.typed = undefined;
  };

  readonly #export = async () => {
    const { name, blob } = await this.studio.faces.exportFile();
    saveBlob(name, blob);
  };

  readonly #filePicked = () => {
    const file = this.fileField.files?.[0];
    if (file) this.studio.faces.importFile(file);
    this.fileField.value = ''; // the same file may be picked again
  };

  /** An address for every thumbnail that is shown, and for no other. */
  #keepAddresses(faces: readonly SavedFace[]): void {
    const wanted = new Set(faces.map(({ id }) => id));
    for (const [id, address] of this.#addresses) {
      if (wanted.has(id)) continue;
      URL.revokeObjectURL(address);
      this.#addresses.delete(id);
    }
    for (const { id, thumbnail } of faces) {
      if (!this.#addresses.has(id)) this.#addresses.set(id, URL.createObjectURL(thumbnail));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-faces': TrifoldFaces;
  }
}
