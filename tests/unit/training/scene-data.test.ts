/** The bundled scene of "Fit a scene": what the committed zip holds, and that scripts/make-scene.mjs makes it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { packScene, SIDE, sceneCameras } from '../../../scripts/make-scene.mjs';
import { distance, LOOP } from '../../../scripts/scene/armillary.mjs';
import { rayThrough, renderView, trace } from '../../../scripts/scene/trace.mjs';
import { filesOfZip } from '../../../src/training/data/file-set';
import { openPosedPictures } from '../../../src/training/data/open-posed-pictures';
import { sceneExtent } from '../../../src/training/data/scene-extent';
import { cameraToBox, proposedNormalisation } from '../../../src/training/data/scene-normalisation';

interface Transforms {
  w: number;
  h: number;
  fl_x: number;
  fl_y: number;
  cx: number;
  cy: number;
  train_filenames: string[];
  test_filenames: string[];
  frames: { file_path: string; transform_matrix: number[][] }[];
}

const folder = new URL('../../../public/scenes/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
const entry = index.scenes[0];
const zip = readFileSync(new URL(entry.file, folder));
const files = unzipSync(zip);
const transforms: Transforms = JSON.parse(strFromU8(files['transforms.json']!));
const pictures = transforms.frames.map((frame) => decode(files[frame.file_path]!));
const cameras = sceneCameras();

test('the list of scenes names the file as it is, and its card', () => {
  expect(index.default).toBe(entry.id);
  expect(entry.bytes).toBe(zip.length);
  expect(entry.sha256).toBe(createHash('sha256').update(zip).digest('hex'));
  expect(readFileSync(new URL(entry.card, folder), 'utf8')).toContain('CC0');
  expect(zip.length).toBeLessThan(1.5e6);
});

test('48 views to learn from and 12 that are held out, each in exactly one of both lists', () => {
  const paths = transforms.frames.map((frame) => frame.file_path);
  expect(transforms.train_filenames).toHaveLength(48);
  expect(transforms.test_filenames).toHaveLength(12);
  expect([...transforms.train_filenames, ...transforms.test_filenames].sort()).toEqual(paths);
  expect(entry.views).toEqual({ train: 48, heldOut: 12 });
});

test('every picture is 8-bit RGB of the size that the file says, white round the object, which fills much of it', () => {
  expect([transforms.w, transforms.h]).toEqual([SIDE, SIDE]);
  for (const { width, height, channels, depth, data } of pictures) {
    expect([width, height, channels, depth]).toEqual([SIDE, SIDE, 3, 8]);
    const isWhite = (pixel: number) => [0, 1, 2].every((channel) => data[3 * pixel + channel] === 255);
    const pixels = Array.from({ length: SIDE * SIDE }, (_, pixel) => pixel);
    const border = pixels.filter((p) => p % SIDE === 0 || p % SIDE === SIDE - 1 || p < SIDE || p >= SIDE * (SIDE - 1));
    expect(border.every(isWhite)).toBe(true);
    const covered = pixels.filter((pixel) => !isWhite(pixel)).length / pixels.length;
    expect(covered).toBeGreaterThan(0.25);
    expect(covered).toBeLessThan(0.7);
  }
});

test('cameras stand on the sphere of radius 2.7, upright, and look at the origin, z up and OpenGL axes', () => {
  for (const { transform_matrix: m } of transforms.frames) {
    const column = (axis: number) => [m[0]![axis]!, m[1]![axis]!, m[2]![axis]!];
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const [right, up, backward, position] = [0, 1, 2, 3].map(column) as [number[], number[], number[], number[]];
    expect(Math.hypot(...position)).toBeCloseTo(2.7, 7);
    for (const [i, value] of position.entries()) expect(value).toBeCloseTo(2.7 * backward[i]!, 7);
    for (const axis of [right, up, backward]) expect(Math.hypot(...axis)).toBeCloseTo(1, 7);
    for (const [a, b] of [
      [right, up],
      [right, backward],
      [up, backward],
    ] as const)
      expect(dot(a, b)).toBeCloseTo(0, 7);
    const cross = [0, 1, 2].map((i) => right[(i + 1) % 3]! * up[(i + 2) % 3]! - right[(i + 2) % 3]! * up[(i + 1) % 3]!);
    expect(dot(cross, backward)).toBeCloseTo(1, 7);
    expect(right[2]).toBeCloseTo(0, 7);
    expect(up[2]).toBeGreaterThan(0);
  }
  expect([transforms.fl_x, transforms.fl_y]).toEqual([cameras[0]!.focal * SIDE, cameras[0]!.focal * SIDE]);
  expect([transforms.cx, transforms.cy]).toEqual([SIDE / 2, SIDE / 2]);
});

test('our own reader finds the same cameras, the same division, the object upright in the box, and nothing to remark on', async () => {
  const data = await openPosedPictures(await filesOfZip(zip));
  expect(data.notes).toEqual([]);
  expect(data.pictures.map(({ split }) => split === 'test')).toEqual(cameras.map(({ isHeldOut }) => isHeldOut));
  const normalisation = proposedNormalisation(data, sceneExtent(data.pictures));
  // The file names its box, which is that of the scene: nothing is moved or scaled.
  expect(data.box).toEqual({ centre: [0, 0, 0], side: 1 });
  expect(normalisation.centre).toEqual([0, 0, 0]);
  expect(normalisation.scale).toBe(1);
  for (const [view, { camera }] of data.pictures.entries()) {
    const upright = cameraToBox({ ...normalisation, scale: 1 }, camera.camToWorld);
    for (const [at, value] of cameras[view]!.camToWorld.entries()) expect(upright[at]).toBeCloseTo(value, 6);
    expect(camera.intrinsics[0]).toBeCloseTo(cameras[view]!.focal, 9);
  }
});

test('held-out views lie between those to learn from: one is always within 35 degrees', () => {
  const directions = cameras.map(({ camToWorld: m, isHeldOut }) => ({ at: [m[3]!, m[7]!, m[11]!], isHeldOut }));
  const learnt = directions.filter((direction) => !direction.isHeldOut);
  for (const { at } of directions.filter((direction) => direction.isHeldOut)) {
    const cosines = learnt.map((other) => other.at.reduce((sum, value, i) => sum + value * at[i]!, 0) / 2.7 ** 2);
    expect(Math.max(...cosines)).toBeGreaterThan(Math.cos((35 * Math.PI) / 180));
  }
});

test('the object lies in the box of side 1', () => {
  const steps = Array.from({ length: 41 }, (_, i) => i / 40 - 0.5);
  for (const a of steps) {
    for (const b of steps) {
      for (const face of [-0.502, 0.502]) {
        const nearest = Math.min(distance(face, a, b), distance(a, face, b), distance(a, b, face));
        expect(nearest).toBeGreaterThan(0);
      }
    }
  }
});

/** A point of the world in a view: column and row, from 0 to SIDE. */
function project({ camToWorld: m, focal }: (typeof cameras)[number], point: readonly [number, number, number]) {
  const from = point.map((value, i) => value - m[4 * i + 3]!);
  const [x, y, z] = [0, 1, 2].map((axis) => from.reduce((sum, value, i) => sum + value * m[4 * i + axis]!, 0));
  return [(0.5 + (focal * x!) / z!) * SIDE, (0.5 + (focal * y!) / z!) * SIDE] as const;
}

