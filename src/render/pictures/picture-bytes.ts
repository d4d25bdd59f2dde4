/** Rendered arrays as 8-bit pictures, for files. */
import { viridisTable } from '../../pipelines/pictures/colour-map';
import type { RenderedArrays } from '../volumetric-renderer';

/** An 8-bit RGB picture, row by row from the top. */
export interface PictureBytes {
  readonly side: number;
  /** [side, side, 3] */
  readonly data: Uint8Array;
}

/** Rays that kept more light than this met nothing: they are shown as background, and do not stretch the depth range. */
const LEAST_ALPHA = 0.5;
const BACKGROUND = [255, 255, 255] as const;

/**
 * The first three channels of an image or a feature image.
 * @param values [side, side, channels], about -1 to 1
 * @param channels 3 or more
 */
export function colourBytes(values: Float32Array, channels: number): PictureBytes {
  const pixels = values.length / channels;
  const data = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[pixel * 3 + channel] = colourByte(values[pixel * channels + channel]!);
    }
  }
  return { side: Math.sqrt(pixels), data };
}

/** [-1, 1] to 0..255 as the official scripts do it: the value times 127.5 plus 128, cut off. */
export function colourByte(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value * 127.5 + 128)));
}

/** Depth, coloured with viridis, near bright, over the range of what was hit; rays that hit nothing are white. */
export function depthBytes({ depth, alpha }: Pick<RenderedArrays, 'depth' | 'alpha'>): PictureBytes {
  const hit = depth.filter((_, pixel) => alpha[pixel]! > LEAST_ALPHA);
  const near = hit.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const far = hit.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const table = viridisTable();
  const data = new Uint8Array(depth.length * 3);
  for (let pixel = 0; pixel < depth.length; pixel++) {
    const nearness = far > near ? (far - depth[pixel]!) / (far - near) : 1;
    const entry = Math.round(Math.min(1, Math.max(0, nearness)) * 255) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const colour = Math.round(table[entry + channel]! * 255);
      data[pixel * 3 + channel] = alpha[pixel]! > LEAST_ALPHA ? colour : BACKGROUND[channel]!;
    }
  }
  return { side: Math.sqrt(depth.length), data };
}
