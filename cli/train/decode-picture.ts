/** Decodes pictures to learn from, in Node: PNG and JPEG. */
import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { TrainingDataError } from '../../src/training/data/errors';
import { type DecodedPicture, type DecodePicture, LARGEST_SIDE } from '../../src/training/data/training-pictures';

const PNG = [0x89, 0x50, 0x4e, 0x47];
const JPEG = [0xff, 0xd8, 0xff];

/**
 * PNG with 8 or 16 bits, grey, colours or a palette, with or without alpha; JPEG as it is stored, whatever way round its EXIF data would have it shown,
 * since that is how COLMAP and its like see it.
 * @throws TrainingDataError for other formats, anything for a damaged file
 */
export const decodePicture: DecodePicture = async (bytes) => {
  if (begins(bytes, PNG)) return fromPng(bytes);
  if (begins(bytes, JPEG)) return fromJpeg(bytes);
  const remedy =
    'Write the pictures as PNG (ImageMagick: "mogrify -format png *.webp", then name them so in the file of the cameras).';
  throw new TrainingDataError('The command line reads PNG and JPEG pictures.', remedy, undefined, 'PNG or JPEG');
};

function begins(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

function fromJpeg(bytes: Uint8Array): DecodedPicture {
  const maxResolutionInMP = LARGEST_SIDE ** 2 / 1e6;
  // Its own count of memory takes four bytes for each coefficient and more; the largest picture needs about 1.5 GB so.
  const { width, height, data } = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP,
    maxMemoryUsageInMB: 2048,
  });
  return { width, height, data };
}

function fromPng(bytes: Uint8Array): DecodedPicture {
  const { width, height, channels, depth, data, palette } = decodePng(bytes, { checkCrc: true });
  const scale = depth === 16 ? 257 : 1;
  const pixels = width * height;
  if (palette) return fromPalette(width, height, data, palette);
  if (channels >= 3) return { width, height, data: Uint8Array.from(data, (value) => Math.round(value / scale)) };
  const rgba = new Uint8Array(4 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const grey = Math.round(data[pixel * channels]! / scale);
    const alpha = channels === 2 ? Math.round(data[pixel * channels + 1]! / scale) : 255;
    rgba.set([grey, grey, grey, alpha], 4 * pixel);
  }
  return { width, height, data: rgba };
}

function fromPalette(
  width: number,
  height: number,
  indices: ArrayLike<number>,
  palette: readonly (readonly number[])[],
): DecodedPicture {
  const data = new Uint8Array(4 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red = 0, green = 0, blue = 0, alpha = 255] = palette[indices[pixel]!] ?? [];
    data.set([red, green, blue, alpha], 4 * pixel);
  }
  return { width, height, data };
}
