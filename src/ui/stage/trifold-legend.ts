/**
 * `<trifold-legend>`: what the colours of the picture mean: the scale of depth, density and difference, the directions of normals, what
 * feature planes show; for two kinds of picture two legends. With the scale of a density slice goes the slider that moves the slice. Stands in
 * the notes over the picture (`<trifold-compare-overlay>`), and lets the hand through to the head, but for that slider.
 */
import { css, html, nothing, type PropertyValues, unsafeCSS } from 'lit';
import { customElement } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { DIFFERENCE_SHARE } from '../../studio/compare/comparison-pictures';
import { type ColourMap, DENSITY_MARKS, densityShare, mapColours, normalsBall } from '../../studio/compare/legends';
import type { PictureKind } from '../../studio/shared/settings';
import type { StudioState } from '../../studio/shared/state';
import { picturesShown, shownNow } from '../../studio/view/shown';
import { filled } from '../shared/slider-style';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { LEGEND_STRINGS } from '../strings/legend';
import { VIEW_STRINGS } from '../strings/view';

const strings = LEGEND_STRINGS;
/** Pixels of the ball's drawing; it is shown at half the size. */
const BALL_SIDE = 96;
const AXIS_NAMES = 'xyz';

const gradient = (map: ColourMap, colours = mapColours(map)) =>
  unsafeCSS(`linear-gradient(to right, ${colours.join(', ')})`);

