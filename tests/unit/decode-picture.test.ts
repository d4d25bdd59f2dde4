/** Pictures to learn from, as the command line decodes them. */
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { decodePicture } from '../../cli/train/decode-picture';

const SIDE = 24;

/** A slope in red and green, which a JPEG keeps well. */
function slope(channels: 3 | 4): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE * channels).fill(255);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    data.set([10 * (pixel % SIDE), 10 * Math.floor(pixel / SIDE), 100], pixel * channels);
  }
  return data;
}

function jpeg(): Uint8Array {
  return Uint8Array.from(encodeJpeg({ width: SIDE, height: SIDE, data: slope(4) }, 95).data);
}

describe('pictures in Node', () => {
  test('a PNG comes out as it was', async () => {
    const picture = await decodePicture(encodePng({ width: SIDE, height: SIDE, data: slope(3), channels: 3 }));
    expect(picture).toEqual({ width: SIDE, height: SIDE, data: slope(3) });
  });

  test('a JPEG comes out nearly as it was', async () => {
    const { width, height, data } = await decodePicture(jpeg());
    expect([width, height, data.length]).toEqual([SIDE, SIDE, 3 * SIDE * SIDE]);
    const errors = slope(3).map((value, at) => Math.abs(value - data[at]!));
    expect(Math.max(...errors)).toBeLessThan(12);
  });

  test.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, Math.floor(bytes.length * 0.8))],
    ['without its head', (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(0, 4), ...bytes.subarray(200)])],
    ['of its first bytes alone', (bytes: Uint8Array) => bytes.subarray(0, 3)],
  ])('a JPEG that is %s is refused', async (_, damage) => {
    await expect(decodePicture(damage(jpeg()))).rejects.toThrow();
  });

  test('other formats are refused with what to do', async () => {
    const webp = new TextEncoder().encode('RIFF....WEBPVP8 ');
    await expect(decodePicture(webp)).rejects.toMatchObject({ code: 'training-data', limit: 'PNG or JPEG' });
  });
});
