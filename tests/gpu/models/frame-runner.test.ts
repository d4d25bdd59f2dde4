/** Frames in parts and on the levels of the quality ladder: whatever is given up in between, the picture is the one that is made at once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { readCheckpoint } from '../../../src/checkpoints/read-checkpoint';
import type { Gpu } from '../../../src/gpu/device';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { FaceLatents } from '../../../src/render/face-latents';
import { PictureNotPreparedError } from '../../../src/render/frame-renderer';
import { FrameRunner, FramesOverlapError } from '../../../src/render/frame-runner';
import { encodePicture } from '../../../src/render/pictures/compare-views';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { fixtureBytes, testGpu } from '../support';

const SETTINGS = { neuralResolution: 32, depthSamples: 4, importanceSamples: 0, quality: 'fast' } as const;

let gpu: Gpu;
let generator: Generator;
let latents: FaceLatents;
let renderer: VolumetricRenderer;

beforeAll(async () => {
  gpu = await testGpu();
  generator = Generator.create(
    gpu,
    await readCheckpoint(new Uint8Array(await fixtureBytes('generator_small_nosrc.pkl'))),
  );
  latents = await FaceLatents.create(generator);
  await latents.setFace({ z: seededLatent(3, generator.config.mapping.zDim), psi: 1 });
  renderer = await VolumetricRenderer.create(latents, SETTINGS, { forViewing: true });
}, 120_000);

afterAll(() => {
  renderer.destroy();
  latents.destroy();
  generator.destroy();
});

const cameraAt = (yaw: number) => orbitLabel({ ...generator.config.camera, yaw, pitch: 0.1 });

function look(yaw: number, detail: number | 'exact'): void {
  renderer.setCamera(cameraAt(yaw));
  renderer.setDetail(detail);
}

/** Everything at once. */
async function pictureAt(yaw: number): Promise<Float32Array> {
  look(yaw, 0);
  const recorder = new Recorder(gpu);
  renderer.encode(recorder);
  recorder.submit();
  return renderer.readImage();
}

/** Says yes so many times. */
function patience(times: number): () => boolean {
  let left = times;
  return () => left-- > 0;
}

it('a frame in parts has the bits of one that was made at once, and the canvas is drawn with the last part', async () => {
  const expected = await pictureAt(0.3);
  const runner = new FrameRunner(gpu, undefined);
  await pictureAt(-0.3);
  look(0.3, 0);
  const drawn: number[] = [];
  const before = gpu.statistics.submits;
  expect(runner.expectedMilliseconds(renderer.plansOf(0, ['image']))).toBeUndefined();
  expect(await runner.run([renderer], () => drawn.push(gpu.statistics.submits - before))).toBe(true);
  const submits = gpu.statistics.submits - before;
  const steps = renderer.plansOf(0, ['image']).reduce((sum, { stepCount }) => sum + stepCount, 0);
  expect(submits).toBe(gpu.adapter.isSoftware ? steps + 1 : 1); // nothing has been measured yet
  expect(drawn).toEqual([submits - 1]);
  expect(await renderer.readImage()).toEqual(expected);
  expect(runner.expectedMilliseconds(renderer.plansOf(0, ['image']))).toBeGreaterThan(0);
  expect(renderer.due).toEqual({ face: false, view: false });
});

it('given up at any place, followed by a quick frame, and begun again: the same bits', async () => {
  const expected = await pictureAt(0.2);
  const steps = renderer.plansOf(0, ['image']).reduce((sum, { stepCount }) => sum + stepCount, 0);
  for (const parts of [0, 1, Math.floor(steps / 2)]) {
    const runner = new FrameRunner(gpu, undefined); // one that measures anew
    look(-0.2, 0);
    let isDrawn = false;
    const isWhole = await runner.run([renderer], () => (isDrawn = true), patience(parts));
    if (gpu.adapter.isSoftware) expect([isWhole, isDrawn]).toEqual([false, false]);
    for (const level of [1, renderer.levels.length - 1]) {
      look(0.1, level);
      await runner.runAtOnce([renderer], () => undefined);
    }
    look(0.2, 0);
    expect(await runner.run([renderer])).toBe(true);
    expect(await renderer.readImage()).toEqual(expected);
  }
});

it('two frames at once are refused', async () => {
  const runner = new FrameRunner(gpu, undefined);
  look(-0.1, 0);
  const first = runner.run([renderer]);
  await expect(runner.run([renderer])).rejects.toThrow(FramesOverlapError);
  await expect(runner.runAtOnce([renderer], () => undefined)).rejects.toThrow(FramesOverlapError);
  expect(await first).toBe(true);
});

it('the raw picture has the rays of the full one: going on to that runs the super-resolution alone', async () => {
  look(0.4, 1);
  const run = () => {
    const before = { ...gpu.statistics.dispatches };
    const recorder = new Recorder(gpu);
    renderer.encode(recorder);
    recorder.submit();
    return Object.keys(gpu.statistics.dispatches).filter((stage) => gpu.statistics.dispatches[stage] !== before[stage]);
  };
  expect(run()).toEqual(['ray march']);
  renderer.setDetail(0);
  expect(run()).toEqual(['super-resolution']);
  expect(run()).toEqual([]);
});

it('every level shows a picture of its own side, and takes the last one beyond the end', async () => {
  for (const [level, { side, isEnlarged }] of renderer.levels.entries()) {
    look(0.1, level);
    await new FrameRunner(gpu, undefined).runAtOnce([renderer], () => undefined);
    const { picture } = renderer;
    if (picture.kind !== 'rgb') throw new Error('not a picture');
    expect(picture.image.shape[1]).toBe(isEnlarged ? generator.config.imageResolution : side);
    const values = await readTensor(gpu, picture.image);
    expect(values.some((value) => value !== values[0])).toBe(true);
  }
  const last = renderer.picture;
  renderer.setDetail(99);
  expect(renderer.picture).toEqual(last);
});

it('the exact picture wants to be prepared, is that of an exact renderer, and leaves the quick one alone', async () => {
  const quick = await pictureAt(0);
  renderer.releaseQuality('exact');
  renderer.setDetail('exact');
  expect(() => renderer.encode(new Recorder(gpu))).toThrow(PictureNotPreparedError);
  const before = gpu.memory.bytesInUse;
  await renderer.prepareQuality('exact');
  encodePicture(renderer, cameraAt(0), new Recorder(gpu)).submit();
  const exact = await renderer.readImage();
  const own = await VolumetricRenderer.create(latents, { ...SETTINGS, quality: 'exact' });
  encodePicture(own, cameraAt(0), new Recorder(gpu)).submit();
  expect(await own.readImage()).toEqual(exact);
  own.destroy();
  expect(await pictureAt(0)).toEqual(quick);
  renderer.releaseQuality('exact');
  expect(gpu.memory.bytesInUse).toBe(before);
});
