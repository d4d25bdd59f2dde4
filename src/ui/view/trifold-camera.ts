/**
 * `<trifold-camera>`: the camera in numbers: field of view, angles, distance, the point that it looks at, and the label of 25 numbers that
 * the networks are told, to take away and to bring back.
 */
import { css, html } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { CameraLabelError, formatLabel, parseLabel, placeOfLabel } from '../../camera/label-pose';
import {
  FARTHEST_PAN,
  FARTHEST_ZOOM,
  fieldOfViewOf,
  focalOf,
  labelOf,
  lookFrom,
  NARROWEST_VIEW,
  NEAREST_ZOOM,
  type OrbitPlace,
  PITCH_LIMIT,
  WIDEST_VIEW,
} from '../../camera/orbit';
import type { StudioState } from '../../studio/shared/state';
import { angleField, numberField, slider } from '../shared/form-parts';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { VIEW_STRINGS } from '../strings/view';

const strings = VIEW_STRINGS;
const DEGREES = 180 / Math.PI;
/** After so long at rest the label is written: not at every step of a turn. */
const LABEL_DELAY_MILLISECONDS = 150;

@customElement('trifold-camera')
export class TrifoldCamera extends StudioElement {
  @query('textarea') private readonly field!: HTMLTextAreaElement;
  @state() private spoken = '';
  @state() private problem: CameraLabelError | undefined;
  #labelTimer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    controls,
    sections,
    inSection,
    css`
      .triple {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 0.3rem 0.6rem;
        margin: 0;
        padding: 0;
        border: 0;
        background: none;
      }
      label.cell {
        display: grid;
        gap: 0.2rem;
      }
      .triple input {
        width: 100%;
        min-width: 0;
        padding: 0 0.5rem;
      }
      .name {
        grid-column: 1 / -1;
      }
      textarea {
        width: 100%;
        padding: 0.5rem;
        border: 1px solid var(--control-line);
        border-radius: var(--round);
        background: var(--surface);
        color: inherit;
        font: 0.76rem/1.45 ui-monospace, monospace;
        white-space: pre;
        resize: vertical;
      }
      .warning {
        margin: 0;
        padding-left: 0.7rem;
        border-left: 3px solid var(--warning);
        color: var(--warning);
        font-size: 0.87rem;
      }
    `,
  ];

  protected watches({ view }: StudioState): readonly unknown[] {
    const { yaw, pitch, radius, pivot, focal } = view;
    return [rounded(yaw * DEGREES, 1), rounded(pitch * DEGREES, 1), rounded(radius, 2), pivot, focal];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#writeLabelSoon();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#labelTimer);
  }

  protected override watchedChanged(): void {
    this.#writeLabelSoon();
  }

  protected override render() {
    return html`
      ${this.#numbers()}
      <label for="label">${strings.label}</label>
      <textarea
        id="label"
        rows="7"
        spellcheck="false"
        autocomplete="off"
        aria-describedby="label-hint"
        @change=${() => this.#take(this.field.value)}
        @paste=${this.#pastedIntoField}
      ></textarea>
      <p id="label-hint" class="hint">${strings.labelHint}</p>
      <div class="row">
        <button type="button" @click=${this.#copy}>${strings.copy}</button>
        <button type="button" @click=${this.#paste}>${strings.paste}</button>
      </div>
      <p class="warning" role="alert" ?hidden=${!this.problem}>${this.problem?.message} ${this.problem?.remedy}</p>
      <p class="hint" role="status" ?hidden=${this.spoken === ''}>${this.spoken}</p>
    `;
  }

  #numbers() {
    const { home, yaw, pitch, radius, pivot, focal } = this.studio.state.view;
    const fieldOfView = fieldOfViewOf(focal);
    const steepest = rounded(PITCH_LIMIT * DEGREES, 0);
    return html`
      ${slider({
        id: 'fov',
        label: strings.fieldOfView,
        value: fieldOfView,
        shown: strings.degrees(fieldOfView),
        min: NARROWEST_VIEW,
        max: WIDEST_VIEW,
        step: 0.1,
        slid: (value) => this.#look({ focal: focalOf(value) }),
      })}
      <div class="triple">
        ${cell(
          strings.yaw,
          angleField({
            id: 'yaw',
            label: strings.yawName,
            value: rounded(yaw * DEGREES, 1),
            min: -180,
            max: 180,
            step: 1,
            typed: (value) => this.#look({ yaw: value / DEGREES }),
          }),
        )}
        ${cell(
          strings.pitch,
          angleField({
            id: 'pitch',
            label: strings.pitchName,
            value: rounded(pitch * DEGREES, 1),
            min: -steepest,
            max: steepest,
            step: 1,
            typed: (value) => this.#look({ pitch: value / DEGREES }),
          }),
        )}
        ${cell(
          strings.distance,
          numberField({
            id: 'distance',
            label: strings.distance,
            value: rounded(radius, 2),
            min: rounded(NEAREST_ZOOM * home.radius, 2),
            max: rounded(FARTHEST_ZOOM * home.radius, 2),
            step: 0.05,
            typed: (value) => this.#look({ radius: value }),
          }),
        )}
      </div>
      <div class="triple" role="group" aria-labelledby="look-at">
        <span class="name" id="look-at">${strings.lookAt}</span>
        ${pivot.map((value, axis) =>
          numberField({
            id: `look-at-${axis}`,
            label: strings.lookAtNames[axis]!,
            value: rounded(value, 3),
            min: rounded(home.pivot[axis]! - FARTHEST_PAN * home.radius, 3),
            max: rounded(home.pivot[axis]! + FARTHEST_PAN * home.radius, 3),
            step: 0.01,
            typed: (wanted) => {
              const [x, y, z] = pivot.map((former, at) => (at === axis ? wanted : former));
              this.#look({ pivot: [x!, y!, z!] });
            },
          }),
        )}
      </div>
    `;
  }

  #look(place: OrbitPlace): void {
    this.studio.moveCamera((view) => lookFrom(view, place));
  }

  #writeLabelSoon(): void {
    clearTimeout(this.#labelTimer);
    this.#labelTimer = setTimeout(() => this.#writeLabel(), LABEL_DELAY_MILLISECONDS);
  }

  /** Whatever is being typed stays. */
  #writeLabel(): void {
    if (this.field && this.shadowRoot?.activeElement !== this.field) this.field.value = this.#label;
  }

  get #label(): string {
    return formatLabel(labelOf(this.studio.state.view));
  }

  /** Goes to the camera of a label; one that is none, or that cannot be reached, changes nothing and is told. */
  #take(text: string): void {
    this.spoken = '';
    try {
      const place = placeOfLabel(parseLabel(text), this.studio.state.view.home);
      this.problem = undefined;
      this.#look(place);
      this.field.value = this.#label;
      this.spoken = strings.pasted;
    } catch (error) {
      if (!(error instanceof CameraLabelError)) throw error;
      this.problem = error;
    }
  }

  /** What is pasted is the whole label, whatever was in the field. */
  #pastedIntoField(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    event.preventDefault();
    this.field.value = text;
    this.#take(text);
  }

  async #copy(): Promise<void> {
    this.problem = undefined;
    this.field.value = this.#label;
    try {
      await navigator.clipboard.writeText(this.#label);
      this.spoken = strings.copied;
    } catch {
      this.spoken = strings.copyByHand;
      this.field.focus();
      this.field.select();
    }
  }

  async #paste(): Promise<void> {
    let text: string;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      this.spoken = strings.pasteByHand;
      this.field.focus();
      this.field.select();
      return;
    }
    this.#take(text);
  }
}

function cell(name: string, field: unknown) {
  return html`<label class="cell"><span aria-hidden="true">${name}</span>${field}</label>`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0; // -0 becomes 0
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-camera': TrifoldCamera;
  }
}
