/** The samples of a run as one picture: each row of pictures below the one before. */
import type { LearntPicture, SampleRow } from './learner';

/** Pixels between two pictures. */
const GAP = 2;

/** Opaque, row by row, four bytes a pixel. */
export interface GridPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** @returns undefined where there is no picture */
export function sampleGrid(rows: readonly SampleRow[]): GridPicture | undefined {
  const filled = rows.map(({ pictures }) => pictures).filter(({ length }) => length > 0);
  if (filled.length === 0) return undefined;
  const heights = filled.map((pictures) => Math.max(...pictures.map(({ height }) => height)));
  const widths = filled.map((pictures) => pictures.reduce((sum, { width }) => sum + width + GAP, -GAP));
  const width = Math.max(...widths);
  const height = heights.reduce((sum, one) => sum + one + GAP, -GAP);
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  let top = 0;
  for (const [index, pictures] of filled.entries()) {
    let left = 0;
    for (const picture of pictures) {
      place(data, width, picture, left, top);
      left += picture.width + GAP;
    }
    top += heights[index]! + GAP;
  }
  return { width, height, data };
}

/** -1..1 becomes 0..255; what lies beyond is clamped. */
function place(
  data: Uint8ClampedArray,
  stride: number,
  { width, height, rgb }: LearntPicture,
  left: number,
  top: number,
) {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = 4 * ((top + y) * stride + left + x);
      const from = 3 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) data[to + channel] = 127.5 * (rgb[from + channel]! + 1);
    }
  }
}
