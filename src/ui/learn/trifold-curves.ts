/**
 * `<trifold-curves>`: how training goes, as curves over its steps: a chart for each kind of figure, drawn by uPlot, and beside it a table of the last
 * values, which is all that people who do not see the curves need.
 */
import { css, html, LitElement, nothing, type PropertyValues, unsafeCSS } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import uPlot from 'uplot';
import chartStyle from 'uplot/dist/uPlot.min.css?inline';
import type { Curve, FigureKind } from '../../studio/learn/learn-state';
import { LEARN_STRINGS } from '../strings/learn';
import { colourOf } from './colours';

const { curves: strings } = LEARN_STRINGS;

const HEIGHT = 150;
/** So few are dots on their line. */
const MOST_DOTS = 12;
/** Between ticks of steps, which are whole. */
const STEP_INCREMENTS = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
/** Lines are told apart by more than their colour. */
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 5]];
const COLOURS = ['--curve-0', '--curve-1', '--curve-2', '--curve-3', '--curve-4'];

interface Chart {
  readonly plot: uPlot;
  readonly kinds: readonly FigureKind[];
}

@customElement('trifold-curves')
export class TrifoldCurves extends LitElement {
  @property({ attribute: false }) kinds: readonly FigureKind[] = [];
  @property({ attribute: false }) curves: Readonly<Record<string, Curve>> = {};
  /** Newest of each, by name. */
  @property({ attribute: false }) figures: Readonly<Record<string, number>> = {};
  readonly #charts = new Map<string, Chart>();
  readonly #sizes = new ResizeObserver(() => this.#resize());
  readonly #media = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));

  static override styles = [
    unsafeCSS(chartStyle),
    css`
      :host {
        --curve-0: var(--accent);
        --curve-1: #a3461b;
        --curve-2: #1d6b45;
        --curve-3: #7a3a8c;
        --curve-4: #575b62;
        display: grid;
        gap: 0.75rem;
        min-width: 0;
      }
      @media (prefers-color-scheme: dark) {
        :host {
          --curve-1: #f0a070;
          --curve-2: #7fd0a4;
          --curve-3: #d0a0e4;
          --curve-4: #a8adb5;
        }
      }
      @media (forced-colors: active) {
        :host {
          --curve-0: CanvasText;
          --curve-1: Highlight;
          --curve-2: LinkText;
          --curve-3: VisitedText;
          --curve-4: GrayText;
        }
      }
      figure {
        display: grid;
        gap: 0.2rem;
        min-width: 0;
        margin: 0;
      }
      figcaption {
        font-weight: 550;
        font-size: 0.87rem;
      }
      .plot {
        min-width: 0;
        height: ${HEIGHT}px;
        overflow: hidden;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.82rem;
        font-variant-numeric: tabular-nums;
      }
      th {
        font-weight: 400;
        text-align: start;
      }
      th:not(:first-child),
      td {
        text-align: end;
        color: var(--muted);
      }
      tbody th {
        padding-inline-end: 0.5rem;
      }
      svg {
        width: 26px;
        height: 8px;
        margin-inline-end: 0.4rem;
        vertical-align: middle;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const list of this.#media) list.addEventListener('change', this.#recolour);
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const list of this.#media) list.removeEventListener('change', this.#recolour);
    this.#sizes.disconnect();
    this.#forget();
  }

  protected override render() {
    return html`${this.#groups().map(([name, kinds]) => this.#chart(name, kinds))}`;
  }

  #chart(name: string, kinds: readonly FigureKind[]) {
    const title = strings.charts[name] ?? name;
    return html`<figure>
      <figcaption id="of-${name}">${title}</figcaption>
      <div class="plot" data-chart=${name} aria-hidden="true"></div>
      <table aria-labelledby="of-${name}">
        <thead>
          <tr>
            <th scope="col">${strings.figure}</th>
            <th scope="col">${strings.last}</th>
            <th scope="col">${strings.best}</th>
          </tr>
        </thead>
        <tbody>
          ${kinds.map((kind, index) => this.#row(kind, index))}
        </tbody>
      </table>
    </figure>`;
  }

