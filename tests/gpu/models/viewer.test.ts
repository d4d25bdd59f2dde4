/** Two models on one device: each has its own memory and formats, and leaves nothing behind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { homeOf, labelOf, orbitAt } from '../../../src/camera/orbit';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { Gpu } from '../../../src/gpu/device';
import type { StorageFormat } from '../../../src/gpu/tensor-host';
import { faceOfSeed } from '../../../src/models/faces/recipe';
import { readGeneratorConfig } from '../../../src/models/generator-config';
import { rgbaPicture } from '../../../src/render/pictures/picture-rgba';
import { settingsOf } from '../../../src/render/quality';
import { recipeModelOf } from '../../../src/studio/shared/face-address';
import { openViewer } from '../../../src/studio/view/open-viewer';
import type { Shown } from '../../../src/studio/view/shown';
import { StudioCanvas } from '../../../src/studio/view/studio-canvas';
import type { FrameRequest, Viewer } from '../../../src/studio/view/viewer';
import { fixture } from '../support';

const VOLUMETRIC: Shown = { layout: 'single', renderer: 'volumetric', wipe: 0.5, against: 'convolutional' };

let gpu: Gpu; // of its own: what other files leave on a device would be counted
let canvas: StudioCanvas;
let small: Checkpoint;
let student: Checkpoint;

beforeAll(async () => {
  gpu = await Gpu.request();
  canvas = new StudioCanvas(document.createElement('canvas'));
  [small, student] = await Promise.all([fixture('small/small-eg3d'), fixture('small/small-student')]);
});

afterAll(() => gpu.destroy());

function open(checkpoint: Checkpoint, format: StorageFormat = 'f32'): Promise<Viewer> {
  const config = readGeneratorConfig(checkpoint);
  return openViewer({
    gpu: gpu.forModel(format),
    checkpoint,
    settings: { ...settingsOf(config.rendering), neuralResolution: 16, quality: 'fast' },
    first: startOf({ config }),
    output: () => canvas.outputOf(gpu),
    onPlanes: () => {},
    onTimes: () => {},
  });
}

function startOf({ config }: Pick<Viewer, 'config'>) {
  return { face: faceOfSeed(3, recipeModelOf(config).numWs), view: orbitAt(homeOf(config.camera)) };
}

function frameOf(viewer: Viewer, picture: FrameRequest['picture'] = 'image', shown = VOLUMETRIC): FrameRequest {
  const size = { width: 64, height: 64 };
  return { ...startOf(viewer), picture, shown, slice: 0, level: 0, backdrop: 'page', size };
}

function still(viewer: Viewer): Promise<Float32Array> {
  const { face, view } = startOf(viewer);
  return viewer.offScreen.render('volumetric', face, labelOf(view));
}

it('a closed model leaves nothing on the device, whatever was shown of it', async () => {
  await canvas.outputOf(gpu);
  const before = gpu.memory.bytesInUse;
  const viewer = await open(small);
  await viewer.refine(frameOf(viewer));
  await viewer.buildLadder();
  for (const picture of ['normals', 'density-x', 'plane-1'] as const) await viewer.refine(frameOf(viewer, picture));
  await viewer.setStudent(student);
  await viewer.refine(frameOf(viewer, 'image', { ...VOLUMETRIC, layout: 'side-by-side' }));
  await still(viewer);
  await viewer.configure({ ...viewer.settings, neuralResolution: 32 });
  await viewer.draw(frameOf(viewer));
  expect(viewer.gpu.memory.bytesInUse).toBeGreaterThan(0);
  await viewer.close();
  expect(viewer.gpu.memory.bytesInUse).toBe(0);
  expect(gpu.memory.bytesInUse - before).toBeLessThan(1024); // what the canvas keeps of two pictures at once
});

it('closing while the ladder is being built frees it, too', async () => {
  const viewer = await open(small);
  await viewer.refine(frameOf(viewer));
  viewer.buildLadder();
  await viewer.close();
  expect(viewer.gpu.memory.bytesInUse).toBe(0);
});

it('a model that is opened beside another changes nothing of it: neither its pictures nor its formats', async () => {
  const first = await open(small);
  const expected = await still(first);
  const second = await open(small, 'f16');
  await second.prepare(frameOf(second));
  await first.configure({ ...first.settings }); // wired anew, while the other is there
  expect(await still(first)).toEqual(expected);
  expect([first.gpu.convolutionFormat, second.gpu.convolutionFormat]).toEqual(['f32', 'f16']);
  await first.close();
  await second.refine(frameOf(second));
  expect((await still(second)).every(Number.isFinite)).toBe(true);
  await second.close();
});

it('a model that cannot be opened leaves nothing, and the other as it was', async () => {
  const first = await open(small);
  const expected = await still(first);
  const before = gpu.memory.bytesInUse;
  const { device } = gpu;
  const create = device.createBuffer.bind(device);
  let made = 0;
  device.createBuffer = (descriptor) => {
    if (++made > 40) throw new RangeError('no more'); // in the middle of it
    return create(descriptor);
  };
  try {
    await expect(open(small)).rejects.toThrow('no more');
  } finally {
    device.createBuffer = create;
  }
  expect(gpu.memory.bytesInUse).toBe(before);
  expect(await still(first)).toEqual(expected);
  await first.close();
});

it('a snapshot is what is shown, at the pictures’ own resolution, on any backdrop or on none', async () => {
  const viewer = await open(small);
  await viewer.setStudent(student);
  await viewer.configure({ ...viewer.settings, quality: 'exact' }); // as `still` is
  const side = viewer.config.imageResolution;
  const frame = frameOf(viewer);
  await viewer.refine(frame);
  const onWhite = await viewer.snapshot({ ...frame, backdrop: 'white' });
  expect([onWhite.width, onWhite.height]).toEqual([side, side]);
  // Its own pixels: nothing is enlarged.
  const own = rgbaPicture(await still(viewer), side);
  let worst = 0;
  for (let at = 0; at < own.data.length; at++) worst = Math.max(worst, Math.abs(own.data[at]! - onWhite.data[at]!));
  expect(worst).toBeLessThanOrEqual(1);
  const alone = await viewer.snapshot({ ...frame, backdrop: 'page' });
  const onGreen = await viewer.snapshot({ ...frame, backdrop: '#00ff00' });
  const alphas = alone.data.filter((_, at) => at % 4 === 3);
  expect(alphas.filter((alpha) => alpha === 0).length).toBeGreaterThan(alphas.length / 20);
  expect(alphas.filter((alpha) => alpha === 255).length).toBeGreaterThan(alphas.length / 20);
  for (let at = 0; at < alone.data.length; at += 4) {
    const alpha = alone.data[at + 3]! / 255;
    const over = [0, 255, 0].map((value, channel) => alpha * alone.data[at + channel]! + (1 - alpha) * value);
    over.forEach((value, channel) => {
      expect(Math.abs(value - onGreen.data[at + channel]!)).toBeLessThan(2.5); // bytes of faint colours are coarse
    });
    expect(onGreen.data[at + 3]).toBe(255);
  }
  const both = await viewer.snapshot(frameOf(viewer, 'image', { ...VOLUMETRIC, layout: 'side-by-side' }));
  expect([both.width, both.height]).toEqual([2 * side, side]);
  await viewer.close();
});
