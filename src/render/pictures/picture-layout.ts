/**
 * Where two pictures of the same view go on one canvas: side by side, or one over the other and cut along a line. Whole pixels; the
 * presenter needs nothing else to draw either of them (`PicturePart` of pipelines/pictures/present.ts).
 */
import type { Rectangle } from '../../pipelines/pictures/present';
import type { CanvasSize } from '../canvas-output';

/** Where a picture goes. The clips of a layout cover the canvas and do not overlap. */
export interface PicturePlace {
  /** The picture is as large as fits into it, and centred. */
  readonly region: Rectangle;
  /** Outside of it nothing of the picture is drawn. */
  readonly clip: Rectangle;
}

/**
 * Two halves: next to each other if the canvas is wider than it is high, else one above the other, so that the pictures are as large as
 * can be. Both regions have the same size, and so have the pictures; of an odd number of pixels the one in the middle stays empty.
 * @param size of the canvas in device pixels
 */
export function sideBySide(size: CanvasSize): readonly [PicturePlace, PicturePlace] {
  const { width, height } = size;
  if (width > height) {
    const half = Math.floor(width / 2);
    const [left, right] = split(size, width - half);
    return [
      { region: { ...left, width: half }, clip: left },
      { region: right, clip: right },
    ];
  }
  const half = Math.floor(height / 2);
  const upper = { x: 0, y: 0, width, height: height - half };
  const lower = { x: 0, y: height - half, width, height: half };
  return [
    { region: { ...upper, height: half }, clip: upper },
    { region: lower, clip: lower },
  ];
}

/**
 * Both pictures over the whole canvas, the first one left of a line and the second one right of it.
 * @param size of the canvas in device pixels
 * @param share of the canvas's width that is left of the line, 0 to 1; beyond that it is cut off
 */
export function wipe(size: CanvasSize, share: number): readonly [PicturePlace, PicturePlace] {
  const region = { x: 0, y: 0, ...size };
  const [left, right] = split(size, Math.round(size.width * Math.min(1, Math.max(0, share))));
  return [
    { region, clip: left },
    { region, clip: right },
  ];
}

function split({ width, height }: CanvasSize, column: number): readonly [Rectangle, Rectangle] {
  return [
    { x: 0, y: 0, width: column, height },
    { x: column, y: 0, width: width - column, height },
  ];
}

/** A picture that is enlarged smoothly to so many times its size looks no better on more pixels. */
const ENOUGH_PIXELS = 4;

/**
 * Size of a canvas for coarse pictures, which the page then enlarges: the shape stays, and there are enough pixels to enlarge smoothly.
 * @param size that a full picture would take
 * @param side of the coarse picture in its own pixels
 * @param pictures 1, or 2 for {@link sideBySide}
 */
export function coarseSize({ width, height }: CanvasSize, side: number, pictures: 1 | 2): CanvasSize {
  const [longer, shorter] = [Math.max(width, height), Math.min(width, height)];
  const share = Math.min(1, (ENOUGH_PIXELS * side) / Math.min(longer / pictures, shorter));
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) };
}