test('the loop on top can be looked through: background in its hole, metal on its rim, in rays and in pictures', () => {
  let seenThrough = 0;
  for (const [view, camera] of cameras.entries()) {
    // Where the loop faces the camera, and is not seen against the rest from above.
    const isFacing = Math.abs(camera.camToWorld[10]!) > 0.8 && camera.camToWorld[7]! < 1;
    if (!isFacing) continue;
    seenThrough++;
    const seenAt = (point: readonly [number, number, number]) => {
      const [column, row] = project(camera, point);
      const { origin, direction } = rayThrough(camera, column / SIDE, row / SIDE);
      const at = 3 * (Math.floor(row) * SIDE + Math.floor(column));
      return { t: trace(origin, direction), colour: Array.from(pictures[view]!.data.subarray(at, at + 3)) };
    };
    const hole = seenAt([0, LOOP.height, 0]);
    expect(hole.t).toBe(Number.POSITIVE_INFINITY);
    expect(hole.colour).toEqual([255, 255, 255]);
    const rim = seenAt([0, LOOP.height + LOOP.radius, 0]);
    expect(rim.t).toBeLessThan(3);
    expect(rim.colour[2]).toBeLessThan(200);
  }
  expect(seenThrough).toBeGreaterThanOrEqual(5);
});

test('the script renders the committed picture', () => {
  const view = 7;
  const rendered = renderView(cameras[view]!, SIDE);
  // Sines may differ in their last bit between versions of V8, and a sample on an edge with them; anything else is another picture.
  const differing = rendered.filter((value, i) => Math.abs(value - Number(pictures[view]!.data[i])) > 1).length;
  expect(differing).toBeLessThan(30);
});

test('the same pictures packed on another day make the committed file to the byte', () => {
  const pixels = pictures.map((picture) => Uint8Array.from(picture.data));
  expect(Buffer.compare(packScene(cameras, pixels), zip)).toBe(0);
});

test('without shine a point looks the same from everywhere; with it, it does not', () => {
  const camera = cameras[40]!;
  const [dull, shiny] = [renderView(camera, 16), renderView(camera, 16, 0.5)];
  expect(shiny.some((value, i) => value > dull[i]! + 8)).toBe(true);
  expect(shiny.every((value, i) => value >= dull[i]! - 1)).toBe(true);
});
