/** Data of the room Learn: what is said of the bundled scene and of others, and how they come into the box. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cameraSpread } from '../../../../src/studio/learn/camera-spread';
import type { DrawnCamera, OpenedFiles } from '../../../../src/studio/learn/learn-state';
import {
  describePosedData,
  homeOfCameras,
  isInBox,
  type PosedData,
  readPosedData,
} from '../../../../src/studio/learn/posed-data';
import { cameraFromBox } from '../../../../src/training/data/scene-normalisation';

const zip = new Blob([readFileSync(new URL('../../../../public/scenes/armillary.zip', import.meta.url))]);
const ARMILLARY: OpenedFiles = { name: 'Armillary sphere', zip };

const read = (opened: OpenedFiles, signal = new AbortController().signal) =>
  readPosedData(opened, { signal, onProgress: () => {} });

describe('the bundled scene', () => {
  it('is in the box as it is, upright, and seen as its card says', async () => {
    const data = await read(ARMILLARY);
    expect(isInBox(data)).toBe(true);
    const facts = describePosedData(data, false);
    expect(facts).toMatchObject({
      name: 'Armillary sphere',
      form: 'transforms',
      train: 48,
      heldOut: 12,
      size: { width: 128, height: 128 },
      notes: [],
      isInBox: true,
      isFitted: false,
    });
    const { distance, elevation, around } = facts.spread!;
    for (const end of distance) expect(end).toBeCloseTo(2.7, 3);
    expect(elevation[0]).toBeGreaterThan(-15.1);
    expect(elevation[1]).toBeLessThan(65.1);
    expect(around).toBe(360);
  });

  it('is begun to be looked at from where its cameras are', async () => {
    const home = homeOfCameras(await read(ARMILLARY), false);
    expect(home.radius).toBeCloseTo(2.7, 3);
    expect(home.focal).toBeCloseTo(2.27, 2);
    expect(home.pitch).toBeGreaterThan(0);
    expect(home.pivot).toEqual([0, 0, 0]);
  });
});

describe('a scene that is elsewhere', () => {
  /** The bundled scene, ten times as large and a hundred units away. */
  async function faraway(): Promise<PosedData> {
    const data = await read(ARMILLARY);
    const placing = { scale: 0.1, rotation: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], centre: [100, 0, 0] } as const; // biome-ignore format: a matrix
    const pictures = data.posed.pictures.map((picture) => ({
      ...picture,
      camera: { ...picture.camera, camToWorld: cameraFromBox(placing, picture.camera.camToWorld) },
    }));
    const { sceneExtent } = await import('../../../../src/training/data/scene-extent');
    return { ...data, posed: { ...data.posed, box: undefined, pictures }, extent: sceneExtent(pictures) };
  }

  it('is told, with how far outside it is, and fits when it is moved and scaled', async () => {
    const data = await faraway();
    expect(isInBox(data)).toBe(false);
    expect(describePosedData(data, false).reach).toBeGreaterThan(100);
    const fitted = describePosedData(data, true);
    expect(fitted.reach).toBeCloseTo(1, 3);
    expect(fitted.spread!.distance[1]).toBeLessThan(3);
    expect(homeOfCameras(data, true).radius).toBeLessThan(3);
  });
});

it('stops when nobody wants the data any more', async () => {
  const ended = new AbortController();
  ended.abort(new Error('another folder was opened'));
  await expect(read(ARMILLARY, ended.signal)).rejects.toThrow('another folder was opened');
});

it('says how cameras lie around the middle', () => {
  const camera = (x: number, y: number, z: number): DrawnCamera => ({
    camToWorld: Float64Array.of(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z, 0, 0, 0, 1),
    focal: [1, 1],
    isHeldOut: false,
  });
  expect(cameraSpread([])).toBeUndefined();
  const spread = cameraSpread([camera(0, 0, 2), camera(0, 3, 0.001), camera(1, 0, 0)])!;
  expect(spread.distance[0]).toBeCloseTo(1);
  expect(spread.distance[1]).toBeCloseTo(3);
  expect(spread.elevation[0]).toBeCloseTo(0);
  expect(spread.elevation[1]).toBeCloseTo(90, 1);
  expect(spread.around).toBe(62); // 31 degrees around the front and around the right
});
