/** The bundled model through the renderer that the page uses, against the pictures of its training code (portrait-expected). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { Recorder } from '../../../src/gpu/recorder';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { FaceLatents } from '../../../src/render/face-latents';
import { psnr } from '../../../src/render/pictures/picture-difference';
import { type RenderedArrays, VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { bundledModel, expectClose, fixture, testGpu, toChannelsFirst } from '../support';

const SEEDS = [0, 1, 2, 3];
const LOWEST_PSNR = 45;

let expected: Checkpoint;
let generator: Generator;
let latents: FaceLatents;
let renderer: VolumetricRenderer;
const results: RenderedArrays[] = [];

beforeAll(async () => {
  expected = await fixture('portrait-expected');
  const gpu = await testGpu();
  generator = Generator.create(gpu, await bundledModel('portrait-eg3d'));
  latents = await FaceLatents.create(generator);
  renderer = await VolumetricRenderer.create(latents);
  for (const seed of SEEDS) {
    await latents.setFace({ z: seededLatent(seed, 64), psi: 1 });
    renderer.setCamera(row('c', seed));
    const recorder = new Recorder(gpu);
    renderer.encode(recorder);
    recorder.submit();
    results.push(await renderer.read());
  }
}, 120_000);

afterAll(() => {
  renderer.destroy();
  latents.destroy();
  generator.destroy();
});

/** Row `index` of an expected tensor. */
function row(name: string, index: number): Float32Array {
  const values = expected.floats(name);
  const length = values.length / expected.info(name).shape[0]!;
  return values.slice(index * length, (index + 1) * length);
}

it.each(SEEDS)('seed %i: every stage', (seed) => {
  const found = results[seed]!;
  const close = (name: string, values: Float32Array, wanted = row(name, seed)) =>
    expectClose(`portrait ${seed} ${name}`, values, wanted, 5e-4);
  close('ws', found.ws);
  if (seed < 2) close('feature', toChannelsFirst(found.feature, [1, 128, 128, 32]));
  const alpha = row('alpha', seed);
  // A ray that grazes an opaque surface takes some hundred units of density: where the last bit of a sample's depth falls decides the fourth digit of alpha.
  const isEdge = (_: number, pixel: number) => alpha[pixel]! > 0.01 && alpha[pixel]! < 0.99;
  const isPlain = (_: number, pixel: number) => !isEdge(_, pixel);
  close('alpha', found.alpha.filter(isPlain), alpha.filter(isPlain));
  expectClose(`portrait ${seed} alpha of edges`, found.alpha.filter(isEdge), alpha.filter(isEdge), 1e-3);
  // Depth divides by alpha, which is a sum of 1 - exp(-x), each rounded to 6e-8: where a ray meets next to nothing, only their product counts.
  const isSurface = (_: number, pixel: number) => alpha[pixel]! > 0.01;
  const depth = row('depth', seed);
  expectClose(`portrait ${seed} depth`, found.depth.filter(isSurface), depth.filter(isSurface), 5e-4);
  const timesAlpha = (values: Float32Array) => values.map((value, pixel) => value * alpha[pixel]!);
  expectClose(`portrait ${seed} depth x alpha`, timesAlpha(found.depth), timesAlpha(depth), 5e-5);
  const image = psnr(toChannelsFirst(found.image, [1, 256, 256, 3]), row('image', seed));
  const raw = psnr(toChannelsFirst(found.feature, [1, 128, 128, 32]).subarray(0, 3 * 128 * 128), row('raw', seed));
  console.info(`portrait ${seed}: image ${image.toFixed(1)} dB, raw ${raw.toFixed(1)} dB`);
  expect(image).toBeGreaterThan(LOWEST_PSNR);
  expect(raw).toBeGreaterThan(LOWEST_PSNR);
});

it.each(SEEDS)('seed %i: planes at the sampled texels', (seed) => {
  const planes = toChannelsFirst(results[seed]!.planes, [1, 256, 256, 96]);
  const sampled: number[] = [];
  for (let channel = 0; channel < 96; channel++) {
    for (let y = 3; y < 256; y += 16)
      for (let x = 5; x < 256; x += 16) sampled.push(planes[(channel * 256 + y) * 256 + x]!);
  }
  expectClose(`portrait ${seed} planes`, Float32Array.from(sampled), row('planes_strided', seed), 5e-4);
});

it('does not run mapping or backbone when only the camera turns', async () => {
  const gpu = await testGpu();
  const before = structuredClone(gpu.statistics.dispatches);
  renderer.setCamera(row('c', 1));
  const recorder = new Recorder(gpu);
  renderer.encode(recorder);
  recorder.submit();
  const { dispatches } = gpu.statistics;
  expect(dispatches.mapping).toBe(before.mapping);
  expect(dispatches['tri-planes']).toBe(before['tri-planes']);
  expect(dispatches['ray march']).toBeGreaterThan(before['ray march']!);
});

it('frees every buffer it made', async () => {
  const gpu = await testGpu();
  const before = gpu.memory.bytesInUse;
  const second = await VolumetricRenderer.create(latents, {
    neuralResolution: 16,
    depthSamples: 4,
    importanceSamples: 4,
    quality: 'exact',
  });
  await second.configure({ neuralResolution: 24, depthSamples: 5, importanceSamples: 0, quality: 'exact' });
  expect(gpu.memory.bytesInUse).toBeGreaterThan(before);
  second.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
});
