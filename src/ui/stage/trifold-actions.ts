/**
 * `<trifold-actions>`: what is always at hand, whatever room is open: a new face, undo and redo, save, and a link to share. What came of it
 * is told beside the buttons, over the picture, so that nothing moves.
 */
import { css, html, nothing, unsafeCSS } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { LOW_MEDIA } from '../shared/layout-media';
import { addressWith } from '../shared/page-address';
import { icons } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import { FACES_STRINGS } from '../strings/faces';
import { STAGE_STRINGS } from '../strings/stage';
import { STRINGS } from '../strings/strings';

const { actions: strings } = STAGE_STRINGS;
/** How long it is said what came of an action. */
const TOLD_MILLISECONDS = 4000;

@customElement('trifold-actions')
export class TrifoldActions extends StudioElement {
  @query('#link') private readonly linkField!: HTMLInputElement | null;
  /** What came of the last action. */
  @state() private told = '';
  /** The link, where the page may not copy it itself. */
  @state() private link: string | undefined;
  #toldTimer: ReturnType<typeof setTimeout> | undefined;
  #isSaving = false;

  static override styles = [
    controls,
    icons,
    css`
      :host {
        position: relative;
        display: block;
      }
      .buttons {
        display: flex;
        gap: 0.25rem;
      }
      button.primary {
        flex: none;
        display: flex;
        align-items: center;
        gap: 0.45rem;
        padding: 0 0.9rem 0 0.7rem;
        white-space: nowrap;
      }
      button.icon {
        flex: none;
        width: var(--control);
      }
      @media ${unsafeCSS(LOW_MEDIA)} {
        button.primary {
          width: var(--control);
          padding: 0;
          justify-content: center;
        }
        .primary span {
          display: none;
        }
      }
      .told {
        position: absolute;
        inset-block-start: calc(100% + 0.5rem);
        inset-inline-start: 0;
        z-index: 3;
        display: grid;
        gap: 0.4rem;
        width: max-content;
        max-width: min(22rem, 100vw - 2rem);
        padding: 0.5rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      .told:empty {
        display: none;
      }
      :host([placement='above']) .told {
        inset-block: auto calc(100% + 0.5rem);
      }
      #link {
        width: 100%;
        min-height: var(--control);
        padding: 0 0.8rem;
        border: 1px solid var(--control-line);
        border-radius: var(--round);
        background: var(--surface);
      }
    `,
  ];

  protected watches({ status, canUndo, canRedo, savedFaces }: StudioState): readonly unknown[] {
    return [status, canUndo, canRedo, savedFaces.isSaving, savedFaces.outcome];
  }

  protected override watchedChanged({ savedFaces }: StudioState): void {
    if (!this.#isSaving || savedFaces.isSaving || !savedFaces.outcome) return;
    this.#isSaving = false;
    this.#tell(FACES_STRINGS.outcome(savedFaces.outcome));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#toldTimer);
  }

  protected override render() {
    const { status, canUndo, canRedo, savedFaces } = this.studio.state;
    const isReady = status === 'ready';
    return html`
      <div class="buttons" role="group" aria-label=${strings.label}>
        <button type="button" class="primary" aria-label=${strings.newFace} title=${strings.newFaceTitle} ?disabled=${!isReady} @click=${() => this.studio.newFace()}>
          ${NEW}<span>${strings.newFace}</span>
        </button>
        ${this.#button(strings.undo, UNDO, isReady && canUndo, () => this.studio.undo.undo())}
        ${this.#button(strings.redo, REDO, isReady && canRedo, () => this.studio.undo.redo())}
        ${this.#button(strings.save, SAVE, isReady && !savedFaces.isSaving, this.#save)}
        ${this.#button(strings.share, SHARE, isReady, this.#share)}
      </div>
      <div class="told" role="status">${this.link === undefined ? this.told || nothing : this.#linkToCopy(this.link)}</div>
    `;
  }

  #button(label: string, icon: unknown, isPossible: boolean, act: () => void) {
    return html`<button class="icon" type="button" aria-label=${label} title=${label} ?disabled=${!isPossible} @click=${act}>
      ${icon}
    </button>`;
  }

  #linkToCopy(link: string) {
    return html`
      <label for="link">${strings.copyByHand}</label>
      <input id="link" type="text" readonly .value=${link} @blur=${this.#forgetLink} />
    `;
  }

  readonly #save = (): void => {
    this.#isSaving = true;
    const words = FACE_STRINGS.describe(this.studio.state.face);
    this.studio.faces.save(words.charAt(0).toUpperCase() + words.slice(1));
  };

  /** Devices that are held in the hand have a sheet of their own for it; elsewhere the link is copied. */
  readonly #share = async (): Promise<void> => {
    const fragment = this.studio.saveForOthers();
    if (fragment === undefined) return;
    const url = addressWith(fragment, this.studio.state.model?.origin).href;
    if (typeof navigator.share === 'function' && matchMedia('(pointer: coarse)').matches) {
      const isDone = await navigator.share({ title: STRINGS.appName, url }).then(
        () => true,
        (error: unknown) => error instanceof DOMException && error.name === 'AbortError',
      );
      if (isDone) return;
    }
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      await this.#offerLink(url); // no permission, or no secure page
      return;
    }
    this.#tell(strings.copied);
  };

  #tell(words: string): void {
    this.link = undefined;
    this.told = words;
    clearTimeout(this.#toldTimer);
    this.#toldTimer = setTimeout(() => {
      this.told = '';
    }, TOLD_MILLISECONDS);
  }

  async #offerLink(link: string): Promise<void> {
    this.link = link;
    await this.updateComplete;
    this.linkField?.select();
  }

  readonly #forgetLink = (): void => {
    this.link = undefined;
  };
}

const icon = (d: string) => html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${d} /></svg>`;
const NEW = icon('M12 5v14M5 12h14');
const UNDO = icon('M9 5 4 10l5 5M4.5 10H14a5 5 0 0 1 0 10h-3');
const REDO = icon('m15 5 5 5-5 5m4.5-5H10a5 5 0 0 0 0 10h3');
const SAVE = icon('M12 20S4 15.5 4 9.5A4.3 4.3 0 0 1 12 7.4a4.3 4.3 0 0 1 8 2.1C20 15.5 12 20 12 20Z');
const SHARE = icon('M12 15V4m-4 4 4-4 4 4M6 12H5v8h14v-8h-1');

declare global {
  interface HTMLElementTagNameMap {
    'trifold-actions': TrifoldActions;
  }
}
