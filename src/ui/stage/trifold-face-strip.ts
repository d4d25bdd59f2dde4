/**
 * `<trifold-face-strip>`: faces as small pictures in a row under the stage: those of this visit, some suggestions, and the saved ones. A click
 * or the arrow keys go to a face; one that is dragged onto another makes a mix of the two, and so does the menu of a face.
 */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { FaceRecipe } from '../../studio/face/face-actions';
import type { NamedFace } from '../../studio/face/face-strip';
import { choiceKey, recipeKey } from '../../studio/face/recipe-key';
import type { StudioState } from '../../studio/shared/state';
import { icons } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import { FACE_STRIP_STRINGS as strings } from '../strings/face-strip';
import { FaceDrag } from './face-drag';
import { faceStripStyle } from './face-strip-style';
import { toolMenus } from './tool-menu';
import '../face/trifold-thumbnail';

const GROUPS = ['recent', 'suggested', 'saved'] as const;

interface Entry {
  readonly group: (typeof GROUPS)[number];
  readonly id: string;
  readonly name: string;
  readonly face: FaceRecipe;
  readonly isChosen: boolean;
  readonly go: () => void;
}

@customElement('trifold-face-strip')
export class TrifoldFaceStrip extends StudioElement {
  @query('.row') private readonly row!: HTMLElement;
  @query('.menu') private readonly menu!: HTMLElement;
  /** The entry that has the menu. */
  @state() private menuOf: Entry | undefined;
  #entries: readonly Entry[] = [];
  readonly #drag = new FaceDrag(this, {
    at: (x, y) => this.#indexAt(x, y),
    dropped: (from, onto) => this.studio.faceStrip.mix(this.#entries[onto]!, this.#entries[from]!),
    held: (index) => this.#openMenu(index),
  });

  static override styles = [controls, icons, toolMenus, faceStripStyle];

  protected watches({ faceStrip, face, savedFaces, model }: StudioState): readonly unknown[] {
    return [faceStrip, recipeKey(face), savedFaces.faces, model];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.studio.faces.load();
  }

  protected override firstUpdated(): void {
    this.row.addEventListener('touchmove', this.#drag.touchMoved, { passive: false });
  }

  protected override willUpdate(): void {
    this.#entries = this.#allEntries();
  }

  protected override render() {
    const entries = this.#entries;
    const stop = Math.max(
      0,
      entries.findIndex(({ isChosen }) => isChosen),
    );
    return html`
      <div
        class="row"
        role="listbox"
        aria-label=${strings.label}
        aria-orientation="horizontal"
        aria-describedby="hint"
        @keydown=${this.#keyPressed}
        @pointerdown=${this.#drag.pressed}
        @pointermove=${this.#drag.moved}
        @pointerup=${this.#drag.released}
        @pointercancel=${this.#drag.cancelled}
        @contextmenu=${this.#menuAsked}
        @dragstart=${(event: Event) => event.preventDefault()}
      >
        ${GROUPS.map((group) => this.#group(group, stop))}
      </div>
      <span id="hint" hidden>${strings.hint}</span>
      ${
        entries.length === 0
          ? nothing
          : html`<button
              class="icon"
              type="button"
              aria-label=${strings.more}
              title=${strings.more}
              @click=${() => this.studio.faceStrip.suggestMore()}
            >
              ${DICE}
            </button>`
      }
      ${this.#ghost()}
      <div class="menu" popover role="menu" aria-label=${this.menuOf ? strings.menuOf(this.menuOf.name) : nothing}>
        ${this.#menuItem(strings.mixWithPresent, this.#mixWithPresent)} ${this.#menuItem(strings.addToWalk, this.#addToWalk)}
      </div>
    `;
  }

  #group(group: Entry['group'], stop: number) {
    const all = this.#entries;
    const members = all.map((entry, index) => ({ entry, index })).filter(({ entry }) => entry.group === group);
    if (members.length === 0) return nothing;
    return html`<div class="group" role="group" aria-label=${strings[group]}>
      ${repeat(
        members,
        ({ entry }) => entry.id,
        ({ entry, index }) => this.#option(entry, index, index === stop),
      )}
    </div>`;
  }

  #option({ name, face, isChosen, go }: Entry, index: number, isStop: boolean) {
    const { from, onto, isDragging } = this.#drag;
    const isTaken = from === index;
    const isTarget = isDragging && onto === index;
    return html`<div
      role="option"
      class=${isTaken ? 'taken' : isTarget ? 'target' : ''}
      data-index=${index}
      tabindex=${isStop ? 0 : -1}
      aria-selected=${isChosen}
      aria-label=${name}
      title=${strings.dragHint(name)}
      @click=${go}
    >
      <trifold-thumbnail .studio=${this.studio} .face=${face} .rank=${isChosen ? 0 : 1}></trifold-thumbnail>
    </div>`;
  }

  #ghost() {
    const { from, onto, isDragging } = this.#drag;
    const entry = from === undefined ? undefined : this.#entries[from];
    if (!isDragging || !entry) return nothing;
    return html`<div class="ghost" aria-hidden="true">
      <trifold-thumbnail .studio=${this.studio} .face=${entry.face}></trifold-thumbnail>
      ${onto === undefined ? nothing : html`<small>${strings.dropToMix}</small>`}
    </div>`;
  }

  #menuItem(label: string, act: (entry: Entry) => void) {
    const chosen = () => {
      this.menu.hidePopover();
      if (this.menuOf) act(this.menuOf);
    };
    return html`<button type="button" role="menuitem" @click=${chosen}>${label}</button>`;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.style.setProperty('--drag-x', `${this.#drag.x}px`);
    this.style.setProperty('--drag-y', `${this.#drag.y}px`);
    if (!this.#drag.isDragging) this.#showChosen();
  }

  /** The face on screen stays in sight in the row, without moving the page. */
  #showChosen(): void {
    const chosen = this.row.querySelector<HTMLElement>('[aria-selected=true]');
    if (!chosen) return;
    const row = this.row.getBoundingClientRect();
    const { left, right } = chosen.getBoundingClientRect();
    if (left < row.left) this.row.scrollLeft += left - row.left - 8;
    else if (right > row.right) this.row.scrollLeft += right - row.right + 8;
  }

  #allEntries(): Entry[] {
    const { faceStrip, face, savedFaces } = this.studio.state;
    const present = choiceKey(face);
    const offered = (group: 'recent' | 'suggested') =>
      faceStrip[group].map((recipe): Entry => {
        const name = FACE_STRINGS.describe(recipe);
        const id = choiceKey(recipe);
        const go = () => this.studio.faceStrip.go(recipe);
        return {
          group,
          id,
          name: name.charAt(0).toUpperCase() + name.slice(1),
          face: recipe,
          isChosen: id === present,
          go,
        };
      });
    const entries = [...offered('recent'), ...offered('suggested')];
    const isSavedChosen = !entries.some(({ isChosen }) => isChosen);
    const saved = (savedFaces.faces ?? []).filter((one) => this.studio.faces.isOfPresentModel(one));
    const kept = saved.map((one): Entry => {
      const isChosen = isSavedChosen && recipeKey(one.recipe) === recipeKey(face);
      const go = () => this.studio.faces.bringBack(one);
      return { group: 'saved', id: one.id, name: one.name, face: one.recipe, isChosen, go };
    });
    return [...entries, ...kept];
  }

  #indexAt(x: number, y: number): number | undefined {
    const option = (this.renderRoot as ShadowRoot).elementFromPoint(x, y)?.closest<HTMLElement>('[role=option]');
    return option ? Number(option.dataset.index) : undefined;
  }

  readonly #keyPressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.#entries.findIndex((_, index) => index === this.#indexOf(event.target));
    const next = this.#nextIndex(event.key, at);
    if (event.key === 'Escape') this.#drag.cancel();
    else if (event.key === 'Enter' || event.key === ' ') this.#entries[at]?.go();
    else if (next !== undefined) this.#goTo(next);
    else return;
    event.preventDefault();
  };

  #nextIndex(key: string, at: number): number | undefined {
    const last = this.#entries.length - 1;
    const forward = getComputedStyle(this).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    if (key === 'Home') return 0;
    if (key === 'End') return last;
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
    return Math.min(last, Math.max(0, at + (key === forward ? 1 : -1)));
  }

  /** The focus follows: also where a face that has been chosen gets another place in the row. */
  async #goTo(index: number): Promise<void> {
    this.#entries[index]?.go();
    await this.updateComplete;
    this.row.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  }

  #indexOf(target: EventTarget | null): number | undefined {
    const option = target instanceof HTMLElement ? target.closest<HTMLElement>('[role=option]') : null;
    return option ? Number(option.dataset.index) : undefined;
  }

  readonly #menuAsked = (event: MouseEvent): void => {
    const index = this.#indexOf(event.target);
    if (index === undefined) return;
    event.preventDefault();
    // A finger that rests has it when it leaves, unless it drags.
    if (this.#drag.from === undefined) this.#openMenu(index);
  };

  async #openMenu(index: number): Promise<void> {
    this.menuOf = this.#entries[index];
    await this.updateComplete;
    await new Promise(requestAnimationFrame); // the pointer that has left would close it at once
    const { left, top } = this.row.querySelector(`[data-index="${index}"]`)!.getBoundingClientRect();
    this.menu.showPopover();
    const { offsetWidth, offsetHeight } = this.menu;
    this.menu.style.setProperty('--menu-left', `${Math.max(8, Math.min(left, innerWidth - offsetWidth - 8))}px`);
    this.menu.style.setProperty('--menu-top', `${Math.max(8, top - offsetHeight - 8)}px`);
    this.menu.querySelector('button')?.focus();
  }

  readonly #mixWithPresent = (entry: Entry): void => this.studio.faceStrip.mix(this.#present, entry);

  readonly #addToWalk = (entry: Entry): void => this.studio.faceStrip.addToWalk(this.#present, entry);

  get #present(): NamedFace {
    const { face } = this.studio.state;
    return { face, name: FACE_STRINGS.describe(face) };
  }
}

const DICE = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <rect x="4" y="4" width="16" height="16" rx="3.5" />
  <path d="M8.5 8.5h.01M15.5 15.5h.01M12 12h.01" stroke-width="2.6" />
</svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-face-strip': TrifoldFaceStrip;
  }
}
