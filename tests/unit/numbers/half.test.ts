/** 16-bit floats: exact one way, rounded to nearest even the other, for every bit pattern. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  floatFromHalf,
  floatsFromBfloats,
  floatsFromHalves,
  halfFromFloat,
  halvesFromFloats,
} from '../../../src/numbers/half';
import { bfloatsFromFloats } from '../../support/bfloats';

const EVERY_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

describe('F16', () => {
  test.each([
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 2 ** -14 - 2 ** -24],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])('bits %i stand for %d, both ways', (bits, value) => {
    expect(floatFromHalf(bits)).toBe(value);
    expect(halfFromFloat(value)).toBe(bits);
  });

  test.each([
    [1 + 2 ** -11, 0x3c00, 'a tie goes to the even neighbour, below'],
    [1 + 3 * 2 ** -11, 0x3c02, 'a tie goes to the even neighbour, above'],
    [1 + 2 ** -11 + 2 ** -23, 0x3c01, 'anything above a tie goes up'],
    [2 - 2 ** -12, 0x4000, 'a carry moves the exponent'],
    [65519.996, 0x7bff, 'the largest number holds up to the tie'],
    [65520, 0x7c00, 'and then becomes infinity'],
    [2 ** -25, 0x0000, 'half of the smallest subnormal is a tie with zero'],
    [2 ** -25 * 1.0001, 0x0001, 'and just above it is not'],
    [3 * 2 ** -25, 0x0002, 'ties among subnormals go to even, too'],
    [2 ** -14 - 2 ** -26, 0x0400, 'the largest subnormal carries into the normal numbers'],
    [1e-40, 0x0000, 'subnormal F32 vanish'],
    [-1e-40, 0x8000, 'but keep their sign'],
    [-0, 0x8000, 'as zero does'],
    [1e30, 0x7c00, 'what is too large becomes infinity'],
  ])('%d becomes %i: %s', (value, bits) => {
    expect(halfFromFloat(value)).toBe(bits);
  });

  test('every pattern comes back', () => {
    const back = halvesFromFloats(floatsFromHalves(EVERY_BITS));
    const isNan = (bits: number) => (bits & 0x7fff) > 0x7c00;
    expect(EVERY_BITS.filter((bits) => back[bits] !== bits && !(isNan(bits) && isNan(back[bits]!)))).toHaveLength(0);
  });

  test('rounds to the nearest of all halves', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const bits = halfFromFloat(value);
        const error = Math.abs(floatFromHalf(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          const other = floatFromHalf(neighbour & 0xffff);
          if (Number.isFinite(other)) expect(Math.abs(other - value)).toBeGreaterThanOrEqual(error);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('BF16', () => {
  test('is the upper half of an F32', () => {
    const [one, minusTwo, infinity, notANumber] = floatsFromBfloats(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x7fc0));
    expect([one, minusTwo, infinity, notANumber]).toEqual([1, -2, Number.POSITIVE_INFINITY, Number.NaN]);
  });

  test('rounds ties to even, overflows to infinity, keeps NaN', () => {
    const values = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4028234e38, -0, Number.NaN);
    const [down, up, overflow, minusZero, notANumber] = bfloatsFromFloats(values);
    expect([down, up, overflow, minusZero]).toEqual([0x3f80, 0x3f82, 0x7f80, 0x8000]);
    expect(floatsFromBfloats(Uint16Array.of(notANumber!))[0]).toBeNaN();
  });

  test('every number comes back', () => {
    const numbers = EVERY_BITS.filter((bits) => (bits & 0x7fff) <= 0x7f80);
    expect(bfloatsFromFloats(floatsFromBfloats(numbers))).toEqual(numbers);
  });
});
