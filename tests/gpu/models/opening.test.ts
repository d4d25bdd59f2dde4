/** What makes the first picture come sooner: kernels that are compiled ahead, planes that are made meanwhile, a ladder that is built afterwards. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Gpu } from '../../../src/gpu/device';
import { Recorder } from '../../../src/gpu/recorder';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { FaceLatents } from '../../../src/render/face-latents';
import { type RenderSettings, settingsOf } from '../../../src/render/quality';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { compileAhead } from '../../../src/render/wiring';
import { fixture } from '../support';

const FACE = { z: seededLatent(3, 64), psi: 0.7 };

let gpu: Gpu; // of its own: what other files have compiled would hide what is missing here
let latents: FaceLatents;
let settings: RenderSettings;
let renderer: VolumetricRenderer;
/** Pipelines that the device has been asked for. */
const asked = { ahead: 0, created: 0 };
const shares: number[] = [];
let planesDispatched = 0;

beforeAll(async () => {
  gpu = await Gpu.request();
  const file = await fixture('small/small-eg3d');
  const generator = Generator.create(gpu, file);
  settings = { ...settingsOf(generator.config.rendering), neuralResolution: 64, quality: 'fast' }; // enough rays for a ladder
  compileAhead(gpu, file, settings);
  asked.ahead = gpu.kernels.pipelineCount;
  latents = await FaceLatents.create(generator);
  renderer = await VolumetricRenderer.create(latents, settings, {
    forViewing: true,
    ladderLater: true,
    onPlanes: async (planes) => {
      await latents.setFace({ ...FACE, z: FACE.z.slice(0, generator.config.mapping.zDim) });
      await planes.make(gpu, undefined, (share) => shares.push(share));
      planesDispatched = gpu.statistics.dispatches['tri-planes'] ?? 0;
    },
  });
  asked.created = gpu.kernels.pipelineCount;
}, 120_000);

afterAll(() => {
  renderer.destroy();
  gpu.destroy();
});

function draw(drawn: VolumetricRenderer): Promise<Float32Array> {
  const recorder = new Recorder(gpu);
  drawn.encode(recorder);
  recorder.submit();
  return drawn.readImage();
}

it('asks ahead for just the kernels that the first picture takes, on a software adapter', () => {
  if (gpu.adapter.isSoftware) expect(asked.ahead).toBe(asked.created);
  else expect(asked.ahead).toBe(0);
});

it('makes the planes of the first face before the renderer is there, once, and tells how far it is', async () => {
  expect(renderer.due.face).toBe(false);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  const image = await draw(renderer);
  expect(gpu.statistics.dispatches['tri-planes']).toBe(planesDispatched);
  const plain = await VolumetricRenderer.create(latents, settings, { forViewing: true });
  expect(await draw(plain)).toEqual(image);
  plain.destroy();
});

it('draws every step of the ladder before it is built, and as it should be afterwards', async () => {
  const last = renderer.levels.length - 1;
  expect(last).toBeGreaterThan(1);
  renderer.setDetail(last);
  const [standIn] = renderer.plansOf(last, ['image']);
  expect(standIn).toBe(renderer.plansOf(0, ['raw'])[0]);
  await renderer.buildLadder();
  expect(renderer.plansOf(last, ['image'])[0]).not.toBe(standIn);
  await renderer.buildLadder(); // nothing more to do
  const recorder = new Recorder(gpu);
  renderer.encode(recorder);
  recorder.submit();
  expect(renderer.due.view).toBe(false);
  renderer.setDetail(0);
});

it('frees what was to be built later, whether it was or not', async () => {
  const before = gpu.memory.bytesInUse;
  for (const isBuilt of [false, true]) {
    const other = await VolumetricRenderer.create(latents, settings, { forViewing: true, ladderLater: true });
    expect(gpu.memory.bytesInUse).toBeGreaterThan(before);
    const built = isBuilt ? other.buildLadder() : undefined;
    other.destroy();
    await built;
    expect(gpu.memory.bytesInUse).toBe(before);
  }
});
