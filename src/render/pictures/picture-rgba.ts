/** Rendered arrays as RGBA pictures of a chosen size, for files and videos: opaque as rendered, or cut out of their background. */

import { TrifoldError } from '../../errors';
import { colourByte } from './picture-bytes';
import { resampled } from './resample';

/** An 8-bit picture with alpha (not premultiplied), row by row from the top; what ImageData, VideoFrame and PNG want. */
export interface PictureRgba {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
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
 * A rendered image at a chosen size, opaque: Lanczos where that is not the model's own.
 * @param image [S, S, 3], about -1 to 1
 * @param side pixels, within {@link PICTURE_SIDES}
 * @throws ChosenSizeError
 */
export function rgbaPicture(image: Float32Array, side: number): PictureRgba {
  const colours = resampled(image, 3, expectSide(side));
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let pixel = 0; pixel < side * side; pixel++) {
    for (let channel = 0; channel < 3; channel++) data[pixel * 4 + channel] = colourByte(colours[pixel * 3 + channel]!);
  }
  return { width: side, height: side, data };
}

/**
 * A picture without its background at a chosen size, enlarged or shrunk as on the screen.
 * @param cutOut [S, S, 4]: red, green and blue times alpha, and alpha, 0 to 1, as `FrameRenderer.readCutOut` gives it
 * @param side pixels, within {@link PICTURE_SIDES}
 * @throws ChosenSizeError
 */
export function rgbaCutOut(cutOut: Float32Array, side: number): PictureRgba {
  const data = straightBytes(resampled(cutOut, 4, expectSide(side), 'catmull-rom'), 1);
  return { width: side, height: side, data };
}

/**
 * Premultiplied colours as bytes that are not. Alpha is rounded up, so that no colour becomes brighter than it can be.
 * @param premultiplied [height, width, 4], 0 to `most`
 */
export function straightBytes(premultiplied: Float32Array | Uint8Array, most: 1 | 255): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(premultiplied.length);
  for (let at = 0; at < data.length; at += 4) {
    const opacity = Math.ceil((Math.min(most, Math.max(0, premultiplied[at + 3]!)) / most) * 255);
    if (opacity === 0) continue;
    const factor = (255 * 255) / (opacity * most);
    for (let channel = 0; channel < 3; channel++)
      data[at + channel] = Math.round(premultiplied[at + channel]! * factor);
    data[at + 3] = opacity;
  }
  return data;
}

function expectSide(side: number): number {
  if (Number.isInteger(side) && side >= PICTURE_SIDES.least && side <= PICTURE_SIDES.most) return side;
  throw new ChosenSizeError(side);
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
