/**
 * Distillation of a tiny student from the small generator of the fixtures: 8 x 8 rays, 32 x 32 pixels. What a real one reaches is in docs/training.md.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { type Checkpoint, parseSafetensors, readSafetensors } from '../../../src/checkpoints/safetensors';
import type { Gpu } from '../../../src/gpu/device';
import type { Plan } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { Generator } from '../../../src/models/generator';
import { readGeneratorConfig } from '../../../src/models/generator-config';
import { PERCEPTUAL_FILE } from '../../../src/models/perceptual';
import { Student } from '../../../src/models/student';
import { resizeBilinear } from '../../../src/pipelines/resampling/resize';
import { ConvolutionalRenderer } from '../../../src/render/convolutional-renderer';
import { FaceLatents } from '../../../src/render/face-latents';
import { TrainingDataError, TrainingSizeError } from '../../../src/training/data/errors';
import { picturesOfBytes } from '../../../src/training/data/training-pictures';
import {
  createStudentLearner,
  type StudentInputs,
  type StudentLearner,
  surveyStudent,
} from '../../../src/training/loops/student';
import { LOSS_SETS, type LossSet, STUDENT_PRESETS, type StudentSettings } from '../../../src/training/student/settings';
import { drawnFace } from '../../../src/training/student/teacher';
import { restoreTraining, writeTrainingCheckpoint } from '../../../src/training/training-checkpoint';
import { fixture, runOnce, testGpu } from '../support';

const SHA256 = 'a'.repeat(64);
const RUN_SEED = 3;

const SETTINGS: StudentSettings = {
  ...STUDENT_PRESETS['32'].settings({ seed: 5, losses: 'full' }),
  neuralResolution: 8,
  channelBase: 64,
  channelMax: 8,
  mappingLayers: 1,
  batch: 2,
  adversarialImages: 0,
  discriminatorBase: 128,
  discriminatorMax: 8,
  faces: 2,
  viewsPerFace: 2,
  depthSamples: 8,
  importanceSamples: 8,
};

/** The perceptual network sees pictures at 64 x 64 at least, which is the most of a step here. */
const BLIND: StudentSettings = { ...SETTINGS, weights: { ...SETTINGS.weights, lowPerceptual: 0, highPerceptual: 0 } };

let gpu: Gpu;
let inputs: StudentInputs;

beforeAll(async () => {
  gpu = await testGpu();
  const response = await fetch(`/${PERCEPTUAL_FILE}`);
  const perceptual = await readSafetensors(await response.arrayBuffer());
  inputs = { teacher: await fixture('small/small-eg3d'), teacherSha256: SHA256, perceptual };
});

async function run(plan: Plan): Promise<void> {
  const recorder = new Recorder(gpu);
  recorder.run(plan);
  recorder.submit();
}

/** Steps up to a number. */
async function train(learner: StudentLearner, from: number, until: number) {
  const figures: Record<string, number>[] = [];
  for (let step = from; step < until; step++) {
    const position = { seed: RUN_SEED, step, images: step * learner.imagesPerStep };
    figures.push({ ...(await learner.step(position, run)) });
  }
  return { figures, position: { seed: RUN_SEED, step: until, images: until * learner.imagesPerStep } };
}

/** All parameters of a run as they are now. */
async function numbersOf({ state }: StudentLearner): Promise<Map<string, Float32Array>> {
  const numbers = new Map<string, Float32Array>();
  for (const [network, parameters] of Object.entries(state.networks)) {
    for (const { name, master } of parameters) numbers.set(`${network}.${name}`, await readTensor(gpu, master));
  }
  return numbers;
}

