/** The pictures that show the inside of a face (normals, density slices, feature planes) through the renderer that the page uses. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CameraLabel, intrinsicsOf } from '../../../src/camera/conventions';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import type { Gpu } from '../../../src/gpu/device';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { Generator, wireDensityAtPoints } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { viridisTable } from '../../../src/pipelines/pictures/colour-map';
import { DENSITY_THICKNESS } from '../../../src/pipelines/pictures/slices';
import { FaceLatents } from '../../../src/render/face-latents';
import { SLICE_RESOLUTION } from '../../../src/render/face-pictures';
import {
  FACE_PICTURE_KINDS,
  PICTURE_KINDS,
  type PictureKind,
  PictureNotPreparedError,
} from '../../../src/render/frame-renderer';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { expectClose, fixture, testGpu } from '../support';

const SETTINGS = { neuralResolution: 32, depthSamples: 16, importanceSamples: 16, quality: 'exact' } as const;
const RAYS = SETTINGS.neuralResolution ** 2;

let gpu: Gpu;
let generator: Generator;
let latents: FaceLatents;
let renderer: VolumetricRenderer;

beforeAll(async () => {
  gpu = await testGpu();
  generator = Generator.create(gpu, await fixture('small/small-eg3d'));
  latents = await FaceLatents.create(generator);
  await setSeed(0);
  renderer = await VolumetricRenderer.create(latents, SETTINGS, { forViewing: true });
}, 120_000);

beforeEach(() => {
  renderer.setDetail(0);
  renderer.setSlice(0);
  turn(0);
});

afterAll(() => {
  renderer.destroy();
  latents.destroy();
  generator.destroy();
});

async function setSeed(seed: number): Promise<void> {
  await latents.setFace({ z: seededLatent(seed, generator.config.mapping.zDim), psi: 1 });
}

const cameraAt = (yaw: number, pitch = 0) => orbitLabel({ ...generator.config.camera, yaw, pitch });

function turn(yaw: number): void {
  renderer.setCamera(cameraAt(yaw));
}

/** Renders a frame. @returns the dispatches of each stage that ran */
async function frame(...kinds: readonly [PictureKind, ...PictureKind[]]): Promise<Record<string, number>> {
  await renderer.prepare(...kinds);
  renderer.setWanted(...kinds);
  return encode();
}

function encode(): Record<string, number> {
  const before = { ...gpu.statistics.dispatches };
  const recorder = new Recorder(gpu);
  renderer.encode(recorder);
  recorder.submit();
  const grown = Object.entries(gpu.statistics.dispatches).map(([stage, count]) => [
    stage,
    count - (before[stage] ?? 0),
  ]);
  return Object.fromEntries(grown.filter(([, count]) => count !== 0));
}

async function pixelsOf(kind: PictureKind): Promise<Float32Array> {
  const source = renderer.pictureOf(kind);
  switch (source.kind) {
    case 'rgb':
      return readTensor(gpu, source.image);
    case 'cut-out':
      return readTensor(gpu, source.picture);
    case 'normals':
      return readTensor(gpu, source.normals);
    default:
      throw new Error(`${kind} is shown as ${source.kind}`);
  }
}

/** What a camera sees of the surface. */
async function surfaceFrom(yaw: number) {
  const label = cameraAt(yaw);
  renderer.setCamera(label);
  await frame('normals');
  const { alpha, depth } = await renderer.read();
  return { label, alpha, depth, normals: await pixelsOf('normals') };
}

function pointOf({ label, depth }: { label: CameraLabel; depth: Float32Array }, ray: number): number[] {
  const side = SETTINGS.neuralResolution;
  const [fx, , cx, , fy, cy] = intrinsicsOf(label);
  const x = (((ray % side) + 0.5) / side - cx!) / fx!;
  const y = ((Math.floor(ray / side) + 0.5) / side - cy!) / fy!;
  const range = depth[ray]! / Math.hypot(x, y, 1);
  return [0, 1, 2].map(
    (k) => label[k * 4 + 3]! + range * (label[k * 4]! * x + label[k * 4 + 1]! * y + label[k * 4 + 2]!),
  );
}

