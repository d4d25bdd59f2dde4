/**
 * `<trifold-compare-overlay>`: what lies over the picture while two are compared, or while the student is on it: who drew what, the dividing line of a wipe, the legend
 * of the difference, the figures of the present view, and a word when the student is asked for a camera that it never saw. Everything but
 * the dividing line lets the hand through to the head.
 */
import { css, html, nothing, type PropertyValues, unsafeCSS } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { DIFFERENCE_SHARE, legendColours } from '../../studio/compare/comparison-pictures';
import { studentViewExcesses, teacherMatch } from '../../studio/model/student-facts';
import type { PictureKind } from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { picturesShown, renderersShown, shownNow } from '../../studio/view/shown';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { COMPARE_STRINGS } from '../strings/compare';
import { VIEW_STRINGS } from '../strings/view';

const { comparison, renderer: rendererStrings } = COMPARE_STRINGS;

const LEGEND = unsafeCSS(`linear-gradient(to right, ${legendColours().join(', ')})`);
/** A label is taken away when its side of the line is narrower than this share of the picture. */
const LEAST_LABELLED_SHARE = 0.12;

@customElement('trifold-compare-overlay')
export class TrifoldCompareOverlay extends StudioElement {
  @query('input') private readonly slider: HTMLInputElement | null | undefined;

  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        inset: 0;
        pointer-events: none;
        container-type: size;
        font-size: 0.8rem;
        line-height: 1.35;
      }
      /* Two small pictures on a phone. */
      @container (max-height: 15rem) {
        .labels,
        .notes {
          font-size: 0.75rem;
        }
        .detail {
          display: none;
        }
      }
      .labels {
        position: absolute;
        inset: 0.6rem 0.6rem auto;
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
        position: absolute;
        inset: auto 0.6rem 0.6rem;
        display: grid;
        justify-items: center;
        gap: 0.35rem;
        text-align: center;
      }
      .likeness {
        font-variant-numeric: tabular-nums;
      }
      .legend {
        width: min(19rem, 100%);
        padding-block: 0.45rem 0.3rem;
      }
      .bar {
        height: 10px;
        border: 1px solid var(--control-line);
        border-radius: 5px;
        background: ${LEGEND};
      }
      .scale {
        display: grid;
        grid-template-columns: 1fr auto 1fr;
      }
      .scale :first-child {
        text-align: left;
      }
      .scale :last-child {
        text-align: right;
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
      /* Low on the picture, where it is in nobody's way who turns the head. */
      .handle {
        position: absolute;
        bottom: 18%;
        left: clamp(22px, var(--wipe), 100% - 22px);
        width: var(--control);
        height: var(--control);
        margin-left: calc(var(--control) / -2);
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
        left: 11px;
        width: 8px;
        height: 8px;
        border: solid currentcolor;
        border-width: 0 0 2px 2px;
        transform: translateY(-50%) rotate(45deg);
      }
      .handle::after {
        left: auto;
        right: 11px;
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

  protected override render() {
    const { status, settings, student } = this.studio.state;
    const shown = shownNow(settings, student);
    if (status !== 'ready') return nothing;
    const [picture, other] = picturesShown(settings.picture, shown);
    if (other) return this.#kinds(picture, other);
    if (!renderersShown(shown).includes('convolutional')) return nothing;
    const { layout, wipe } = shown;
    return html`
      ${this.#labels()} ${layout === 'wipe' ? this.#divider(wipe, comparison.divider, comparison.dividerValue(wipe)) : nothing}
      <div class="notes">
        ${layout === 'single' ? nothing : this.#likeness()} ${layout === 'difference' ? legend() : nothing}
        ${this.#unseen()}
      </div>
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
      <div
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
      </div>
    `;
  }

  #likeness() {
    const { likeness, settings } = this.studio.state;
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

function legend() {
  const percent = Math.round(DIFFERENCE_SHARE * 100);
  return html`<div class="note legend" role="img" aria-label=${comparison.legend(percent)}>
    <div class="bar"></div>
    <div class="scale">
      <span>${comparison.darker} ${comparison.percent(-percent)}</span>
      <span>${comparison.same}</span>
      <span>${comparison.percent(percent)} ${comparison.brighter}</span>
    </div>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-compare-overlay': TrifoldCompareOverlay;
  }
}
