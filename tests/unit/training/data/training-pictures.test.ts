/** Pictures to train generators with: reduced by area, as bytes, in the mirror with their cameras. */
import { decode as decodePng, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { intrinsicsOf, makeLabel } from '../../../../src/camera/conventions';
import { intrinsicsFromFocal } from '../../../../src/camera/intrinsics';
import { lookAtPose } from '../../../../src/camera/look-at';
import { TrainingDataError } from '../../../../src/training/data/errors';
import type { PosedPictures } from '../../../../src/training/data/posed-pictures';
import {
  type DecodedPicture,
  decodedPictures,
  mirroredLabel,
  picturesOfBytes,
  withMirrored,
} from '../../../../src/training/data/training-pictures';

const label = (yaw: number) => makeLabel(lookAtPose({ yaw, pitch: 1.4 }), intrinsicsFromFocal(2));

function posed(count: number, kind: PosedPictures['kind'] = 'eg3d'): PosedPictures {
  const camera = { camToWorld: lookAtPose({ yaw: 1.5, pitch: 1.5 }), intrinsics: intrinsicsFromFocal(2) };
  const pictures = Array.from({ length: count }, (_, at) => ({
    name: `${at}.png`,
    camera,
    split: 'train' as const,
    bytes: () => Promise.resolve(Uint8Array.of(at)),
  }));
  return { kind, pictures, notes: [] };
}

const filled = (width: number, height: number, channels: number, value: (at: number) => number): DecodedPicture => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * channels }, (_, at) => value(at)),
});

describe('a camera in the mirror', () => {
  it('stands on the other side', () => {
    const [here, there] = [label(Math.PI / 2 + 0.4), label(Math.PI / 2 - 0.4)];
    mirroredLabel(here).forEach((value, at) => {
      expect(value).toBeCloseTo(there[at]!, 6);
    });
    expect(mirroredLabel(mirroredLabel(here))).toEqual(here);
  });

  it('has its principal point on the other side', () => {
    const offCentre = makeLabel(lookAtPose({ yaw: 1.5, pitch: 1.5 }), [2, 0.25, 0.625, 0, 2, 0.5, 0, 0, 1]);
    expect([...intrinsicsOf(mirroredLabel(offCentre))]).toEqual([2, -0.25, 0.375, 0, 2, 0.5, 0, 0, 1]);
  });
});

it('mirrored pictures follow the others, columns reversed', () => {
  const bytes = Uint8Array.from({ length: 2 * 2 * 3 }, (_, at) => at * 10);
  const both = withMirrored(picturesOfBytes(bytes, [label(1.2)], 2));
  expect(both.count).toBe(2);
  const rgb = (index: number) => [...both.picture(index).rgb].map((value) => Math.round((value + 1) * 127.5));
  expect(rgb(0)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);
  expect(rgb(1)).toEqual([30, 40, 50, 0, 10, 20, 90, 100, 110, 60, 70, 80]);
  expect(both.picture(1).label).toEqual(mirroredLabel(both.picture(0).label));
});

