/** The bundled student through the renderer that the page uses, against the pictures of its training code (portrait-expected). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orbitLabel } from '../../src/camera/orbit-pose';
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import { readSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import type { Gpu } from '../../src/gpu/device';
import { Recorder } from '../../src/gpu/recorder';
import { elementCount } from '../../src/gpu/tensor';
import { Generator } from '../../src/models/generator';
import { seededLatent } from '../../src/models/latent';
import { NumpyRandomState } from '../../src/models/numpy-random';
import { Student, teacherLayers } from '../../src/models/student';
import { readStudentConfig } from '../../src/models/student-config';
import { stylegan3Geometry } from '../../src/models/stylegan3-geometry';
import { selectRows } from '../../src/pipelines/select-rows';
import { ConvolutionalRenderer, type StudentArrays } from '../../src/render/convolutional-renderer';
import { FaceLatents } from '../../src/render/face-latents';
import type { FrameRenderer } from '../../src/render/frame-renderer';
import { estimateStudentMemory } from '../../src/render/memory-estimate';
import { psnr } from '../../src/render/picture-difference';
import { VolumetricRenderer } from '../../src/render/volumetric-renderer';
import { bundledModel, expectClose, fixture, runOnce, testGpu, toChannelsFirst } from './support';

const SEEDS = [0, 1, 2, 3];
const LOWEST_PSNR = 45;
const FEATURE_TOLERANCE = 5e-4;
/** Uniform buffers are not in the estimate. */
const ESTIMATE_TOLERANCE = 0.01;

let gpu: Gpu;
let expected: Checkpoint;
let generator: Generator;
let student: Student;
let latents: FaceLatents;
let renderer: ConvolutionalRenderer;
let emptyBytes: number;

beforeAll(async () => {
  expected = await fixture('portrait-expected');
  gpu = await testGpu();
  emptyBytes = gpu.memory.bytesInUse;
  generator = Generator.create(gpu, await bundledModel('portrait-eg3d'));
  student = Student.create(gpu, await bundledModel('portrait-student'));
  latents = await FaceLatents.create(generator);
  renderer = await ConvolutionalRenderer.create(latents, student);
}, 120_000);

afterAll(() => {
  renderer.destroy();
  latents.destroy();
  student.destroy();
  generator.destroy();
  expect(gpu.memory.bytesInUse).toBe(emptyBytes);
});

/** Row `index` of an expected tensor. */
function row(name: string, index: number): Float32Array {
  const values = expected.floats(name);
  const length = values.length / expected.info(name).shape[0]!;
  return values.slice(index * length, (index + 1) * length);
}

function run(one: FrameRenderer = renderer): void {
  const recorder = new Recorder(gpu);
  one.encode(recorder);
  recorder.submit();
}

async function renderSeed(seed: number): Promise<StudentArrays> {
  await latents.setFace({ z: seededLatent(seed, 64), psi: 1 });
  renderer.setCamera(row('c', seed));
  run();
  return renderer.read();
}

it('takes the memory that was estimated', () => {
  const estimate = estimateStudentMemory(generator.config, student.config, gpu);
  const actual = gpu.memory.bytesInUse - emptyBytes;
  expect(Math.abs(actual / (estimate.weightsBytes + estimate.planBytes) - 1)).toBeLessThan(ESTIMATE_TOLERANCE);
  // The estimate counts noise planes, which this file's strengths of 0 leave out.
  const weights = generator.weightBytes + student.weightBytes;
  expect(Math.abs(weights / estimate.weightsBytes - 1)).toBeLessThan(ESTIMATE_TOLERANCE);
});

it.each(SEEDS)('seed %i: feature image and picture', async (seed) => {
  const found = await renderSeed(seed);
  const feature = toChannelsFirst(found.feature, [1, 64, 64, 32]);
  if (seed < 2) expectClose(`student ${seed} feature`, feature, row('student.feature', seed), FEATURE_TOLERANCE);
  const decibels = psnr(toChannelsFirst(found.image, [1, 256, 256, 3]), row('student.image', seed));
  console.info(`student ${seed}: image ${decibels.toFixed(1)} dB`);
  expect(decibels).toBeGreaterThan(LOWEST_PSNR);
});

it('runs what depends on the camera when it turns, and the rest once a face', async () => {
  await renderSeed(0);
  const before = structuredClone(gpu.statistics.dispatches);
  renderer.setCamera(row('c', 1));
  expect(renderer.due).toEqual({ face: false, view: true });
  run();
  expect(renderer.due).toEqual({ face: false, view: false });
  const turned = structuredClone(gpu.statistics.dispatches);
  for (const stage of ['mapping', 'student styles']) expect(turned[stage], stage).toBe(before[stage]);
  for (const stage of ['student mapping', 'student synthesis', 'super-resolution']) {
    expect(turned[stage], stage).toBeGreaterThan(before[stage]!);
  }
  run();
  expect(gpu.statistics.dispatches).toEqual(turned);
});

it('leaves the super-resolution out of the coarser level and of the raw picture', async () => {
  await renderSeed(0);
  const count = () => gpu.statistics.dispatches['super-resolution'];
  const before = count();
  renderer.setDetail(renderer.levels.length - 1);
  renderer.setCamera(row('c', 2));
  run();
  expect(count()).toBe(before);
  renderer.setDetail(0);
  expect(renderer.due.view).toBe(true);
  run();
  expect(count()).toBeGreaterThan(before!);
});