/** The pixel that shows a point; undefined beside the picture. */
function pixelOf(label: CameraLabel, point: readonly number[]): number | undefined {
  const side = SETTINGS.neuralResolution;
  const [fx, , cx, , fy, cy] = intrinsicsOf(label);
  const from = [0, 1, 2].map((k) => point[k]! - label[k * 4 + 3]!);
  const [x, y, z] = [0, 1, 2].map((column) => from.reduce((sum, value, k) => sum + value * label[k * 4 + column]!, 0));
  const [column, row] = [Math.floor(((x! / z!) * fx! + cx!) * side), Math.floor(((y! / z!) * fy! + cy!) * side)];
  return column >= 0 && column < side && row >= 0 && row < side ? row * side + column : undefined;
}

/** Raw densities at points [M, 3]. */
async function densitiesAt(points: Float32Array): Promise<Float32Array> {
  const builder = new PlanBuilder(gpu, 'points');
  const tensor = builder.constant('points', [1, points.length / 3, 3], points);
  const { sigma } = wireDensityAtPoints(builder, generator, renderer.planes, tensor);
  const plan = await builder.build();
  const recorder = new Recorder(gpu);
  recorder.run(plan);
  recorder.submit();
  const values = await readTensor(gpu, sigma);
  plan.destroy();
  return values;
}

/** -1 to 1. */
function densityColour(sigma: number): number[] {
  const density = Math.max(sigma - 1, 0) + Math.log1p(Math.exp(-Math.abs(sigma - 1)));
  const absorbed = 1 - Math.exp(-density * DENSITY_THICKNESS);
  const entry = absorbed * 255;
  const share = Math.min(1, absorbed / 0.04);
  const opacity = share * share * (3 - 2 * share);
  const table = viridisTable();
  const low = Math.min(254, Math.floor(entry));
  const colour = [0, 1, 2].map((channel) => {
    const [first, second] = [table[low * 3 + channel]!, table[low * 3 + 3 + channel]!];
    return (first + (entry - low) * (second - first)) * opacity;
  });
  return [...colour, opacity];
}

/** The largest difference between a picture and its cut-out over white, where that is not empty, and the share of empty pixels. */
function overWhite(image: Float32Array, cutOut: Float32Array) {
  const channels = (image.length / cutOut.length) * 4;
  let [largest, empty] = [0, 0];
  for (let pixel = 0; pixel < cutOut.length / 4; pixel++) {
    const alpha = cutOut[pixel * 4 + 3]!;
    if (alpha === 0) {
      empty++;
      continue;
    }
    for (let channel = 0; channel < 3; channel++) {
      const value = Math.min(1, Math.max(-1, image[pixel * channels + channel]!));
      largest = Math.max(largest, Math.abs(2 * (cutOut[pixel * 4 + channel]! + 1 - alpha) - 1 - value));
    }
  }
  return { largest, empty: empty / (cutOut.length / 4) };
}

describe('the picture without its background', () => {
  it('comes with the picture, enlarged and raw, and over white is the picture again', async () => {
    for (const kind of ['image', 'raw'] as const) {
      await frame(kind);
      const source = renderer.pictureOf(kind);
      if (source.kind !== 'rgb' || !source.cutOut) throw new Error(`${kind} tells no alpha`);
      const { largest, empty } = overWhite(await readTensor(gpu, source.image), await readTensor(gpu, source.cutOut));
      console.info(`${kind}: over white ${largest.toExponential(1)} off; ${Math.round(empty * 100)} % are empty`);
      expect(largest).toBeLessThan(1e-5);
      expect(empty).toBeGreaterThan(0.05);
    }
    await frame('image');
    expect((await renderer.readCutOut())!.length).toBe(((await renderer.readImage()).length / 3) * 4);
  });
});

