/** Pictures to train generators with: reduced by area, as bytes, in the mirror with their cameras. */
import { describe, expect, it } from 'vitest';
import { intrinsicsOf, makeLabel } from '../../../../src/camera/conventions';
import { intrinsicsFromFocal } from '../../../../src/camera/intrinsics';
import { lookAtPose } from '../../../../src/camera/look-at';
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
  });
});
