/**
 * `<trifold-compare-overlay>`: what lies over the picture: who drew what where two are compared or the student is on it, the dividing line of a
 * wipe, the legend (`<trifold-legend>`), the figures of the present view, and a word when the student is asked for a camera that it never
 * saw, or is still on its way. Everything but the dividing line lets the hand through to the head.
 *
 * Three rows, so that nothing lies over anything else however small the picture is: labels, the handle of the line, notes.
 */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { studentViewExcesses, teacherMatch } from '../../studio/model/student-facts';
import type { PictureKind } from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { picturesShown, renderersShown, shownNow, wantsStudent } from '../../studio/view/shown';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { COMPARE_STRINGS } from '../strings/compare';
import { VIEW_STRINGS } from '../strings/view';
import '../stage/trifold-legend';

const { comparison, renderer: rendererStrings } = COMPARE_STRINGS;

/** A label is taken away when its side of the line is narrower than this share of the picture. */
const LEAST_LABELLED_SHARE = 0.12;

@customElement('trifold-compare-overlay')
export class TrifoldCompareOverlay extends StudioElement {
  @query('input') private readonly slider: HTMLInputElement | null | undefined;
  /** What has come on screen, for people who hear it. */
  @state() private spoken = '';
  #lastShown: string | undefined;

  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        inset: 0;
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
        gap: 0.35rem;
        padding: 0.6rem;
        padding-block-end: var(--below-notes, 0.6rem); /* room for what else is there */
        pointer-events: none;
        container-type: size;
        font-size: 0.8rem;
        line-height: 1.35;
      }
      .labels {
        grid-row: 1;
        position: relative; /* over the line */
        direction: ltr; /* pictures lie from left to right in every language */
        display: flex;
        justify-content: space-between;
        gap: 0.5rem;
      }
      .label,
      .note {
        padding: 0.15rem 0.65rem;
        border-radius: 0.9rem;
        background: color-mix(in srgb, var(--surface) 90%, transparent);
        color: var(--text);
      }
      .label {
        font-weight: 600;
      }
      .label.warns {
        color: var(--warning);
      }
      [hidden] {
        display: block;
        visibility: hidden;
      }
      .notes {
        grid-row: 3;
        position: relative;
        display: grid;
        justify-items: center;
        gap: 0.35rem;
        min-width: 0;
        text-align: center;
      }
      .likeness {
        font-variant-numeric: tabular-nums;
      }
      /* Two small pictures on a phone. */
      @container (max-height: 15rem) or (max-width: 24rem) {
        .label,
        .note {
          padding-inline: 0.5rem;
          font-size: 0.75rem;
        }
        .detail {
          display: none;
        }
      }
      @media (forced-colors: active) {
        .label,
        .note {
          border: 1px solid;
        }
      }
      .line {
        position: absolute;
        inset-block: 0;
        left: var(--wipe);
        width: 13px;
        margin-left: -6.5px;
        pointer-events: auto;
        cursor: ew-resize;
        touch-action: none;
      }
      .line::before {
        content: '';
        position: absolute;
        inset: 0 5.5px;
        background: #ffffff;
        box-shadow: 0 0 0 1px rgb(0 0 0 / 45%);
      }
      /* Low on the picture, where it is in nobody's way who turns the head; over the notes. */
      .rail {
        --handle: 44px;
        grid-row: 2;
        align-self: end;
        position: relative;
        height: min(100%, var(--handle));
        margin-inline: -0.6rem;
        direction: ltr;
      }
      .handle {
        position: absolute;
        bottom: 0;
        left: clamp(var(--handle) / 2, var(--wipe), 100% - var(--handle) / 2);
        width: var(--handle);
        height: var(--handle);
        margin-left: calc(var(--handle) / -2);
        border: 1px solid rgb(0 0 0 / 45%);
        border-radius: 50%;
        background: #ffffff;
        color: #1b1c1e;
        box-shadow: 0 1px 6px rgb(0 0 0 / 30%);
        pointer-events: auto;
        cursor: ew-resize;
        touch-action: none;
      }
      .handle::before,
      .handle::after {
        content: '';
        position: absolute;
        top: 50%;
        left: 12px;
        width: 8px;
        height: 8px;
        border: solid currentcolor;
        border-width: 0 0 2px 2px;
        transform: translateY(-50%) rotate(45deg);
      }
      .handle::after {
        left: auto;
        right: 12px;
        transform: translateY(-50%) rotate(225deg);
      }
      .handle:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      /* The handle is the slider's face; the pointer's work is done here, so that the line follows it exactly. */
      .handle input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        pointer-events: none;
      }
    `,
  ];

  protected watches(state: StudioState): readonly unknown[] {
    const { status, settings, student, model, likeness } = state;
    return [status, settings, student, model, likeness, comparison.excesses(studentViewExcesses(state))];
  }

  protected override watchedChanged({ settings, student, status }: StudioState): void {
    if (status !== 'ready') return;
    const { layout, renderer } = shownNow(settings, student);
    const shown = rendererStrings.shown(layout, renderer);
    if (this.#lastShown !== undefined && shown !== this.#lastShown) this.spoken = shown;
    this.#lastShown = shown;
  }

  protected override render() {
    const { status, settings, student } = this.studio.state;
    if (status !== 'ready') return nothing;
    const shown = shownNow(settings, student);
    const [picture, other] = picturesShown(settings.picture, shown);
    const isOfStudent = renderersShown(shown).includes('convolutional');
    return html`
      ${other ? this.#kinds(picture, other) : isOfStudent ? this.#renderers() : nothing}
      <div class="notes">
        ${isOfStudent && shown.layout !== 'single' ? this.#likeness() : nothing}
        <trifold-legend .studio=${this.studio}></trifold-legend>
        ${this.#unseen()} ${this.#waiting()}
      </div>
      <span class="visually-hidden" role="status">${this.spoken}</span>
    `;
  }

  /** Two kinds of picture of the volumetric renderer. */
  #kinds(picture: PictureKind, other: PictureKind) {
    const { layout, wipe } = this.studio.state.settings;
    const isWipe = layout === 'wipe';
    const [first, second] = [VIEW_STRINGS.pictureNames[picture], VIEW_STRINGS.pictureNames[other]];
    return html`
      <div class="labels">
        ${label(first, { isHidden: isWipe && wipe < LEAST_LABELLED_SHARE })}
        ${label(second, { isHidden: isWipe && wipe > 1 - LEAST_LABELLED_SHARE })}
      </div>
      ${isWipe ? this.#divider(wipe, VIEW_STRINGS.divider(first), VIEW_STRINGS.dividerValue(wipe, first)) : nothing}
    `;
  }

  protected override updated(_changed: PropertyValues): void {
    // Not as an attribute: the page's content rules allow no styles in the markup.
    this.style.setProperty('--wipe', `${this.studio.state.settings.wipe * 100}%`);
  }

  /** The student's picture alone, or with the other renderer's. */
  #renderers() {
    const { layout, wipe } = this.studio.state.settings;
    const isWipe = layout === 'wipe';
    return html`${this.#labels()} ${isWipe ? this.#divider(wipe, comparison.divider, comparison.dividerValue(wipe)) : nothing}`;
  }

  #labels() {
    const { settings, student, model } = this.studio.state;
    const { layout, wipe } = settings;
    const isOther = student.status === 'ready' && model && teacherMatch(student.facts, model) === 'mismatch';
    const convolutional = isOther ? comparison.ofAnotherModel : rendererStrings.kinds.convolutional;
    const isWipe = layout === 'wipe';
    if (layout === 'single') return html`<div class="labels">${label(convolutional, { warns: isOther })}</div>`;
    if (layout === 'difference') {
      return html`<div class="labels">
        ${label(comparison.difference)} ${isOther ? label(convolutional, { warns: true }) : nothing}
      </div>`;
    }
    return html`<div class="labels">
      ${label(rendererStrings.kinds.volumetric, { isHidden: isWipe && wipe < LEAST_LABELLED_SHARE })}
      ${label(convolutional, { warns: isOther, isHidden: isWipe && wipe > 1 - LEAST_LABELLED_SHARE })}
    </div>`;
  }

  #divider(wipe: number, name: string, value: string) {
    return html`
      <div
        class="line"
        @pointerdown=${this.#grabbed}
        @pointermove=${this.#dragged}
        @dblclick=${this.#centre}
      ></div>
      <div class="rail"><div
        class="handle"
        @pointerdown=${this.#grabbed}
        @pointermove=${this.#dragged}
        @dblclick=${this.#centre}
      >
        <input
          type="range"
          min="0"
          max="100"
          step="1"
          aria-label=${name}
          aria-valuetext=${value}
          .value=${live(String(Math.round(wipe * 100)))}
          @input=${(event: Event) => this.studio.setWipe(Number((event.target as HTMLInputElement).value) / 100)}
        />
      </div></div>
    `;
  }

  /** Where the student never saw the camera, the two are not measured against each other: a figure would say what it is not for. */
  #likeness() {
    const { likeness, settings } = this.studio.state;
    if (studentViewExcesses(this.studio.state).length > 0) return nothing;
    if (likeness) return html`<div class="note likeness">${comparison.likeness(likeness.psnr, likeness.ssim)}</div>`;
    // Only full pictures are measured.
    return settings.picture === 'image' ? html`<div class="note likeness">${comparison.measuring}</div>` : nothing;
  }

  #unseen() {
    const excesses = studentViewExcesses(this.studio.state);
    const isSeen = excesses.length === 0;
    const { unseen, guess } = comparison;
    return html`
      ${isSeen ? nothing : html`<div class="note">${unseen}<span class="detail">${comparison.excesses(excesses)}</span>${guess}</div>`}
      <span class="visually-hidden" role="status">${isSeen ? nothing : `${unseen}${guess}`}</span>
    `;
  }

  /** The student is wanted and not there yet: until then the volumetric picture is shown. */
  #waiting() {
    const { settings, student } = this.studio.state;
    if (!wantsStudent(settings) || student.status === 'ready' || student.status === 'none') return nothing;
    return html`<div class="note" role="status">${rendererStrings.waiting}</div>`;
  }

  #grabbed(event: PointerEvent): void {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    event.preventDefault();
    this.slider?.focus({ preventScroll: true });
  }

  #dragged(event: PointerEvent): void {
    if (!(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return;
    const { left, width } = this.getBoundingClientRect();
    this.studio.setWipe((event.clientX - left) / width);
  }

  #centre(): void {
    this.studio.setWipe(0.5);
  }
}

function label(
  text: string,
  { warns = false, isHidden = false }: { warns?: boolean | undefined; isHidden?: boolean } = {},
) {
  return html`<span class="label ${warns ? 'warns' : ''}" ?hidden=${isHidden}>${text}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-compare-overlay': TrifoldCompareOverlay;
  }
}