it('a face whose layers have two w: each layer of the student takes the one of its place', async () => {
  const { ws: first, studentWs: firstMapped } = await renderSeed(0);
  const { ws: second, studentWs: secondMapped } = await renderSeed(1);
  const camera = row('c', 1);
  const mixed = first.slice();
  mixed.set(second.subarray(5 * 256), 5 * 256); // layers 5 and up from the second face
  renderer.setCamera(camera);
  latents.setWs(first);
  run();
  const firstHere = (await renderer.read()).studentWs;
  latents.setWs(mixed);
  run();
  const { studentWs } = await renderer.read();
  expect(studentWs.length).toBe(10 * 256);
  expectClose('coarse layers', studentWs.slice(0, 5 * 256), firstHere.slice(0, 5 * 256), 0);
  expectClose('fine layers', studentWs.slice(5 * 256), secondMapped.slice(5 * 256), 0);
  expect(firstMapped).not.toEqual(firstHere); // the camera is part of w'
});

it('shares its latents and its scratch memory with the volumetric renderer, and frees its own alone', async () => {
  const before = gpu.memory.bytesInUse;
  const volumetric = await VolumetricRenderer.create(latents, {
    neuralResolution: 16,
    depthSamples: 4,
    importanceSamples: 0,
    quality: 'exact',
  });
  await latents.setFace({ z: seededLatent(3, 64), psi: 0.5 });
  const label = orbitLabel({ ...generator.config.camera, yaw: 0.3, pitch: 0 });
  for (const each of [volumetric, renderer]) {
    each.setCamera(label);
    run(each);
  }
  const alone = await renderer.readImage();
  run(volumetric);
  expect(await renderer.readImage()).toEqual(alone);
  const weights = generator.weightBytes;
  volumetric.destroy();
  expect(gpu.memory.bytesInUse).toBeGreaterThanOrEqual(before);
  expect(generator.weightBytes).toBe(weights); // the model's, not the renderer's
});

it('places layers: equal sides for StyleGAN2, evenly for StyleGAN3', () => {
  const { features } = student.config;
  expect(teacherLayers(features, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(teacherLayers(features, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 7, 7]);
});

it('selectRows picks rows of every sample, in any order', async () => {
  const values = Float32Array.from({ length: 2 * 3 * 5 }, (_, index) => index);
  const { picked } = await runOnce((plan) => ({
    picked: selectRows(plan, plan.constant('input', [2, 3, 5], values), [2, 0, 2]),
  }));
  const sample = (n: number) => [2, 0, 2].flatMap((r) => [...values.slice((n * 3 + r) * 5, (n * 3 + r + 1) * 5)]);
  expect([...picked]).toEqual([...sample(0), ...sample(1)]);
});

/** The bundled student with a small StyleGAN3 network of random weights in the place of its synthesis network. */
async function withStyleGan3(architecture: string): Promise<Checkpoint> {
  const bundled = await bundledModel('portrait-student');
  const config = JSON.parse(bundled.metadata.config!);
  const network = { channel_base: 128, channel_max: 8, num_layers: 4, mapping_layers: 4, mapping_lr_mul: 0.1 };
  const facts = { ...config, neural_rendering_resolution: 16, student: { architecture, ...network } };
  const metadata = { ...bundled.metadata, config: JSON.stringify(facts) };
  const { features } = readStudentConfig({ metadata });
  if (features.kind !== 'stylegan3') throw new Error(`${architecture} is no StyleGAN3 network`);
  const { input, layers } = stylegan3Geometry(features.synthesis);
  const kept = bundled.names().filter((name) => !name.startsWith('synthesis.'));
  const tensors = kept.map((name) => ({ name, shape: bundled.info(name).shape, data: bundled.floats(name) }));
  const random = new NumpyRandomState(5);
  const add = (name: string, shape: number[], scale = 1, offset = 0) => {
    const values = random.randn(elementCount(shape));
    tensors.push({
      name: `synthesis.${name}`,
      shape,
      data: Float32Array.from(values, (value) => value * scale + offset),
    });
  };
  const addAffine = (name: string, features: number) => {
    add(`${name}.affine.weight`, [features, 256]);
    add(`${name}.affine.bias`, [features], 0, 1);
  };
  add('input.weight', [input.channels, input.channels]);
  addAffine('input', 4);
  add('input.freqs', [input.channels, 2]);
  add('input.phases', [input.channels], 0.3);
  const identity = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  tensors.push({ name: 'synthesis.input.transform', shape: [3, 3], data: identity });
  for (const { name, inChannels, outChannels, convKernel } of layers) {
    add(`${name}.weight`, [outChannels, inChannels, convKernel, convKernel]);
    add(`${name}.bias`, [outChannels], 0.1);
    add(`${name}.magnitude_ema`, [], 0, 1);
    addAffine(name, inChannels);
  }
  const file = writeSafetensors(tensors, metadata);
  return readSafetensors(new Blob([Uint8Array.from(file)]));
}

it.each(['stylegan3-t', 'stylegan3-r'])('a %s student takes the place of the StyleGAN2 one', async (architecture) => {
  const other = Student.create(gpu, await withStyleGan3(architecture));
  const before = gpu.memory.bytesInUse;
  const otherRenderer = await ConvolutionalRenderer.create(latents, other);
  const picture = async (camera: Float32Array) => {
    otherRenderer.setCamera(camera);
    run(otherRenderer);
    return otherRenderer.read();
  };
  const first = await picture(row('c', 0));
  const second = await picture(row('c', 1));
  expect(first.studentWs.length).toBe(6 * 256);
  expect(first.feature.length).toBe(16 * 16 * 32);
  expect(first.image.length).toBe(256 * 256 * 3);
  expect([...first.feature, ...first.image].every(Number.isFinite)).toBe(true);
  expect(first.feature.some((value) => value !== first.feature[0])).toBe(true);
  expect(psnr(first.image, second.image)).toBeLessThan(60); // the camera reaches the picture
  otherRenderer.destroy();
  other.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
});