@customElement('trifold-legend')
export class TrifoldLegend extends StudioElement {
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        justify-content: space-evenly;
        align-items: end;
        gap: 0.6rem;
        width: 100%;
      }
      .legend {
        flex: 0 1 17rem;
        min-width: 0;
        padding: 0.3rem 0.7rem 0.35rem;
        border-radius: 0.9rem;
        background: color-mix(in srgb, var(--surface) 90%, transparent);
        color: var(--text);
        text-align: start;
        font-variant-numeric: tabular-nums;
      }
      .name {
        font-weight: 600;
      }
      .bar {
        height: 8px;
        margin-block: 0.15rem;
        border: 1px solid var(--control-line);
        border-radius: 5px;
        forced-color-adjust: none;
      }
      .depth {
        background: ${gradient('sequential', mapColours('sequential').reverse())};
      }
      .density {
        background: ${gradient('sequential')};
      }
      .difference {
        background: ${gradient('diverging')};
      }
      /* Bars go from left to right in every language, as the pictures do. */
      .scale {
        direction: ltr;
        display: grid;
        grid-template-columns: 1fr auto 1fr;
        column-gap: 0.5rem;
      }
      .scale :last-child {
        text-align: right;
      }
      .marks {
        direction: ltr;
        position: relative;
        height: 1.35em;
      }
      .marks span {
        position: absolute;
        translate: -50% 0;
      }
      .marks span:first-child {
        translate: 0 0;
      }
      .slice {
        direction: ltr;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) 2.8em;
        align-items: center;
        gap: 0.5rem;
        pointer-events: auto;
      }
      .slice span:last-child {
        text-align: right;
      }
      .with-ball {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: 0.6rem;
        flex-basis: auto;
      }
      canvas {
        width: ${BALL_SIDE / 2}px;
        height: ${BALL_SIDE / 2}px;
        forced-color-adjust: none;
      }
      @media (forced-colors: active) {
        .legend {
          border: 1px solid;
        }
      }
      @container (max-width: 24rem) {
        .detail {
          display: none;
        }
      }
      @container (max-height: 15rem) {
        .legend {
          padding: 0.2rem 0.5rem;
          font-size: 0.75rem;
          line-height: 1.25;
        }
        .name {
          display: none;
        }
        canvas {
          width: ${BALL_SIDE / 4}px;
          height: ${BALL_SIDE / 4}px;
        }
      }
    `,
  ];

  protected watches({ status, settings, student, model, depthRange, view }: StudioState): readonly unknown[] {
    const kinds = picturesShown(settings.picture, settings);
    return [status, settings, student, model, depthRange, kinds.includes('normals') ? view : undefined];
  }

  protected override render() {
    const { status, settings, student } = this.studio.state;
    if (status !== 'ready') return nothing;
    const shown = shownNow(settings, student);
    if (shown.layout === 'difference') return differenceLegend();
    return picturesShown(settings.picture, shown).map((kind) => this.#legend(kind));
  }

  #legend(kind: PictureKind) {
    switch (kind) {
      case 'depth':
        return this.#depth();
      case 'normals':
        return html`<div class="legend with-ball">
          <canvas width=${BALL_SIDE} height=${BALL_SIDE} aria-hidden="true"></canvas>
          <div><div class="name">${strings.normals}</div>${strings.axes}</div>
        </div>`;
      case 'density-x':
      case 'density-y':
      case 'density-z':
        return this.#density(kind.at(-1)!);
      case 'plane-0':
      case 'plane-1':
      case 'plane-2':
        return this.#plane(Number(kind.at(-1)));
      default:
        return nothing;
    }
  }

  #depth() {
    const { depthRange } = this.studio.state;
    const text = (depth: number | undefined) => (depth === undefined ? '' : strings.distance(depth));
    const [near, far] = [text(depthRange?.nearest), text(depthRange?.farthest)];
    return html`<div class="legend" role="img" aria-label=${strings.depthSpoken(near, far)}>
      <span class="name">${strings.depth}<span class="detail">${strings.depthDetail}</span></span>
      <div class="bar depth"></div>
      <div class="scale"><span>${strings.near} ${near}</span><span></span><span>${far} ${strings.far}</span></div>
    </div>`;
  }

  #density(axis: string) {
    const { slice } = this.studio.state.settings;
    return html`<div class="legend">
      <div role="img" aria-label=${strings.densitySpoken(DENSITY_MARKS)}>
        <span class="name">${strings.density}<span class="detail">${strings.densityDetail}</span></span>
        <div class="bar density"></div>
        <div class="marks">${DENSITY_MARKS.map((density) => html`<span>${density}</span>`)}</div>
      </div>
      <label class="slice">
        <span>${strings.slice(axis)}</span>
        <input
          type="range"
          min="-1"
          max="1"
          step="0.01"
          aria-label=${strings.sliceNamed(axis)}
          aria-valuetext=${VIEW_STRINGS.sliceSpoken(slice)}
          .value=${live(String(slice))}
          ${filled(0.5, (slice + 1) / 2)}
          @input=${(event: Event) => this.studio.changeSettings({ slice: (event.target as HTMLInputElement).valueAsNumber })}
        />
        <span aria-hidden="true">${VIEW_STRINGS.sliceAt(slice)}</span>
      </label>
    </div>`;
  }

  #plane(index: number) {
    const axes = this.studio.state.model?.config.rendering.planeAxes[index] ?? [];
    return html`<div class="legend">
      <span class="name">${strings.plane(axes.map((axis) => AXIS_NAMES[axis]).join(''))}</span> ${strings.planeColours}
    </div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const context = canvas?.getContext('2d');
    context?.putImageData(new ImageData(normalsBall(this.studio.state.view, BALL_SIDE), BALL_SIDE), 0, 0);
    // Not as an attribute: the page's content rules allow no styles in the markup.
    this.renderRoot.querySelectorAll<HTMLElement>('.marks span').forEach((mark, index) => {
      mark.style.setProperty('left', `${densityShare(DENSITY_MARKS[index]!) * 100}%`);
    });
  }
}

function differenceLegend() {
  const percent = Math.round(DIFFERENCE_SHARE * 100);
  return html`<div class="legend" role="img" aria-label=${strings.differenceSpoken(percent)}>
    <div class="bar difference"></div>
    <div class="scale">
      <span>${strings.darker} ${strings.percent(-percent)}</span>
      <span>${strings.same}</span>
      <span>${strings.percent(percent)} ${strings.brighter}</span>
    </div>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-legend': TrifoldLegend;
  }
}