/** Parts of a run whose numbers a step changes. */
async function changedParts(settings: StudentSettings): Promise<{ changed: string[]; figures: string[] }> {
  const learner = await createStudentLearner(gpu, settings, inputs);
  const before = await numbersOf(learner);
  const { figures } = await train(learner, 0, 1);
  const after = await numbersOf(learner);
  learner.destroy();
  expect(Object.values(figures[0]!).every(Number.isFinite), JSON.stringify(figures)).toBe(true);
  const changed = new Set<string>();
  for (const [name, numbers] of after) {
    expect(numbers.every(Number.isFinite), name).toBe(true);
    const part = name.startsWith('D.') ? 'D' : name.split('.').slice(0, 2).join('.');
    if (numbers.some((value, at) => value !== before.get(name)![at])) changed.add(part);
  }
  return { changed: [...changed].sort(), figures: Object.keys(figures[0]!) };
}

const LOW = ['features', 'low'];
const PLAYED = ['fooling', 'telling', 'fakeLogit', 'realLogit', 'r1'];
const FIGURES: Record<LossSet, readonly string[]> = {
  lr: ['loss', ...LOW],
  hr: ['loss', 'high'],
  'lr+hr': ['loss', ...LOW, 'high'],
  'hr+adv': ['loss', 'high', ...PLAYED],
  full: ['loss', ...LOW, 'lowPerceptual', 'high', 'highPerceptual', ...PLAYED],
  'pc-gan': ['loss', ...PLAYED],
};

describe('a step of each loss set tells its losses and changes its networks:', () => {
  it.each(Object.keys(LOSS_SETS) as LossSet[])('%s', async (losses) => {
    const { changed, figures } = await changedParts({ ...(losses === 'full' ? SETTINGS : BLIND), losses });
    const parts = ['mapping', 'synthesis', ...(losses === 'lr' ? [] : ['superresolution'])];
    const expected = ['S', 'S_ema'].flatMap((network) => parts.map((part) => `${network}.${part}`));
    expect(changed).toEqual([...(LOSS_SETS[losses].adversarial ? ['D'] : []), ...expected].sort());
    expect(figures).toEqual(FIGURES[losses]);
  });

  it('a StyleGAN3 student, whose frequencies and averages stay', async () => {
    const { changed } = await changedParts({
      ...BLIND,
      losses: 'lr+hr',
      architecture: 'stylegan3-t',
      stylegan3: { layers: 3, criticalLayers: 1, marginSize: 2 },
    });
    expect(changed).toContain('S.synthesis');
  });
});

/** A whole checkpoint, after steps up to a number. */
async function checkpointAfter(until: number, from?: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const learner = await createStudentLearner(gpu, { ...BLIND, adversarialImages: 2 }, inputs);
  const start = from ? restoreTraining(gpu, from, learner.state).step : 0;
  const { position } = await train(learner, start, until);
  const checkpoint = await writeTrainingCheckpoint(gpu, learner.state, position);
  learner.destroy();
  return checkpoint;
}

it('a run that is gone on with has the bits of one that never stopped, over the beginning of its second stage', async () => {
  const whole = await checkpointAfter(3);
  const half = await checkpointAfter(1);
  expect(await checkpointAfter(3, parseSafetensors(half))).toEqual(whole);
});

