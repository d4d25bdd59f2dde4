/** What cameras tell of a scene, and the way into EG3D's box and back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intrinsicsFromFocal } from '../../../../src/camera/intrinsics';
import { lookAtPose } from '../../../../src/camera/look-at';
import { openPosedPictures } from '../../../../src/training/data/open-posed-pictures';
import type { PosedPicture, PosedPictures } from '../../../../src/training/data/posed-pictures';
import { sceneExtent } from '../../../../src/training/data/scene-extent';
import {
  cameraFromBox,
  cameraToBox,
  fromBox,
  NO_NORMALISATION,
  proposedNormalisation,
  reachInBox,
  toBox,
} from '../../../../src/training/data/scene-normalisation';
import {
  CENTRED,
  cameraAt,
  cameraLookingAt,
  folder,
  type KnownCamera,
  nameOf,
  pictures,
} from '../../../support/posed-picture-files';

function dataOf(cameras: readonly KnownCamera[], fields: Partial<PosedPictures> = {}): PosedPictures {
  const pictures = cameras.map(
    ({ camToWorld, intrinsics }, at): PosedPicture => ({
      name: String(at),
      bytes: async () => new Uint8Array(),
      camera: { camToWorld: Float64Array.from(camToWorld), intrinsics: Float64Array.from(intrinsics) },
      split: 'train',
    }),
  );
  return { kind: 'transforms', pictures, up: [0, 0, 1], notes: [], ...fields };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, error = 1e-9): void {
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at++) expect(Math.abs(actual[at]! - expected[at]!)).toBeLessThan(error);
}

/** Cameras on a half sphere of radius 4 around a point, all looking at it, z up. */
function dome(centre: readonly number[], count = 60): KnownCamera[] {
  return Array.from({ length: count }, (_, at) => {
    const [height, turn] = [(at + 0.5) / count, 2.4 * at];
    const flat = Math.sqrt(1 - height * height);
    const direction = [flat * Math.cos(turn), flat * Math.sin(turn), height];
    return cameraLookingAt(
      centre.map((value, axis) => value + 4 * direction[axis]!),
      centre,
    );
  });
}

describe('cameras that look at a point', () => {
  const centre = [10, -3, 2];
  const data = dataOf(dome(centre));
  const extent = sceneExtent(data.pictures);
  const halfView = (0.5 * 4) / CENTRED[0]!;

  test('the point, what is seen there, where the cameras are and what is up', () => {
    expectClose(extent.focus!.point, centre);
    expect(extent.focus!.spread).toBeLessThan(1e-6);
    expect(extent.focus!.halfView).toBeCloseTo(halfView, 9);
    expect(extent.cameras.radius).toBeGreaterThan(3.9);
    expect(extent.cameras.radius).toBeLessThan(4.1);
    for (const { camera } of data.pictures) {
      const place = [3, 7, 11].map((at) => camera.camToWorld[at]! - extent.cameras.centre[(at - 3) / 4]!);
      expect(Math.hypot(...place)).toBeLessThanOrEqual(extent.cameras.radius);
    }
    expect(extent.up![2]).toBeGreaterThan(0.99);
  });

  test('the proposal puts it upright into the box, which it just fits', () => {
    const proposal = proposedNormalisation(data, extent);
    expect(proposal.scale).toBeCloseTo(0.5 / halfView, 9);
    expectClose(toBox(proposal, [10, -3, 2]), [0, 0, 0]);
    expectClose(toBox(proposal, [10, -3, 2 + halfView]), [0, 0.5, 0]); // z up becomes y up
    expectClose(toBox(proposal, [10, -3 - halfView, 2]), [0, 0, 0.5]); // Blender's front is -y, a face's is +z
    expect(reachInBox(extent, proposal)).toBeCloseTo(1, 9);
    expect(reachInBox(extent, NO_NORMALISATION)).toBeCloseTo((10 + halfView) / 0.5, 6);
    expect(proposedNormalisation(data, extent, 2).scale).toBeCloseTo(2 * proposal.scale, 9);
  });

  test('a box that the data name is the box', () => {
    const box = { centre: [1, 2, 3], side: 4 } as const;
    const proposal = proposedNormalisation({ ...data, box }, extent, 2);
    expectClose(toBox(proposal, [1, 2, 3]), [0, 0, 0]);
    expectClose(toBox(proposal, [3, 2, 3]), [1, 0, 0]);
  });

  test('of a COLMAP model, what the cameras have for up is up', () => {
    const proposal = proposedNormalisation({ ...data, kind: 'colmap', up: undefined }, extent);
    const [top, bottom] = [toBox(proposal, [10, -3, 3]), toBox(proposal, [10, -3, 2])];
    expect((top[1] - bottom[1]) / proposal.scale).toBeGreaterThan(0.99);
  });

  test("EG3D's data are left as they are", () => {
    expect(proposedNormalisation({ ...data, kind: 'eg3d' }, extent)).toBe(NO_NORMALISATION);
  });
});

