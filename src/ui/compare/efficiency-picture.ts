/** How measurements of the renderers are drawn: as bars, and as one picture on paper. */
import type { EfficiencyRow, EfficiencyState } from '../../studio/shared/state';
import { COMPARE_STRINGS } from '../strings/compare';
import { type Bars, barChart, barsHeight, CHART_WIDTH, chartImage, PAPER } from './charts';

const { efficiency: strings } = COMPARE_STRINGS;

/** Sizes of the picture on paper, in pixels. */
const MARGIN = 40;
const TITLE_HEIGHT = 110;
const CHART_SCALE = 2;
const FONT = 'system-ui, sans-serif';

/** "Volumetric, new head each frame, fast": the student has one quality alone. */
export function caseName({ measured, quality }: Pick<EfficiencyRow, 'measured' | 'quality'>): string {
  return measured === 'convolutional' ? strings.cases[measured] : strings.withQuality(strings.cases[measured], quality);
}

/** Frames a second, memory and largest batch (NeRF-GAN distillation, Fig. 1). */
export function efficiencyBars(rows: readonly EfficiencyRow[]): Bars[] {
  const bars = (title: string, measure: (row: EfficiencyRow) => number, textOf: (value: number) => string): Bars => ({
    title,
    bars: rows.map((row) => ({ name: caseName(row), value: measure(row), text: textOf(measure(row)) })),
  });
  return [
    bars(strings.framesPerSecond, ({ framesPerSecond }) => framesPerSecond, strings.figure),
    bars(strings.memory, ({ memoryBytes }) => memoryBytes, strings.memoryOf),
    bars(strings.largestBatch, ({ largestBatch }) => largestBatch, String),
  ];
}

export function measuredOn({ adapter, budgetBytes }: EfficiencyState): string {
  return strings.device(adapter.name, strings.gibibytes(budgetBytes));
}

/** The bars side by side on white, with the device's name. */
export async function drawEfficiency(efficiency: EfficiencyState): Promise<OffscreenCanvas> {
  const charts = efficiencyBars(efficiency.rows);
  const chartWidth = CHART_WIDTH * CHART_SCALE;
  const width = MARGIN + charts.length * (chartWidth + MARGIN);
  const height = MARGIN + TITLE_HEIGHT + barsHeight(charts[0]!) * CHART_SCALE + MARGIN;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser has no room for another canvas: close some pages and try again.');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.fillStyle = PAPER.text;
  context.font = `600 34px ${FONT}`;
  context.fillText(strings.title, MARGIN, MARGIN + 34);
  context.font = `26px ${FONT}`;
  context.fillStyle = PAPER.muted;
  context.fillText(measuredOn(efficiency), MARGIN, MARGIN + 78, width - 2 * MARGIN);
  const images = await Promise.all(charts.map((bars) => chartImage(barChart(bars, PAPER), chartWidth)));
  images.forEach((image, index) => {
    context.drawImage(image, MARGIN + index * (chartWidth + MARGIN), MARGIN + TITLE_HEIGHT);
  });
  return canvas;
}
