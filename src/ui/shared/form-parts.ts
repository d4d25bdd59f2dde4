/** Parts of forms that several elements show: a slider with its name and value, a bar of choices, a number field. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { readAngle, readNumber, WrittenNumberError } from '../../numbers/written';
import { filled } from './slider-style';

/** A value that is a multiple of the step but for its last bits counts as one. */
const ROUNDING = 1e-6;
const STEP_DIGITS = 6;
/** Pixels between a field and what is said of it, and how long that is said. */
const NOTE_GAP = 6;
const NOTE_MILLISECONDS = 8000;

export interface SliderParts {
  /** One of its own within the element. */
  readonly id: string;
  readonly label: unknown;
  readonly value: number;
  /** What is shown beside the name. */
  readonly shown: string;
  /** What is spoken in the place of the bare number. Default: what is shown. */
  readonly spoken?: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly describedBy?: string;
  readonly slid: (value: number) => void;
}

export function slider({ id, label, value, shown, spoken = shown, min, max, step, describedBy, slid }: SliderParts) {
  const inRange = Math.min(max, Math.max(min, value));
  const share = (at: number) => (max > min ? (at - min) / (max - min) : 0);
  const origin = min < 0 && max > 0 ? 0 : min; // what goes both ways is filled from where it is nothing
  return html`
    <div class="row between">
      <label for=${id}>${label}</label>
      <output for=${id}>${shown}</output>
    </div>
    <input
      id=${id}
      type="range"
      min=${min}
      max=${max}
      step=${step}
      aria-valuetext=${spoken}
      aria-describedby=${describedBy ?? nothing}
      .value=${live(String(inRange))}
      ${filled(share(origin), share(inRange))}
      @input=${(event: Event) => slid((event.target as HTMLInputElement).valueAsNumber)}
    />
  `;
}

export interface SegmentsParts<Kind extends string> {
  /** Name of the group, for people who hear it. */
  readonly label: string;
  /** One of its own within the element. */
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly labels: Readonly<Record<Kind, string>>;
  readonly chosen: Kind;
  readonly choose: (kind: Kind) => void;
}

/** Radio buttons in one bar; needs the style `segments`. */
export function segmentBar<Kind extends string>(parts: SegmentsParts<Kind>) {
  const { label, name, kinds, labels, chosen, choose } = parts;
  return html`<div class="segments" role="radiogroup" aria-label=${label}>
    ${kinds.map(
      (kind) => html`<label>
        <input
          type="radio"
          name=${name}
          value=${kind}
          .checked=${live(kind === chosen)}
          @change=${() => choose(kind)}
        />
        ${labels[kind]}
      </label>`,
    )}
  </div>`;
}

export interface NumberFieldParts {
  readonly id: string;
  /** Named by this where no label stands beside it. */
  readonly label?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** What the arrow keys up and down go by. */
  readonly step: number;
  readonly describedBy?: string;
  /** What may be typed, if that is more than a number. */
  readonly hint?: string;
  /** The studio brings what is out of range into it. */
  readonly typed: (value: number) => void;
}

/** A number field that shows what has become of the number that was typed. What cannot be read changes nothing, and is told. */
export function numberField(parts: NumberFieldParts) {
  return writtenField(parts, readNumber, parts.typed);
}

/** A number field for degrees, as people write them. */
export function angleField(parts: NumberFieldParts) {
  return writtenField(parts, readAngle, parts.typed);
}

/**
 * A field of text, since a browser's own number fields know neither a degree sign nor a range; to a person who hears it, it is a number field.
 * @param read throws a WrittenNumberError
 * @param typed is given what was read
 */
export function writtenField<T>(
  { id, label, value, min, max, step, describedBy, hint, typed: stepped }: NumberFieldParts,
  read: (text: string) => T,
  typed: (read: T) => void,
) {
  const changed = (event: Event) => {
    const field = event.target as HTMLInputElement;
    const text = field.value;
    forgive(field);
    field.value = String(value); // stays, unless the text makes another value
    try {
      typed(read(text));
    } catch (error) {
      if (!(error instanceof WrittenNumberError)) throw error;
      tellAt(field, `${error.message}: ${value} stays. ${error.remedy}`);
    }
  };
  const pressed = (event: KeyboardEvent) => {
    const field = event.target as HTMLInputElement;
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (direction !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      field.value = String(value);
      stepped(stepFrom(value, direction * step, min, max));
    } else if (event.key === 'Enter') complainOf(field, read, event);
  };
  return html`<input
    id=${id}
    class="number"
    type="text"
    role="spinbutton"
    autocomplete="off"
    spellcheck="false"
    inputmode=${step < 1 || min < 0 || hint !== undefined ? 'text' : 'numeric'}
    aria-valuenow=${value}
    aria-valuemin=${min}
    aria-valuemax=${max}
    aria-label=${label ?? nothing}
    aria-describedby=${describedBy ?? nothing}
    title=${hint ?? nothing}
    .value=${String(value)}
    @keydown=${pressed}
    @input=${(event: Event) => forgive(event.target as HTMLInputElement)}
    @change=${changed}
  />`;
}

/** Says what is accepted, and leaves the text to be mended. */
function complainOf(field: HTMLInputElement, read: (text: string) => unknown, event: Event): void {
  try {
    read(field.value);
  } catch (error) {
    if (!(error instanceof WrittenNumberError)) throw error;
    event.preventDefault();
    field.setCustomValidity(`${error.message}. ${error.remedy}`);
    field.reportValidity();
  }
}

function forgive(field: HTMLInputElement): void {
  field.setCustomValidity('');
}

/** Says under a field what is wrong with what was typed there: over the page, so that nothing moves, and without taking the focus back. */
function tellAt(field: HTMLInputElement, sentence: string): void {
  const note = document.createElement('p');
  note.className = 'note-at-field';
  note.popover = 'manual';
  note.setAttribute('role', 'alert');
  field.after(note);
  note.showPopover();
  note.textContent = sentence; // once it is there, so that it is read out
  const { left, bottom, top } = field.getBoundingClientRect();
  const isRoomBelow = bottom + NOTE_GAP + note.offsetHeight < innerHeight;
  const place = {
    left: Math.max(NOTE_GAP, Math.min(left, innerWidth - note.offsetWidth - NOTE_GAP)),
    top: isRoomBelow ? bottom + NOTE_GAP : top - note.offsetHeight - NOTE_GAP,
  };
  note.style.left = `${place.left}px`;
  note.style.top = `${place.top}px`;
  const end = () => note.remove();
  setTimeout(end, NOTE_MILLISECONDS);
  field.addEventListener('input', end, { once: true });
  addEventListener('scroll', end, { once: true, capture: true });
}

/** The next multiple of the step in its direction. */
function stepFrom(value: number, step: number, min: number, max: number): number {
  const steps = Math.floor(value / step + ROUNDING) + 1;
  return Math.min(max, Math.max(min, Number((steps * step).toFixed(STEP_DIGITS))));
}

/** Whether letters that are typed there mean something to the element itself; lists jump to the entry that begins with the letter. */
export function takesText(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.matches('select, textarea, input:not([type=range], [type=radio], [type=checkbox], [type=button])');
}