describe('pictures out of files', () => {
  it('are reduced to the mean of the area that each pixel covers', async () => {
    const decode = async ([at]: Uint8Array) =>
      filled(3, 3, 3, (index) => (at === 0 ? Math.floor(index / 3) * 10 : 200));
    const { count, picture } = await decodedPictures(posed(2), decode, { side: 2 });
    expect(count).toBe(2);
    const grey = (index: number) => picture(index).rgb.filter((_, at) => at % 3 === 0);
    // Of 3 x 3 pixels 0, 10, 20 / 30, 40, 50 / 60, 70, 80 the first quarter is (0 + 10/2 + 30/2 + 40/4) / 2.25.
    expect([...grey(0)].map((value) => Math.round((value + 1) * 127.5))).toEqual([13, 27, 53, 67]);
    expect([...grey(1)].every((value) => Math.abs(value - (200 / 127.5 - 1)) < 1e-6)).toBe(true);
  });

  it('are laid on white where they are transparent', async () => {
    const decode = async () => filled(2, 2, 4, (index) => (index % 4 === 3 ? 51 : 0));
    const { picture } = await decodedPictures(posed(1), decode, { side: 2 });
    expect(picture(0).rgb[0]).toBeCloseTo(204 / 127.5 - 1, 6);
  });

  it.each([
    ['views of one scene', posed(2, 'colmap'), 4, filled(4, 4, 3, () => 0), 'training-data'],
    ['pictures that are not square', posed(2), 4, filled(5, 4, 3, () => 0), 'training-size'],
    ['pictures smaller than what is to be learnt', posed(2), 8, filled(4, 4, 3, () => 0), 'training-size'],
    ['more than fit in memory', posed(30_000), 128, filled(128, 128, 3, () => 0), 'training-data'],
  ])('are refused: %s', async (_, pictures, side, decoded, code) => {
    await expect(decodedPictures(pictures, async () => decoded, { side })).rejects.toMatchObject({ code });
  });

  it('are refused by name where they are damaged', async () => {
    const decode = () => Promise.reject(new Error('CRC'));
    await expect(decodedPictures(posed(2), decode, { side: 4 })).rejects.toThrow('“0.png” is damaged');
    const wrong = async () => filled(4, 4, 2, () => 0);
    await expect(decodedPictures(posed(2), wrong, { side: 4 })).rejects.toThrow('“0.png” is damaged');
  });

  it('are refused for what a decoder says, by name', async () => {
    const decode = () => Promise.reject(new TrainingDataError('This is a JPEG.', 'Write it as PNG.'));
    const refused = decodedPictures(posed(2), decode, { side: 4 });
    await expect(refused).rejects.toMatchObject({ message: '“0.png”: This is a JPEG.', remedy: 'Write it as PNG.' });
  });

  it('are refused where they are of mixed sizes, both named', async () => {
    const decode = async ([at]: Uint8Array) => filled(4 + at!, 4 + at!, 3, () => 0);
    const refused = decodedPictures(posed(2), decode, { side: 4 });
    await expect(refused).rejects.toMatchObject({ code: 'training-size', value: '5 x 5', limit: '4 x 4' });
    await expect(refused).rejects.toThrow(/“1.png” is 5 x 5, “0.png” is 4 x 4/);
  });

  it('are left off when somebody has given up, whatever the decoder makes of that', async () => {
    const control = new AbortController();
    const decode = () => {
      control.abort(new Error('given up'));
      return Promise.reject(new Error('aborted'));
    };
    await expect(decodedPictures(posed(2), decode, { side: 4, signal: control.signal })).rejects.toThrow('given up');
  });
});

describe('PNG files', () => {
  const good = encode({
    width: 8,
    height: 8,
    channels: 3,
    data: Uint8Array.from({ length: 192 }, (_, at) => (at * 37) % 256),
  });
  const changed = (at: number) => good.with(at, good[at]! ^ 0xff);
  const decode = async (bytes: Uint8Array): Promise<DecodedPicture> => {
    const { width, height, data } = decodePng(bytes, { checkCrc: true });
    return { width, height, data: data as Uint8Array };
  };
  const opened = (files: readonly Uint8Array[]) => {
    const { pictures, ...rest } = posed(files.length);
    return decodedPictures(
      { ...rest, pictures: pictures.map((picture, at) => ({ ...picture, bytes: async () => files[at]! })) },
      decode,
      { side: 8 },
    );
  };

  it('are read', async () => {
    expect((await opened([good, good])).count).toBe(2);
  });

  it.each([
    ['a flipped bit in its pixels', changed(60)],
    ['a flipped bit in its checksum', changed(good.length - 14)],
    ['its end cut off', good.subarray(0, good.length - 30)],
    ['nothing but a head', good.subarray(0, 33)],
    ['no bytes', new Uint8Array()],
    ['other bytes', Uint8Array.from({ length: 64 }, (_, at) => at)],
  ])('are refused by name: %s', async (_, file) => {
    const refused = opened([good, file]);
    await expect(refused).rejects.toMatchObject({ code: 'training-data', value: '1.png' });
    await expect(refused).rejects.toThrow('“1.png” is damaged');
  });

  it('of absurd size are refused before they are decoded', async () => {
    const head = good.slice();
    new DataView(head.buffer, head.byteOffset).setUint32(16, 1 << 30);
    new DataView(head.buffer, head.byteOffset).setUint32(20, 1 << 30);
    await expect(opened([head, good])).rejects.toMatchObject({ code: 'training-size', value: 1 << 30, limit: 8192 });
  });
});
