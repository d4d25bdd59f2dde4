/** Parts of forms that several elements show: a slider with its name and value, a bar of choices, a number field. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';

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
      .value=${live(String(Math.min(max, Math.max(min, value))))}
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
  readonly step: number;
  readonly describedBy?: string;
  /** The studio brings what is out of range into it. */
  readonly typed: (value: number) => void;
}

/** A number field that shows what has become of the number that was typed; what is no number changes nothing. */
export function numberField({ id, label, value, min, max, step, describedBy, typed }: NumberFieldParts) {
  const changed = (event: Event) => {
    const field = event.target as HTMLInputElement;
    const number = field.valueAsNumber;
    field.value = String(value); // stays, unless the number makes another value
    if (Number.isFinite(number)) typed(number);
  };
  return html`<input
    id=${id}
    type="number"
    inputmode=${step < 1 || min < 0 ? 'text' : 'numeric'}
    min=${min}
    max=${max}
    step=${step}
    aria-label=${label ?? nothing}
    aria-describedby=${describedBy ?? nothing}
    .value=${String(value)}
    @change=${changed}
  />`;
}

/** Whether letters that are typed there mean something to the element itself; lists jump to the entry that begins with the letter. */
export function takesText(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.matches('select, textarea, input:not([type=range], [type=radio], [type=checkbox], [type=button])');
}
