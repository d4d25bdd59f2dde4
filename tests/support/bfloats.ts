/** BF16 numbers for tests: the page only reads such files. */

/** Narrows F32 to BF16, to nearest with ties to even; NaN stays NaN. */
export function bfloatsFromFloats(floats: Float32Array): Uint16Array {
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  return Uint16Array.from(words, (word) => {
    if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  });
}
