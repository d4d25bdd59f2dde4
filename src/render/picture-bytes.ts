/** Rendered arrays as 8-bit pictures, for files. */
import { viridisTable } from '../pipelines/colour-map';
import type { PictureKind, RenderedArrays } from './volumetric-renderer';

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
 * The wanted picture of a rendering. Depth is coloured with viridis, near bright, over the range of what was hit; rays that hit nothing are white.
 */
export function pictureBytes(kind: PictureKind, arrays: RenderedArrays): PictureBytes {
  if (kind === 'depth') return depthBytes(arrays);
  const values = kind === 'image' ? arrays.image : arrays.feature;
  const side = Math.sqrt(kind === 'image' ? values.length / 3 : arrays.depth.length);
  const channels = values.length / (side * side);
  const data = new Uint8Array(side * side * 3);
  for (let pixel = 0; pixel < side * side; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      // [-1, 1] to [0, 255] as the official scripts do it: the value times 127.5 plus 128, cut off.
      const value = values[pixel * channels + channel]! * 127.5 + 128;
      data[pixel * 3 + channel] = Math.min(255, Math.max(0, Math.floor(value)));
    }
  }
  return { side, data };
}

function depthBytes({ depth, alpha }: RenderedArrays): PictureBytes {
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