describe('a student that has learnt a little', () => {
  let learner: StudentLearner;
  let emptyBytes: number;

  beforeAll(async () => {
    emptyBytes = gpu.memory.bytesInUse;
    learner = await createStudentLearner(gpu, { ...BLIND, losses: 'lr+hr', rate: 0.01, averageImages: 1 }, inputs);
  });

  afterAll(() => {
    learner.destroy();
    expect(gpu.memory.bytesInUse).toBe(emptyBytes);
  });

  it('is nearer to the generator than at its beginning, on faces that it never saw', async () => {
    const start = { seed: RUN_SEED, step: 0, images: 0 };
    const before = await learner.measure(start, run);
    const { figures } = await train(learner, 0, 12);
    const after = await learner.measure(start, run);
    console.info(before, after, figures[0], figures.at(-1));
    expect(after.psnr! - before.psnr!).toBeGreaterThan(3);
    expect(figures.at(-1)!.loss!).toBeLessThan(figures[0]!.loss! / 1.5);
  });

  it('is a file that names its teacher and its cameras, and makes the same picture in the page’s renderer', async () => {
    const { name, bytes } = await learner.result();
    expect(name).toBe('student.safetensors');
    const student = Student.create(gpu, parseSafetensors(bytes));
    const { radius, focal } = readGeneratorConfig(inputs.teacher).camera;
    expect(student.config).toMatchObject({
      teacherSha256: SHA256,
      trainedViews: { yaw: [-60, 60], pitch: [-20, 30], radius: [radius, radius] },
      neuralResolution: 8,
      imageResolution: 32,
      alphaFeature: 31,
    });
    const generator = Generator.create(gpu, inputs.teacher);
    const latents = await FaceLatents.create(generator);
    const renderer = await ConvolutionalRenderer.create(latents, student);
    await latents.setFace({ z: drawnFace(SETTINGS, generator.config, 'held-out', 0).z, psi: 1 });
    const camera = orbitLabel({ yaw: 0.4, pitch: 0.1, radius, focal });
    renderer.setCamera(camera);
    const recorder = new Recorder(gpu);
    renderer.encode(recorder);
    recorder.submit();
    const { image } = await renderer.read();
    const { rgb } = await learner.render(camera, run);
    // Shown in the generator's size, so that it can be compared with what that makes.
    const { enlarged } = await runOnce((plan) => {
      const picture = plan.constant('picture', [1, 32, 32, 3], rgb);
      return { enlarged: resizeBilinear(plan, picture, { height: 64, width: 64, antialias: true }) };
    });
    expect(image.length).toBe(enlarged.length);
    const worst = image.reduce((most, value, at) => Math.max(most, Math.abs(value - enlarged[at]!)), 0);
    console.info(`largest difference: ${worst}`); // of weights that were rounded to halves
    expect(worst).toBeLessThan(0.02);
    for (const one of [renderer, latents, student, generator]) one.destroy();
  });

  it('shows the generator’s pictures above its own', async () => {
    const rows = await learner.samples({ seed: RUN_SEED, step: 0, images: 0 }, run);
    expect(rows.map(({ label }) => label)).toEqual(['Generator', 'Student']);
    for (const { pictures } of rows) {
      expect(pictures.map(({ width, height, rgb }) => [width, height, rgb.length])).toEqual(
        new Array(8).fill([32, 32, 3 * 32 * 32]),
      );
    }
  });

  it('takes the memory that is told beforehand', () => {
    const settings: StudentSettings = { ...BLIND, losses: 'lr+hr' };
    const { bytes } = surveyStudent(gpu, settings, readGeneratorConfig(inputs.teacher));
    const used = gpu.memory.bytesInUse - emptyBytes;
    console.info(`${used} bytes, ${bytes} by the survey`);
    expect(Math.abs(used / bytes - 1)).toBeLessThan(0.1);
  });
});

it('takes real pictures where there are some, and tells what does not fit', async () => {
  const label = orbitLabel({ yaw: 0, pitch: 0 });
  const pictures = (side: number) => picturesOfBytes(new Uint8Array(side * side * 3).fill(200), [label], side);
  const settings: StudentSettings = { ...BLIND, losses: 'pc-gan', renderedShare: 0 };
  const learner = await createStudentLearner(gpu, settings, { ...inputs, pictures: pictures(32) });
  const { figures } = await train(learner, 0, 1);
  expect(Object.values(figures[0]!).every(Number.isFinite)).toBe(true);
  learner.destroy();
  const wrongSide = createStudentLearner(gpu, settings, { ...inputs, pictures: pictures(16) });
  await expect(wrongSide).rejects.toThrow(TrainingSizeError);
  const blind = createStudentLearner(gpu, SETTINGS, { ...inputs, perceptual: undefined });
  await expect(blind).rejects.toThrow(TrainingDataError);
});
