/** The two orders of the axes of a picture: channels first as the peers' files have it, channels last as Trifold and tfjs keep it. */

/** [C, H, W] to [H, W, C] for one picture. @param pixels H times W */
export function toChannelsLast(values: Float32Array, channels: number, pixels: number): Float32Array {
  return transposed(values, channels, pixels);
}

/** [H, W, C] to [C, H, W] for one picture. @param pixels H times W */
export function toChannelsFirst(values: Float32Array, channels: number, pixels: number): Float32Array {
  return transposed(values, pixels, channels);
}

/** A matrix of `rows` rows, transposed. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  }
  return result;
}
