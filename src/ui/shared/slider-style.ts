/**
 * Sliders whose track is filled from where they begin: from the left for an amount, from the middle for what goes both ways. The share comes
 * by custom properties, which a script may set under the page's content rules (`style` attributes are not allowed). In forced colours
 * they are the browser's own.
 */
import { css, noChange } from 'lit';
import { Directive, type DirectiveParameters, directive, type ElementPart } from 'lit/directive.js';

class FilledDirective extends Directive {
  override update({ element }: ElementPart, [from, to]: DirectiveParameters<this>) {
    const { style } = element as HTMLInputElement;
    style.setProperty('--from', placeOf(Math.min(from, to)));
    style.setProperty('--to', placeOf(Math.max(from, to)));
    style.setProperty('--mark', from > 0 && from < 1 ? placeOf(from) : '-1rem'); // at an end there is nothing to mark
    return noChange;
  }

  override render(_from: number, _to: number): unknown {
    return noChange;
  }
}

/** Where the thumb's middle is on the track, of which it never leaves half its width. */
function placeOf(share: number): string {
  if (share <= 0) return '0%';
  return share >= 1 ? '100%' : `calc(9px + ${share} * (100% - 18px))`;
}

/** `<input type="range" ${filled(0.5, 0.8)}>`: shares of the track, 0..1, between which it is filled; the first is where it begins. */
export const filled = directive(FilledDirective);

const track = css`
  height: 6px;
  border-radius: 3px;
  background:
    linear-gradient(var(--control-line) 0 0) no-repeat var(--mark-place) top 0 / 2px 100%,
    linear-gradient(
      var(--onwards),
      var(--track) var(--from),
      var(--accent) var(--from) var(--to),
      var(--track) var(--to)
    );
`;

const thumb = css`
  appearance: none;
  box-sizing: border-box;
  width: 18px;
  height: 18px;
  border: 2px solid var(--surface);
  border-radius: 50%;
  background: var(--accent);
  box-shadow: 0 0 0 1px var(--accent);
`;

export const sliders = css`
  input[type='range'] {
    width: 100%;
    height: var(--control);
    margin: -0.5rem 0;
  }
  @media (forced-colors: none) {
    input[type='range'] {
      --track: color-mix(in srgb, var(--control-line) 38%, transparent);
      --onwards: to right;
      --mark-place: left calc(var(--mark) - 1px);
      appearance: none;
      border-radius: 9px;
      background: none;
      cursor: pointer;
    }
    input[type='range']:dir(rtl) {
      --onwards: to left;
      --mark-place: right calc(var(--mark) - 1px);
    }
    input[type='range']::-webkit-slider-runnable-track {
      ${track}
    }
    input[type='range']::-moz-range-track {
      ${track}
    }
    input[type='range']::-webkit-slider-thumb {
      ${thumb}
      margin-top: -6px;
    }
    input[type='range']::-moz-range-thumb {
      ${thumb}
    }
    input[type='range']:active:not(:disabled)::-webkit-slider-thumb {
      background: var(--accent-strong);
    }
  }
`;
