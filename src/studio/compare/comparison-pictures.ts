/**
 * The pictures of a comparison as the page's own canvases want them: bytes for thumbnails, and the difference in the colours that
 * shaders/pictures/present-difference.wgsl draws with.
 */
import { divergingTable } from '../../pipelines/pictures/colour-map';
import { DIFFERENCE_RANGE } from '../view/frame-parts';

/** Values of a picture go from -1 (black) to 1 (white). */
const BLACK_TO_WHITE = 2;
/** Differences in lightness of this share of the way from black to white, and larger ones, have the ends of the colour map. */
export const DIFFERENCE_SHARE = DIFFERENCE_RANGE / BLACK_TO_WHITE;

/** Recommendation ITU-R BT.709, as in the shader. */
const LUMA = [0.2126, 0.7152, 0.0722] as const;
const TABLE = divergingTable();
const LAST_ENTRY = TABLE.length / 3 - 1;

type Rgba = Uint8ClampedArray<ArrayBuffer>;

/** A picture [S, S, 3], about -1 to 1, as RGBA bytes [S, S, 4], opaque. */
export function pictureRgba(picture: Float32Array): Rgba {
  return rgba(picture.length / 3, (pixel) => [0, 1, 2].map((channel) => onScale(picture, pixel, channel)));
}

/** Where the second of two pictures [S, S, 3] is brighter (red) or darker (blue) than the first, as RGBA bytes [S, S, 4]. */
export function differenceRgba(first: Float32Array, second: Float32Array): Rgba {
  return rgba(first.length / 3, (pixel) => {
    const share = 0.5 + (0.5 * (luma(second, pixel) - luma(first, pixel))) / DIFFERENCE_SHARE;
    const entry = Math.round(cutOff(share) * LAST_ENTRY) * 3;
    return TABLE.subarray(entry, entry + 3);
  });
}

/** @param colourAt red, green and blue of a pixel, 0 to 1 */
function rgba(pixels: number, colourAt: (pixel: number) => ArrayLike<number>): Rgba {
  const bytes = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const colour = colourAt(pixel);
    for (let channel = 0; channel < 3; channel++) bytes[pixel * 4 + channel] = colour[channel]! * 255;
  }
  return bytes;
}

/** Lightness as a screen shows it, 0 to 1. */
function luma(picture: Float32Array, pixel: number): number {
  return LUMA.reduce((sum, weight, channel) => sum + weight * onScale(picture, pixel, channel), 0);
}

/** One value of a picture, 0 to 1. */
function onScale(picture: Float32Array, pixel: number, channel: number): number {
  return cutOff(0.5 + 0.5 * picture[pixel * 3 + channel]!);
}

function cutOff(share: number): number {
  return Math.min(1, Math.max(0, share));
}