test("a camera in front of a Blender scene is EG3D's frontal camera in the box", async () => {
  const front = [
    [1, 0, 0, 0],
    [0, 0, -1, -4],
    [0, 1, 0, 0],
    [0, 0, 0, 1],
  ]; // on -y, looks along its own -z to +y
  const side = [
    [0, 0, 1, 4],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 0, 1],
  ];
  const frames = [front, side].map((transform_matrix, at) => ({ file_path: nameOf(at), transform_matrix }));
  const json = JSON.stringify({ camera_angle_x: 2 * Math.atan(0.5 / 4.2647), w: 512, h: 512, frames });
  const data = await openPosedPictures(folder({ ...pictures(2), 'transforms.json': json }));
  const proposal = proposedNormalisation(data, sceneExtent(data.pictures));
  const [first, second] = data.pictures.map(({ camera }) => cameraToBox(proposal, camera.camToWorld));
  const radius = 4 * proposal.scale;
  expect(radius).toBeCloseTo(4.2647, 9); // the box fills the picture
  expectClose(first!, lookAtPose({ yaw: Math.PI / 2, pitch: Math.PI / 2, radius }));
  expectClose(second!, lookAtPose({ yaw: Math.PI, pitch: Math.PI / 2, radius }));
  expectClose(data.pictures[0]!.camera.intrinsics, intrinsicsFromFocal(4.2647));
});

describe('cameras that look at no point', () => {
  test('parallel axes', () => {
    const extent = sceneExtent(dataOf([0, 1, 2].map((x) => cameraAt([0, 0, 0, 1], [x, 0, 0]))).pictures);
    expect(extent.focus).toBeUndefined();
    expect(reachInBox(extent, NO_NORMALISATION)).toBeUndefined();
  });

  test('a room from its middle: the box is twice as wide as the cameras are apart', () => {
    const outwards = Array.from({ length: 12 }, (_, at) => {
      const direction = [Math.cos(at), Math.sin(at), 0];
      return cameraLookingAt(
        direction,
        direction.map((value) => 5 * value),
      );
    });
    const data = dataOf(outwards);
    const extent = sceneExtent(data.pictures);
    expect(extent.focus).toBeUndefined();
    const proposal = proposedNormalisation(data, extent);
    for (const { camera } of data.pictures) {
      const { 3: x, 7: y, 11: z } = cameraToBox(proposal, camera.camToWorld);
      expect(Math.hypot(x!, y!, z!)).toBeCloseTo(0.25, 1);
    }
  });

  test('one camera', () => {
    const data = dataOf([cameraAt([0, 0, 0, 1], [1, 2, 3])]);
    const extent = sceneExtent(data.pictures);
    expect(extent).toMatchObject({ cameras: { centre: [1, 2, 3], radius: 0 }, focus: undefined });
    expect(proposedNormalisation(data, extent).scale).toBe(1);
  });
});

test('the way back from the box is exact, whatever is up', () => {
  const number = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
  const point = fc.tuple(number(5), number(5), number(5));
  const direction = fc
    .oneof(point, fc.constantFrom([0, -1, 0] as const, [0, 1, 0] as const, [0, 0, -1] as const))
    .filter((values) => Math.hypot(...values) > 0.1)
    .map(([x, y, z]) => {
      const length = Math.hypot(x, y, z);
      return [x / length, y / length, z / length] as const;
    });
  fc.assert(
    fc.property(direction, point, point, (up, at, some) => {
      const camera = cameraAt([...up, 1.5], at);
      const cameras = [...dome(some, 8), camera];
      const data = dataOf(cameras, { up });
      const proposal = proposedNormalisation(data, sceneExtent(data.pictures));
      expectClose(fromBox(proposal, toBox(proposal, at)), at, 1e-9);
      expectClose(cameraFromBox(proposal, cameraToBox(proposal, camera.camToWorld)), camera.camToWorld, 1e-9);
      const lifted = [0, 1, 2].map((axis) => at[axis]! + up[axis]!) as [number, number, number];
      const [x, y, z] = toBox(proposal, at);
      expectClose(toBox(proposal, lifted), [x, y + proposal.scale, z], 1e-9);
    }),
  );
});
