/** The bundled student through the renderer that the page uses, against the pictures of its training code (portrait-expected). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import type { Gpu } from '../../../src/gpu/device';
import { Recorder } from '../../../src/gpu/recorder';
import { elementCount } from '../../../src/gpu/tensor';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { Student } from '../../../src/models/student';
import { ConvolutionalRenderer } from '../../../src/render/convolutional-renderer';
import { FaceLatents } from '../../../src/render/face-latents';
import { psnr, ssim } from '../../../src/render/pictures/picture-difference';
import { estimateStudentMemory } from '../../../src/render/wiring';
import { bundledModel, expectClose, fixture, testGpu, toChannelsFirst, toChannelsLast } from '../support';

const SEEDS = [0, 1, 2, 3];
/** Where the expected pictures are seen from, and how far round the student was trained, in degrees. */
const YAWS = [0, 35, -60, 150];
const TRAINED_YAW = 75;
const LOWEST_PSNR = 45;
const FEATURE_TOLERANCE = 5e-4;
/** Uniform buffers are not in the estimate. */
const ESTIMATE_TOLERANCE = 0.01;

let gpu: Gpu;
let expected: Checkpoint;
let file: Checkpoint;
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
  file = await bundledModel('portrait-student');
  student = Student.create(gpu, file);
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

it('takes the memory that was estimated', () => {
  const estimate = estimateStudentMemory(generator.config, student.config, gpu);
  const actual = gpu.memory.bytesInUse - emptyBytes;
  expect(Math.abs(actual / (estimate.weightsBytes + estimate.planBytes) - 1)).toBeLessThan(ESTIMATE_TOLERANCE);
  // The estimate counts the noise planes of the synthesis network, which this file's strengths of 0 leave out.
  const isNoise = (name: string) => name.startsWith('synthesis.') && name.endsWith('.noise_const');
  const noiseBytes = file
    .names()
    .filter(isNoise)
    .reduce((sum, name) => sum + 4 * elementCount(file.info(name).shape), 0);
  const weights = generator.weightBytes + student.weightBytes + noiseBytes;
  expect(Math.abs(weights / estimate.weightsBytes - 1)).toBeLessThan(ESTIMATE_TOLERANCE);
});

it.each(SEEDS)('seed %i: feature image and picture', async (seed) => {
  await latents.setFace({ z: seededLatent(seed, 64), psi: 1 });
  renderer.setCamera(row('c', seed));
  const recorder = new Recorder(gpu);
  renderer.encode(recorder);
  recorder.submit();
  const found = await renderer.read();
  const feature = toChannelsFirst(found.feature, [1, 128, 128, 32]);
  if (seed < 2) expectClose(`student ${seed} feature`, feature, row('student.feature', seed), FEATURE_TOLERANCE);
  const picture = toChannelsFirst(found.image, [1, 256, 256, 3]);
  const decibels = psnr(picture, row('student.image', seed));
  console.info(`student ${seed}: image ${decibels.toFixed(1)} dB`);
  expect(decibels).toBeGreaterThan(LOWEST_PSNR);
  if (Math.abs(YAWS[seed]!) > TRAINED_YAW) return;
  // It was distilled: alike to its teacher, and not the same.
  const teacher = row('image', seed);
  expect(psnr(picture, teacher)).toBeGreaterThan(12);
  expect(psnr(picture, teacher)).toBeLessThan(40);
  const similarity = ssim(found.image, toChannelsLast(teacher, [1, 3, 256, 256]), 256);
  expect(similarity).toBeGreaterThan(0.4);
  expect(similarity).toBeLessThan(1);
});
