/**
 * 16-bit floats. JavaScript engines of today lack Float16Array, so the two formats are converted by hand.
 *
 *   F16  (IEEE 754 binary16): 1 sign, 5 exponent (bias 15), 10 mantissa bits; subnormals down to 2^-24, largest 65504
 *   BF16 (bfloat16):          1 sign, 8 exponent, 7 mantissa bits: the upper half of an F32
 *
 * Widening is exact. Narrowing rounds to nearest, ties to even, as IEEE 754, numpy and PyTorch do.
 */

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** The same mantissa twice, shifted by `drop` bits, rounded to nearest with ties to even. */
function roundShift(mantissa: number, drop: number): number {
  const kept = mantissa >>> drop;
  const rest = mantissa - kept * 2 ** drop;
  const tie = 2 ** (drop - 1);
  return rest > tie || (rest === tie && kept % 2 === 1) ? kept + 1 : kept;
}

/**
 * Nearest F16 of a number (which is rounded to F32 first).
 * @param value any number; magnitudes from 65520 on become infinity, NaN stays NaN
 * @returns the 16 bits as an unsigned integer
 */
export function halfFromFloat(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | (mantissa === 0 ? 0x7c00 : 0x7e00 | (mantissa >>> 13));
  const halfExponent = exponent - 127 + 15;
  if (halfExponent >= 31) return sign | 0x7c00;
  if (halfExponent >= 1) {
    // A carry out of the mantissa moves into the exponent, and from the largest exponent into infinity: as it should.
    return sign | ((halfExponent << 10) + roundShift(mantissa, 13));
  }
  const drop = 14 - halfExponent; // a subnormal counts steps of 2^-24; the implicit leading one becomes explicit
  return drop > 25 ? sign : sign | roundShift(mantissa | 0x800000, drop);
}

/** @param bits 0..65535 @returns the number that an F16 with these bits stands for, exactly */
export function floatFromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

let halfTable: Float32Array | undefined;

/**
 * Widens F16 to F32, exactly. Uses a table of all 65536 halves (256 KB), made on the first call.
 * @param bits F16 values as unsigned 16-bit integers, any length
 */
export function floatsFromHalves(bits: Uint16Array): Float32Array {
  halfTable ??= Float32Array.from({ length: 65536 }, (_, half) => floatFromHalf(half));
  const table = halfTable;
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = table[bits[i]!]!;
  return floats;
}

/** Narrows F32 to F16; see {@link halfFromFloat} for the rounding. */
export function halvesFromFloats(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(floats.length);
  for (let i = 0; i < floats.length; i++) bits[i] = halfFromFloat(floats[i]!);
  return bits;
}

/** Widens BF16 to F32, exactly. */
export function floatsFromBfloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! * 0x10000;
  return new Float32Array(words.buffer);
}
