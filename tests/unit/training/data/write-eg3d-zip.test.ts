/** Data sets that we write are what our own reader, and anybody's zip program, finds in them. */
import { decode, encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { makeLabel } from '../../../../src/camera/conventions';
import { intrinsicsFromFocal } from '../../../../src/camera/intrinsics';
import { gaussianPoses } from '../../../../src/camera/pose-distributions';
import { NumpyRandomState } from '../../../../src/models/numpy-random';
import { filesOfZip } from '../../../../src/training/data/file-set';
import { openPosedPictures } from '../../../../src/training/data/open-posed-pictures';
import { labelOfPicture } from '../../../../src/training/data/posed-pictures';
import { decodedPictures, picturesOfBytes } from '../../../../src/training/data/training-pictures';
import { eg3dZip } from '../../../../src/training/data/write-eg3d-zip';

const SIDE = 4;
const COUNT = 1003;
const random = new NumpyRandomState(5);
const poses = gaussianPoses(
  { yawMean: 1.5, pitchMean: 1.5, yawSpread: 0.3, pitchSpread: 0.2, radius: 2.7 },
  COUNT,
  random,
);
/** JSON has no -0. */
const labels = poses.map((pose) => makeLabel(pose, intrinsicsFromFocal(4.2647)).map((value) => value + 0));
const bytes = Uint8Array.from({ length: COUNT * SIDE * SIDE * 3 }, (_, at) => (at * 31 + (at >> 5)) & 255);
const pictures = picturesOfBytes(bytes, labels, SIDE);

const png = ({ width, height, data }: { width: number; height: number; data: Uint8Array }) =>
  encode({ width, height, data, channels: 3, depth: 8 });

async function decodePng(file: Uint8Array) {
  const { width, height, data } = decode(file);
  return { width, height, data: data as Uint8Array };
}

describe('an EG3D data set', () => {
  it('gives pictures and labels back, to the bit', async () => {
    const files = await filesOfZip(new Blob([...eg3dZip(pictures, png)] as BlobPart[]));
    expect(files.names).toHaveLength(COUNT + 1);
    expect(files.names.slice(0, 2)).toEqual(['00000/img00000000.png', '00000/img00000001.png']);
    expect(files.names.at(-2)).toBe('00001/img00001002.png');
    const posed = await openPosedPictures(files);
    expect(posed).toMatchObject({ kind: 'eg3d', notes: [] });
    expect(posed.pictures.map(labelOfPicture)).toEqual(labels);
    const again = await decodedPictures(posed, decodePng, { side: SIDE });
    for (const index of [0, 1, 999, 1000, COUNT - 1]) {
      expect(again.picture(index)).toEqual(pictures.picture(index));
    }
  });
});