describe('normals', () => {
  it('are of unit length where there is a face, look to the camera, and are nothing beside it', async () => {
    const label = cameraAt(0.3, 0.1);
    renderer.setCamera(label);
    await frame('normals');
    const { alpha } = await renderer.read();
    const normals = await pixelsOf('normals');
    const [backX, backY, backZ] = [label[2]!, label[6]!, label[10]!].map((forward) => -forward);
    let [faces, towards] = [0, 0];
    for (let ray = 0; ray < RAYS; ray++) {
      const [x, y, z, opacity] = normals.subarray(ray * 4, ray * 4 + 4);
      expect(opacity).toBe(alpha[ray]);
      if (alpha[ray]! < 0.5) {
        expect([x, y, z]).toEqual([0, 0, 0]);
        continue;
      }
      faces++;
      expect(Math.hypot(x!, y!, z!)).toBeCloseTo(1, 5);
      if (x! * backX! + y! * backY! + z! * backZ! > 0.3) towards++;
    }
    expect(faces).toBeGreaterThan(RAYS * 0.2);
    expect(towards / faces).toBeGreaterThan(0.8);
  });

  it('stay with the head when the camera turns', async () => {
    const [left, right] = [await surfaceFrom(-0.15), await surfaceFrom(0.15)];
    let [sum, count] = [0, 0];
    for (let ray = 0; ray < RAYS; ray++) {
      if (left.alpha[ray]! < 0.9) continue;
      const seen = pixelOf(right.label, pointOf(left, ray));
      // The same place of the surface, unless something hides it from the other camera.
      if (seen === undefined || right.alpha[seen]! < 0.9) continue;
      if (Math.hypot(...pointOf(left, ray).map((value, axis) => value - pointOf(right, seen)[axis]!)) > 0.03) continue;
      const cosine = [0, 1, 2].reduce((dot, k) => dot + left.normals[ray * 4 + k]! * right.normals[seen * 4 + k]!, 0);
      sum += Math.acos(Math.min(1, cosine));
      count++;
    }
    const degrees = ((sum / count) * 180) / Math.PI;
    console.info(`normals of the same place from two sides: ${degrees.toFixed(1)} degrees apart (${count} places)`);
    expect(count).toBeGreaterThan(RAYS * 0.1);
    // In camera axes they would be 17 degrees apart even if they were perfect.
    expect(degrees).toBeLessThan(14);
  });

  it('run after every march, and on a coarser level on its own rays', async () => {
    turn(0.1);
    expect(await frame('normals')).toMatchObject({ normals: 1 });
    expect(await frame('normals')).toEqual({});
    expect(renderer.due).toEqual({ face: false, view: false });
    turn(0.2);
    expect(renderer.due).toEqual({ face: false, view: true });
    const turned = await frame('normals');
    expect(Object.keys(turned).sort()).toEqual(['normals', 'ray march']);
    const coarse = renderer.levels.findIndex(({ side }) => side === SETTINGS.neuralResolution / 2);
    renderer.setDetail(coarse);
    await frame('normals');
    expect((await pixelsOf('normals')).length).toBe((RAYS / 4) * 4);
  });
});

describe('density slices', () => {
  // The point of a pixel's column (c) and row (r), -1 to 1 from left to right and from top to bottom.
  const orientations = [
    ['density-x', (c: number, r: number, p: number) => [p, -r, -c]],
    ['density-y', (c: number, r: number, p: number) => [c, p, r]],
    ['density-z', (c: number, r: number, p: number) => [c, -r, p]],
  ] as const;

  it.each(orientations)('%s shows the density that the decoder has there', async (kind, pointAt) => {
    for (const position of [0, -0.35]) {
      renderer.setSlice(position);
      await frame(kind);
      const side = SLICE_RESOLUTION;
      const half = generator.config.rendering.boxWarp / 2;
      const along = (index: number) => (2 * (index + 0.5)) / side - 1;
      const points = Array.from({ length: side * side }, (_, k) => {
        return pointAt(along(k % side), along(Math.floor(k / side)), position).map((value) => value * half);
      });
      const sigma = await densitiesAt(Float32Array.from(points.flat()));
      const expected = Float32Array.from([...sigma].flatMap(densityColour));
      // A point may differ by 1e-7, at a density that rises by up to some thousands a unit.
      expectClose(`${kind} at ${position}`, await pixelsOf(kind), expected, 2e-3);
      expect(Math.max(...sigma)).toBeGreaterThan(10);
      expect(Math.min(...sigma)).toBeLessThan(0);
    }
  });

  it('moving the slice runs its plan alone; turning the camera and showing it again run nothing', async () => {
    await frame('density-x');
    renderer.setSlice(0.2);
    expect(renderer.due).toEqual({ face: false, view: true });
    const moved = await frame('density-x');
    expect(Object.keys(moved)).toEqual(['density slice']);
    turn(0.3);
    renderer.setSlice(0.2);
    expect(renderer.due).toEqual({ face: false, view: false });
    expect(await frame('density-x')).toEqual({});
  });

  it('another face runs the backbone and the slice', async () => {
    await setSeed(1);
    expect(Object.keys(await frame('density-z')).sort()).toEqual(['density slice', 'tri-planes']);
    await setSeed(0);
  });
});