  #row(kind: FigureKind, index: number) {
    const values = this.curves[kind.name]!.points.map(([, value]) => value);
    const dashes = DASHES[index % DASHES.length]!.join(' ');
    return html`<tr>
      <th scope="row">
        <svg viewBox="0 0 26 8" aria-hidden="true">
          <line
            x1="0"
            x2="26"
            y1="4"
            y2="4"
            stroke="var(${COLOURS[index % COLOURS.length]!})"
            stroke-width="2.5"
            stroke-dasharray=${dashes || nothing}
          ></line></svg
        >${kind.label}
      </th>
      <td>${strings.value(this.figures[kind.name] ?? values.at(-1)!, kind.unit)}</td>
      <td>${kind.better ? strings.value(bestOf(values, kind.better), kind.unit) : '–'}</td>
    </tr>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const groups = this.#groups();
    for (const [name, { plot, kinds }] of [...this.#charts]) {
      const now = groups.find(([other]) => other === name)?.[1];
      if (now && sameNames(now, kinds)) continue;
      plot.destroy();
      this.#charts.delete(name);
    }
    for (const [name, kinds] of groups) this.#draw(name, kinds);
  }

  /** The figures that have values, by chart. */
  #groups(): [string, FigureKind[]][] {
    const groups = new Map<string, FigureKind[]>();
    for (const kind of this.kinds) {
      const points = this.curves[kind.name]?.points ?? [];
      // Counts of what went wrong are shown once something has.
      if (points.every(([, value]) => value === 0)) continue;
      groups.set(kind.chart, [...(groups.get(kind.chart) ?? []), kind]);
    }
    return [...groups];
  }

  #draw(name: string, kinds: readonly FigureKind[]): void {
    const place = this.renderRoot.querySelector<HTMLElement>(`[data-chart="${name}"]`)!;
    const data = joined(kinds.map(({ name }) => this.curves[name]!));
    const chart = this.#charts.get(name);
    if (chart) chart.plot.setData(data);
    else this.#charts.set(name, { plot: new uPlot(this.#options(place, kinds), data, place), kinds });
  }

  #options(place: HTMLElement, kinds: readonly FigureKind[]): uPlot.Options {
    const colour = (property: string) => colourOf(place, `var(${property})`);
    const axis = {
      stroke: colour('--muted'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      width: Math.max(50, place.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      axes: [
        { ...axis, size: 26, space: 60, incrs: STEP_INCREMENTS },
        { ...axis, size: 52, space: 32, values: (_, ticks) => ticks.map((tick) => strings.tick(tick)) },
      ],
      series: [
        {},
        ...kinds.map(({ label }, index) => ({
          label,
          stroke: colour(COLOURS[index % COLOURS.length]!),
          width: 2,
          dash: [...DASHES[index % DASHES.length]!],
          spanGaps: true,
          points: { show: ({ data }: uPlot) => data[0].length <= MOST_DOTS, size: 6 },
        })),
      ],
    };
  }

  readonly #recolour = () => {
    this.#forget();
    this.requestUpdate();
  };

  #resize(): void {
    for (const { plot } of this.#charts.values()) {
      const { clientWidth } = plot.root.parentElement!;
      if (clientWidth > 0) plot.setSize({ width: clientWidth, height: HEIGHT });
    }
  }

  #forget(): void {
    for (const { plot } of this.#charts.values()) plot.destroy();
    this.#charts.clear();
  }
}

/** Curves on one axis: all steps, and for each curve what it has there. */
function joined(curves: readonly Curve[]): uPlot.AlignedData {
  return uPlot.join(curves.map(({ points }) => [points.map(([step]) => step), points.map(([, value]) => value)]));
}

function bestOf(values: readonly number[], better: 'higher' | 'lower'): number {
  return better === 'higher' ? Math.max(...values) : Math.min(...values);
}

function sameNames(a: readonly FigureKind[], b: readonly FigureKind[]): boolean {
  return a.length === b.length && a.every(({ name }, index) => name === b[index]!.name);
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-curves': TrifoldCurves;
  }
}
