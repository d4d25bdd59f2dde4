/**
 * Small charts as inline SVG: a curve, and bars. Colours are attributes, so that the same chart is drawn in the page's colours (custom
 * properties) and, for files, in those of paper.
 */
import { html, render, svg, type TemplateResult } from 'lit';

export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly mark: string;
}

export const PAGE: Palette = { text: 'var(--text)', muted: 'var(--muted)', grid: 'var(--line)', mark: 'var(--accent)' };
export const PAPER: Palette = { text: '#1b1c1e', muted: '#575b62', grid: '#dcdcd7', mark: '#24549c' };

/** Width of every chart, in its own units. */
export const CHART_WIDTH = 400;
export const CURVE_HEIGHT = 210;
const CURVE_TEXT = 13;
const BARS_TEXT = 15;
const BAR_ROW = 40;
const TITLE_HEIGHT = 28;

export interface Curve {
  /** Says what is shown to people who do not see it. */
  readonly label: string;
  readonly xAxis: string;
  readonly yAxis: string;
  /** Numbers below the x axis, which reaches from the first to the last of them. */
  readonly xTicks: readonly number[];
  readonly points: readonly { readonly x: number; readonly y: number; readonly title: string }[];
}

/** A curve over an axis; points that are not finite are left out. */
export function curveChart({ label, xAxis, yAxis, xTicks, points }: Curve, palette: Palette): TemplateResult {
  const shown = points.filter(({ y }) => Number.isFinite(y));
  const yTicks = roundTicks(shown.map(({ y }) => y));
  const [left, right, top, bottom] = [46, CHART_WIDTH - 14, 26, CURVE_HEIGHT - 40];
  const x = scale([xTicks[0]!, xTicks.at(-1)!], [left, right]);
  const y = scale([yTicks[0]!, yTicks.at(-1)!], [bottom, top]);
  const digits = Math.max(0, -Math.floor(Math.log10(yTicks[1]! - yTicks[0]!) + 1e-9));
  const line = shown.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ');
  return chart({ label, height: CURVE_HEIGHT, textSize: CURVE_TEXT }, [
    svg`<text x="0" y="12" fill=${palette.text} font-weight="600">${yAxis}</text>`,
    yTicks.map(
      (tick) => svg`
        <line x1=${left} x2=${right} y1=${y(tick)} y2=${y(tick)} stroke=${palette.grid}></line>
        <text x=${left - 6} y=${y(tick) + 4} text-anchor="end" fill=${palette.muted}>${number(tick, digits)}</text>`,
    ),
    xTicks.map(
      (tick) =>
        svg`<text x=${x(tick)} y=${bottom + 17} text-anchor="middle" fill=${palette.muted}>${number(tick, 0)}</text>`,
    ),
    svg`<text x=${(left + right) / 2} y=${CURVE_HEIGHT - 5} text-anchor="middle" fill=${palette.text}>${xAxis}</text>`,
    svg`<polyline points=${line} fill="none" stroke=${palette.mark} stroke-width="2" stroke-linejoin="round"></polyline>`,
    shown.map(
      (point) => svg`<circle cx=${x(point.x)} cy=${y(point.y)} r="3.5" fill=${palette.mark}>
        <title>${point.title}</title>
      </circle>`,
    ),
  ]);
}

export interface Bars {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly text: string }[];
}

export function barsHeight({ bars }: Bars): number {
  return TITLE_HEIGHT + bars.length * BAR_ROW;
}

/** Bars from zero, each under its name, with its figure at its end. */
export function barChart(data: Bars, palette: Palette): TemplateResult {
  const { title, bars } = data;
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const longest = CHART_WIDTH - 80;
  const label = [title, ...bars.map(({ name, text }) => `${name}: ${text}`)].join('; ');
  return chart({ label, height: barsHeight(data), textSize: BARS_TEXT }, [
    svg`<text x="0" y="13" fill=${palette.text} font-weight="600">${title}</text>`,
    bars.map(({ name, value, text }, index) => {
      const top = TITLE_HEIGHT + index * BAR_ROW;
      const length = Math.max(1, (value / most) * longest);
      return svg`
        <text x="0" y=${top + 13} fill=${palette.muted}>${name}</text>
        <rect x="0" y=${top + 20} width=${length} height="12" rx="2" fill=${palette.mark}></rect>
        <text x=${length + 6} y=${top + 31} fill=${palette.text}>${text}</text>`;
    }),
  ]);
}

/** A chart as an image of the given width in pixels, for a canvas. */
export async function chartImage(template: TemplateResult, width: number): Promise<HTMLImageElement> {
  const holder = document.createElement('div');
  render(template, holder);
  const element = holder.querySelector('svg')!;
  const { viewBox } = element;
  element.setAttribute('width', String(width));
  element.setAttribute('height', String((width * viewBox.baseVal.height) / viewBox.baseVal.width));
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(element))}`;
  await image.decode();
  return image;
}

interface Frame {
  readonly label: string;
  readonly height: number;
  readonly textSize: number;
}

function chart({ label, height, textSize }: Frame, content: unknown): TemplateResult {
  return html`<svg
    viewBox="0 0 ${CHART_WIDTH} ${height}"
    role="img"
    aria-label=${label}
    font-family="system-ui, sans-serif"
    font-size=${textSize}
  >${content}</svg>`;
}

function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]) {
  return (value: number) => start + ((value - from) / (to - from)) * (end - start);
}

/** Three to seven round numbers that enclose the values: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(values: readonly number[]): number[] {
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const span = Math.max(most - least, Math.abs(most) * 1e-3, 1e-6);
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  return Array.from({ length: Math.max(last - first, 1) + 1 }, (_, index) => (first + index) * step);
}

function number(value: number, digits: number): string {
  return (value + 0).toFixed(digits).replace('-', '−');
}
