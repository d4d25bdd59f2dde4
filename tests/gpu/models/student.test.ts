/** A convolutional student through the renderer that the page uses; what the bundled one gives is in portrait-student.test.ts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CameraLabel } from '../../../src/camera/conventions';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { readSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import type { Gpu } from '../../../src/gpu/device';
import { Recorder } from '../../../src/gpu/recorder';
import { elementCount } from '../../../src/gpu/tensor';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { Student, teacherLayers } from '../../../src/models/student';
import { readStudentConfig } from '../../../src/models/student-config';
import { stylegan3Geometry } from '../../../src/models/stylegan3/geometry';
import { selectRows } from '../../../src/pipelines/dense/select-rows';
import { ConvolutionalRenderer, type StudentArrays } from '../../../src/render/convolutional-renderer';
import { FaceLatents } from '../../../src/render/face-latents';
import type { FrameRenderer } from '../../../src/render/frame-renderer';
import { psnr } from '../../../src/render/pictures/picture-difference';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { expectClose, fixture, runOnce, testGpu } from '../support';

const W_DIM = 64;

let gpu: Gpu;
let generator: Generator;
let student: Student;
let latents: FaceLatents;
let renderer: ConvolutionalRenderer;
let emptyBytes: number;

beforeAll(async () => {
  gpu = await testGpu();
  emptyBytes = gpu.memory.bytesInUse;
  generator = Generator.create(gpu, await fixture('small/small-eg3d'));
  student = Student.create(gpu, await fixture('small/small-student'));
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

/** One of a few cameras. */
function cameraOf(index: number): CameraLabel {
  return orbitLabel({ ...generator.config.camera, yaw: index * 0.4, pitch: 0.1 * index });
}

const zDim = () => generator.config.mapping.zDim;

function run(one: FrameRenderer = renderer): void {
  const recorder = new Recorder(gpu);
  one.encode(recorder);
  recorder.submit();
}

async function renderSeed(seed: number): Promise<StudentArrays> {
  await latents.setFace({ z: seededLatent(seed, zDim()), psi: 1 });
  renderer.setCamera(cameraOf(seed));
  run();
  return renderer.read();
}

it('runs what depends on the camera when it turns, and the rest once a face', async () => {
  await renderSeed(0);
  const before = structuredClone(gpu.statistics.dispatches);
  renderer.setCamera(cameraOf(1));
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
  renderer.setCamera(cameraOf(2));
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
  const camera = cameraOf(1);
  const mixed = first.slice();
  mixed.set(second.subarray(5 * W_DIM), 5 * W_DIM); // layers 5 and up from the second face
  renderer.setCamera(camera);
  latents.setWs(first);
  run();
  const firstHere = (await renderer.read()).studentWs;
  latents.setWs(mixed);
  run();
  const { studentWs } = await renderer.read();
  expect(studentWs.length).toBe(6 * W_DIM);
  expectClose('coarse layers', studentWs.slice(0, 5 * W_DIM), firstHere.slice(0, 5 * W_DIM), 0);
  expectClose('fine layers', studentWs.slice(5 * W_DIM), secondMapped.slice(5 * W_DIM), 0);
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
  await latents.setFace({ z: seededLatent(3, zDim()), psi: 0.5 });
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
  expect(teacherLayers(features, 8)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(teacherLayers(features, 4)).toEqual([0, 1, 2, 3, 3, 3]);
});

it('selectRows picks rows of every sample, in any order', async () => {
  const values = Float32Array.from({ length: 2 * 3 * 5 }, (_, index) => index);
  const { picked } = await runOnce((plan) => ({
    picked: selectRows(plan, plan.constant('input', [2, 3, 5], values), [2, 0, 2]),
  }));
  const sample = (n: number) => [2, 0, 2].flatMap((r) => [...values.slice((n * 3 + r) * 5, (n * 3 + r + 1) * 5)]);
  expect([...picked]).toEqual([...sample(0), ...sample(1)]);
});

/** The student with a small StyleGAN3 network of random weights in the place of its synthesis network. */
async function withStyleGan3(architecture: string): Promise<Checkpoint> {
  const small = await fixture('small/small-student');
  const config = JSON.parse(small.metadata.config!);
  const network = { channel_base: 128, channel_max: 8, num_layers: 4, mapping_layers: 2, mapping_lr_mul: 1 };
  const facts = { ...config, neural_rendering_resolution: 16, student: { architecture, ...network } };
  const metadata = { ...small.metadata, config: JSON.stringify(facts) };
  const { features } = readStudentConfig({ metadata });
  if (features.kind !== 'stylegan3') throw new Error(`${architecture} is no StyleGAN3 network`);
  const { input, layers } = stylegan3Geometry(features.synthesis);
  const kept = small.names().filter((name) => !name.startsWith('synthesis.'));
  const tensors = kept.map((name) => ({ name, shape: small.info(name).shape, data: small.floats(name) }));
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
    add(`${name}.affine.weight`, [features, W_DIM]);
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
  const picture = async (label: CameraLabel) => {
    otherRenderer.setCamera(label);
    run(otherRenderer);
    return otherRenderer.read();
  };
  const first = await picture(cameraOf(0));
  const second = await picture(cameraOf(1));
  expect(first.studentWs.length).toBe(6 * W_DIM);
  expect(first.feature.length).toBe(16 * 16 * 32);
  expect(first.image.length).toBe(64 * 64 * 3);
  expect([...first.feature, ...first.image].every(Number.isFinite)).toBe(true);
  expect(first.feature.some((value) => value !== first.feature[0])).toBe(true);
  expect(psnr(first.image, second.image)).toBeLessThan(60); // the camera reaches the picture
  otherRenderer.destroy();
  other.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
});
