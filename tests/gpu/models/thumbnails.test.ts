/** Thumbnails are the raw picture of the renderer on screen, and leave that and its planes as they are. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import type { Gpu } from '../../../src/gpu/device';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { truncated } from '../../../src/models/faces/composition';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { FaceLatents } from '../../../src/render/face-latents';
import { FrameRunner } from '../../../src/render/frame-runner';
import { rgbaCutOut } from '../../../src/render/pictures/picture-rgba';
import { ThumbnailRenderer } from '../../../src/render/thumbnail-renderer';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { fixture, testGpu } from '../support';

const SIDE = 32;
const SETTINGS = { neuralResolution: SIDE, depthSamples: 8, importanceSamples: 8, quality: 'fast' } as const;

let gpu: Gpu;
let generator: Generator;
let latents: FaceLatents;
let renderer: VolumetricRenderer;
let thumbnails: ThumbnailRenderer;

beforeAll(async () => {
  gpu = await testGpu();
  generator = Generator.create(gpu, await fixture('small/small-eg3d'));
  latents = await FaceLatents.create(generator);
  renderer = await VolumetricRenderer.create(latents, SETTINGS, { forViewing: true });
  thumbnails = await ThumbnailRenderer.reserve(latents, SIDE).build();
}, 120_000);

afterAll(() => {
  thumbnails.destroy();
  renderer.destroy();
  latents.destroy();
  generator.destroy();
});

const cameraAt = (yaw: number) => orbitLabel({ ...generator.config.camera, yaw, pitch: 0.1 });

async function wsOf(seed: number): Promise<Float32Array> {
  const w = await latents.map({ z: seededLatent(seed, generator.config.mapping.zDim) });
  return truncated(w, latents.space, 0.7);
}

/** The picture on screen of a face, without its background, [r, r, 4]. */
async function rawPicture(seed: number, yaw: number) {
  latents.setWs(await wsOf(seed));
  renderer.setCamera(cameraAt(yaw));
  renderer.setWanted('raw');
  const recorder = new Recorder(gpu);
  renderer.encode(recorder);
  recorder.submit();
  const raw = renderer.pictureOf('raw');
  if (raw.kind !== 'rgb' || !raw.cutOut) throw new Error('The raw picture tells its alpha.');
  return readTensor(gpu, raw.cutOut);
}

it('draws the raw picture of any face, cut out by its alpha, in parts or at once', async () => {
  const expected = await rawPicture(5, 0.3);
  await rawPicture(3, -0.2);
  const runner = new FrameRunner(gpu, undefined);
  for (const attempt of ['in as many parts as there are steps', 'in measured parts']) {
    thumbnails.look({ ws: await wsOf(5) }, cameraAt(0.3));
    expect(await runner.run([thumbnails]), attempt).toBe(true);
    expect(await thumbnails.read(), attempt).toEqual(rgbaCutOut(expected, SIDE));
  }
  expect(gpu.statistics.dispatches.thumbnails).toBe(2 * thumbnails.plan.dispatchCount);
});

it('leaves the planes and the picture on screen as they are, also when it is given up', async () => {
  const before = await rawPicture(3, -0.2);
  const planes = await readTensor(gpu, renderer.planes);
  const runner = new FrameRunner(gpu, undefined);
  thumbnails.look({ ws: await wsOf(8) }, cameraAt(0));
  await runner.run([thumbnails], undefined, () => false);
  expect(renderer.due).toEqual({ face: false, view: false });
  const after = await readTensor(gpu, renderer.planes);
  expect(after.every((value, index) => value === planes[index])).toBe(true); // millions: too many for a matcher
  renderer.setCamera(cameraAt(0.1));
  renderer.encode(new Recorder(gpu)); // another frame, which is not even submitted
  expect(await rawPicture(3, -0.2)).toEqual(before);
  expect(await runner.run([thumbnails])).toBe(true); // anew
  expect((await thumbnails.read()).data.some((value) => value > 0)).toBe(true);
});

it('takes little memory beside its texture of the planes, and gives it back', async () => {
  const before = gpu.memory.bytesInUse;
  const others = await ThumbnailRenderer.reserve(latents, SIDE).build();
  const [, height, width, channels] = renderer.planes.shape;
  const texels = ((height! + 2) * (width! + 2) * channels!) / 4;
  expect(gpu.memory.bytesInUse - before).toBeLessThan(texels * 16 + 4e6);
  others.destroy();
  ThumbnailRenderer.reserve(latents, SIDE).discard();
  expect(gpu.memory.bytesInUse).toBe(before);
});