describe('feature planes', () => {
  const kinds = ['plane-0', 'plane-1', 'plane-2'] as const;
  const allPixels = async () => Promise.all(kinds.map(pixelsOf));

  it('are in colours from dark to bright, and the same for the same face', async () => {
    await frame(...kinds);
    const first = await allPixels();
    for (const pixels of first) {
      const beyond = pixels.filter((value) => Math.abs(value) === 1).length / pixels.length;
      expect(beyond).toBeLessThan(0.2);
    }
    for (const colour of [0, 1, 2]) {
      const values = first.flatMap((pixels) => [...pixels.filter((_, k) => k % 3 === colour)]);
      expect(values.filter((value) => value > 0.8).length / values.length).toBeGreaterThan(0.005);
      expect(values.filter((value) => value < -0.8).length / values.length).toBeGreaterThan(0.005);
    }
    await setSeed(1);
    await frame('plane-0');
    expect(await pixelsOf('plane-0')).not.toEqual(first[0]);
    await setSeed(0);
    await frame(...kinds);
    expect(await allPixels()).toEqual(first);
  });

  it('run once a face, and turning the camera runs nothing', async () => {
    await frame('plane-1');
    turn(0.2);
    expect(await frame('plane-1', 'plane-2')).toEqual({});
  });

  it('of another face want to be prepared', async () => {
    await frame('plane-0');
    await setSeed(2);
    expect(encode).toThrow(PictureNotPreparedError);
    expect(renderer.due).toEqual({ face: true, view: true });
    await setSeed(0);
    // The planes themselves were made to find their colours.
    expect(await frame('plane-0')).toEqual({ 'feature planes': 3 });
  });
});

describe('memory', () => {
  it('nothing is taken before a kind is first wanted, and everything is freed', async () => {
    const own = await VolumetricRenderer.create(latents, SETTINGS);
    const before = gpu.memory.bytesInUse;
    await own.prepare('image', 'raw', 'depth');
    expect(gpu.memory.bytesInUse).toBe(before);
    expect(() => own.pictureOf('normals')).toThrow(PictureNotPreparedError);
    expect(() => own.pictureOf('plane-2')).toThrow(PictureNotPreparedError);
    await own.prepare('normals');
    const withNormals = gpu.memory.bytesInUse;
    expect(withNormals).toBeGreaterThan(before);
    await own.configure(SETTINGS);
    expect(gpu.memory.bytesInUse).toBe(before);
    expect(() => own.pictureOf('normals')).toThrow(PictureNotPreparedError);
    await own.prepare(...PICTURE_KINDS);
    const withAll = gpu.memory.bytesInUse;
    expect(withAll).toBeGreaterThan(withNormals);
    await own.prepare(...PICTURE_KINDS);
    expect(gpu.memory.bytesInUse).toBe(withAll);
    console.info(`all derived pictures take ${((withAll - before) / 1e6).toFixed(1)} MB`);
    own.destroy();
    const again = await VolumetricRenderer.create(latents, SETTINGS);
    expect(gpu.memory.bytesInUse).toBe(before);
    again.destroy();
  });
});

describe('two kinds at once', () => {
  it('are computed in one frame, each as if it were alone', async () => {
    await frame('normals');
    const alone = await pixelsOf('normals');
    await frame('density-z');
    const slice = await pixelsOf('density-z');
    turn(0);
    renderer.setSlice(0.5);
    renderer.setSlice(0);
    const stages = await frame('normals', 'density-z');
    expect(Object.keys(stages).sort()).toEqual(['density slice', 'normals', 'ray march']);
    expect(await pixelsOf('normals')).toEqual(alone);
    expect(await pixelsOf('density-z')).toEqual(slice);
    expect(renderer.picture).toEqual(renderer.pictureOf('normals'));
  });

  it('the super-resolution runs while one of them is the image', async () => {
    turn(0.1);
    expect(Object.keys(await frame('raw', 'depth'))).toEqual(['ray march']);
    expect(Object.keys(await frame('depth', 'image'))).toEqual(['super-resolution']);
    for (const kind of FACE_PICTURE_KINDS) {
      turn(0.2);
      expect(await frame(kind)).not.toHaveProperty('ray march');
    }
  });
});
