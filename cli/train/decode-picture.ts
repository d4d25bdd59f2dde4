/** Decodes pictures to learn from, in Node: PNG. */
import { decode } from 'fast-png';
import { TrainingDataError } from '../../src/training/data/errors';
import type { DecodedPicture, DecodePicture } from '../../src/training/data/training-pictures';

const PNG = [0x89, 0x50, 0x4e, 0x47];

/** 8 or 16 bits; grey, colours or a palette, with or without alpha. @throws TrainingDataError for other formats */
export const decodePicture: DecodePicture = async (bytes) => {
  if (PNG.some((byte, at) => bytes[at] !== byte)) {
    const remedy =
      'Write the pictures as PNG (ImageMagick: "mogrify -format png *.jpg", then name them so in the file of the cameras).';
    throw new TrainingDataError('The command line reads PNG pictures only.', remedy, undefined, 'PNG');
  }
  const { width, height, channels, depth, data, palette } = decode(bytes, { checkCrc: true });
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
};

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
