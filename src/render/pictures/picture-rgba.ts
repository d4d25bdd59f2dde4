/**
 * Rendered arrays as RGBA pictures of a chosen size, for files and videos: opaque as rendered, or cut out of their background.
 *
 * A volume renderer composites what it sees onto a background of one colour (EG3D's renderer: white for models of objects, else black), and its
 * alpha tells how much of a ray the head took. The picture is C = a c + (1 - a) B; cutting out solves this for the head's own colour c.
 * Alpha is that of the rays, made as crisp as the picture (matte.ts); wherever it is too small for any colour c within black and white to have
 * made the picture, it is raised. So the cut-out over the old background is the picture again.
 */

import { TrifoldError } from '../../errors';
import { matteOf } from './matte';
import { colourByte } from './picture-bytes';
import { resampled } from './resample';

/** An 8-bit picture with alpha (not premultiplied), row by row from the top; what ImageData, VideoFrame and PNG want. */
export interface PictureRgba {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What is needed to cut a head out. */
export interface CutOut {
  /** [r, r, 1], 0 where the ray met nothing */
  readonly alpha: Float32Array;
  /** The background that the model renders onto: white, or else black. */
  readonly whiteBackground: boolean;
}

/** Sides that may be asked for, in pixels. */
export const PICTURE_SIDES = { least: 16, most: 4096 } as const;

/** A picture of an impossible size was asked for. */
export class ChosenSizeError extends TrifoldError {
  override readonly code = 'chosen-size';

  constructor(
    readonly side: number,
    readonly limit: typeof PICTURE_SIDES = PICTURE_SIDES,
  ) {
    super(
      `A picture cannot be ${side} pixels wide; it has ${limit.least} to ${limit.most}.`,
      `Choose a whole number of pixels from ${limit.least} to ${limit.most}.`,
    );
  }
}

/**
 * A rendered image at a chosen size: Lanczos where that is not the model's own.
 * @param image [S, S, 3], about -1 to 1
 * @param side pixels, within {@link PICTURE_SIDES}
 * @param cutOut for a transparent background; default: opaque
 * @throws ChosenSizeError
 */
export function rgbaPicture(image: Float32Array, side: number, cutOut?: CutOut): PictureRgba {
  if (!Number.isInteger(side) || side < PICTURE_SIDES.least || side > PICTURE_SIDES.most) {
    throw new ChosenSizeError(side);
  }
  const colours = resampled(image, 3, side);
  const background = cutOut?.whiteBackground ? 1 : -1;
  const alpha = cutOut && matteOf(colours, cutOut.alpha, background);
  const data = new Uint8ClampedArray(side * side * 4);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const colour = colours.subarray(pixel * 3, pixel * 3 + 3);
    const opacity = alpha ? opacityByte(alpha[pixel]!, colour, background) : 255;
    const share = opacity / 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = colour[channel]!;
      const own = share > 0 ? (value - (1 - share) * background) / share : value;
      data[pixel * 4 + channel] = colourByte(own);
    }
    data[pixel * 4 + 3] = opacity;
  }
  return { width: side, height: side, data };
}

/** Alpha as 0..255, rounded up, and at least so much that the colour can have been made. */
function opacityByte(alpha: number, colour: Float32Array, background: number): number {
  if (alpha === 0) return 0;
  let needed = alpha;
  for (const value of colour) needed = Math.max(needed, Math.abs(value - background) / 2);
  return Math.min(255, Math.ceil(needed * 255));
}

/** A picture of even width and height, as video codecs want it: an odd side gets its last row or column twice. */
export function evenPicture(picture: PictureRgba): PictureRgba {
  const { width, height } = picture;
  const [evenWidth, evenHeight] = [evenSide(width), evenSide(height)];
  if (evenWidth === width && evenHeight === height) return picture;
  const from = new Uint32Array(picture.data.buffer);
  const data = new Uint8ClampedArray(evenWidth * evenHeight * 4);
  const to = new Uint32Array(data.buffer);
  for (let y = 0; y < evenHeight; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < evenWidth; x++) to[y * evenWidth + x] = from[row + Math.min(x, width - 1)]!;
  }
  return { width: evenWidth, height: evenHeight, data };
}

/** The next even number. */
export function evenSide(side: number): number {
  return side + (side % 2);
}
