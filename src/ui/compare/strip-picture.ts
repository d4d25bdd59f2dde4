/** How a consistency strip is drawn: its pictures, its curves, and the whole of it as one picture on paper. */
import { differenceRgba, pictureRgba } from '../../studio/compare/comparison-pictures';
import type { StripState } from '../../studio/shared/state';
import { COMPARE_STRINGS } from '../strings/compare';
import { FACE_STRINGS } from '../strings/face';
import { CHART_WIDTH, CURVE_HEIGHT, type Curve, chartImage, curveChart, PAPER } from './charts';

const { strip: strings } = COMPARE_STRINGS;

/** From top to bottom. */
export const ROWS = ['volumetric', 'convolutional', 'difference'] as const;

type View = StripState['views'][number];
type Rgba = ReturnType<typeof pictureRgba>;

/** Sizes of the picture on paper, in pixels. */
const LARGEST_CELL = 256;
const GAP = 6;
const MARGIN = 40;
const LABELS_WIDTH = 240;
const TITLE_HEIGHT = 70;
const YAWS_HEIGHT = 44;
const CHART_SCALE = 3;
const FONT = 'system-ui, sans-serif';

/** The pictures of a view by row, made when asked for. */
export function viewPictures({ volumetric, convolutional }: View): Record<(typeof ROWS)[number], () => Rgba> {
  return {
    volumetric: () => pictureRgba(volumetric),
    convolutional: () => pictureRgba(convolutional),
    difference: () => differenceRgba(volumetric, convolutional),
  };
}

/** Gives a canvas the size of a square picture [S, S, 4] and fills it. */
export function paintPicture(canvas: HTMLCanvasElement | OffscreenCanvas, rgba: Rgba): void {
  const side = Math.sqrt(rgba.length / 4);
  canvas.width = side;
  canvas.height = side;
  contextOf(canvas).putImageData(new ImageData(rgba, side, side), 0, 0);
}

export function yawText(yaw: number): string {
  return strings.degrees(degrees(yaw));
}

export function psnrCurve(strip: StripState): Curve {
  return curve(strip, { label: strings.psnrPlot, axis: strings.psnrAxis, of: ({ psnr }) => psnr, text: strings.psnr });
}

export function ssimCurve(strip: StripState): Curve {
  return curve(strip, { label: strings.ssimPlot, axis: strings.ssimAxis, of: ({ ssim }) => ssim, text: strings.ssim });
}

/** The whole strip on white: pictures with their yaws, and both curves. */
export async function drawStrip(strip: StripState): Promise<OffscreenCanvas> {
  const { views, face } = strip;
  const cell = Math.min(LARGEST_CELL, Math.sqrt(views[0]!.volumetric.length / 3));
  const chartWidth = CHART_WIDTH * CHART_SCALE;
  const gridWidth = LABELS_WIDTH + views.length * (cell + GAP);
  const chartsTop = MARGIN + TITLE_HEIGHT + YAWS_HEIGHT + ROWS.length * (cell + GAP) + MARGIN;
  const width = 2 * MARGIN + Math.max(gridWidth, 2 * chartWidth + MARGIN);
  const canvas = new OffscreenCanvas(width, chartsTop + CURVE_HEIGHT * CHART_SCALE + MARGIN);
  const context = contextOf(canvas);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = PAPER.text;
  context.font = `600 34px ${FONT}`;
  context.fillText(`${strings.title}. ${strings.face(FACE_STRINGS.describe(face), face.psi)}`, MARGIN, MARGIN + 34);
  context.font = `26px ${FONT}`;
  const gridTop = MARGIN + TITLE_HEIGHT + YAWS_HEIGHT;
  ROWS.forEach((row, index) => {
    context.fillText(strings.rows[row], MARGIN, gridTop + index * (cell + GAP) + cell / 2, LABELS_WIDTH - GAP);
  });
  context.textAlign = 'center';
  const picture = new OffscreenCanvas(1, 1);
  views.forEach((view, column) => {
    const x = MARGIN + LABELS_WIDTH + column * (cell + GAP);
    context.fillText(yawText(view.yaw), x + cell / 2, gridTop - 14);
    ROWS.forEach((row, index) => {
      paintPicture(picture, viewPictures(view)[row]());
      context.drawImage(picture, x, gridTop + index * (cell + GAP), cell, cell);
    });
  });
  const charts = [psnrCurve(strip), ssimCurve(strip)].map((data) => chartImage(curveChart(data, PAPER), chartWidth));
  (await Promise.all(charts)).forEach((image, index) => {
    context.drawImage(image, MARGIN + index * (chartWidth + MARGIN), chartsTop);
  });
  return canvas;
}

function curve(
  { yaws, views }: StripState,
  {
    label,
    axis,
    of,
    text,
  }: { label: string; axis: string; of: (view: View) => number; text: (value: number) => string },
): Curve {
  return {
    label,
    xAxis: strings.yawAxis,
    yAxis: axis,
    xTicks: yaws.map(degrees),
    points: views.map((view) => ({
      x: degrees(view.yaw),
      y: of(view),
      title: `${yawText(view.yaw)}: ${text(of(view))}`,
    })),
  };
}

function degrees(radians: number): number {
  return Math.round((radians * 180) / Math.PI) + 0; // -0 becomes 0
}

/** @throws when the browser is out of memory for canvases */
function contextOf(
  canvas: HTMLCanvasElement | OffscreenCanvas,
): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser has no room for another canvas: close some pages and try again.');
  return context;
}
