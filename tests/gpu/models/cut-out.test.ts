/** The picture without its background, of models that tell it with every frame and of those that have it for files alone. */
import { expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { readCheckpoint } from '../../../src/checkpoints/read-checkpoint';
import { Recorder } from '../../../src/gpu/recorder';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { Student } from '../../../src/models/student';
import { ConvolutionalRenderer } from '../../../src/render/convolutional-renderer';
import { FaceLatents } from '../../../src/render/face-latents';
import type { FrameRenderer } from '../../../src/render/frame-renderer';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { fixture, fixtureBytes, testGpu } from '../support';

/** The largest difference between a picture and its cut-out over its background, where that is not empty. */
function backOver(background: 0 | 1, image: Float32Array, cutOut: Float32Array): number {
  let largest = 0;
  for (let pixel = 0; pixel < cutOut.length / 4; pixel++) {
    const alpha = cutOut[pixel * 4 + 3]!;
    for (let channel = 0; alpha > 0 && channel < 3; channel++) {
      const value = Math.min(1, Math.max(0, image[pixel * 3 + channel]! / 2 + 0.5));
      largest = Math.max(largest, Math.abs(cutOut[pixel * 4 + channel]! + (1 - alpha) * background - value));
    }
  }
  return largest;
}

async function drawn(renderer: FrameRenderer, generator: Generator) {
  renderer.setCamera(orbitLabel({ ...generator.config.camera, yaw: 0.2, pitch: 0 }));
  const recorder = new Recorder(generator.host);
  renderer.encode(recorder);
  recorder.submit();
  const source = renderer.pictureOf('image');
  if (source.kind !== 'rgb') throw new Error('a picture has colours');
  return { source, image: await renderer.readImage(), cutOut: await renderer.readCutOut() };
}

async function facesOf(generator: Generator): Promise<FaceLatents> {
  const latents = await FaceLatents.create(generator);
  await latents.setFace({ z: seededLatent(3, generator.config.mapping.zDim), psi: 1 });
  return latents;
}

it('a model that renders onto black keeps its background on screen, and is cut out for files', async () => {
  const gpu = await testGpu();
  const file = new Uint8Array(await fixtureBytes('generator_small_nosrc.pkl'));
  const generator = Generator.create(gpu, await readCheckpoint(file));
  const latents = await facesOf(generator);
  const renderer = await VolumetricRenderer.create(latents);
  const { bytesInUse } = gpu.memory;
  const { source, image, cutOut } = await drawn(renderer, generator);
  expect(generator.config.rendering.whiteBackground).toBe(false);
  expect(source.cutOut).toBeUndefined();
  expect(backOver(0, image, cutOut!)).toBeLessThan(1e-5);
  expect(gpu.memory.bytesInUse).toBe(bytesInUse);
  for (const part of [renderer, latents, generator]) part.destroy();
});

it('a student tells it where it was taught alpha', async () => {
  const gpu = await testGpu();
  const generator = Generator.create(gpu, await fixture('small/small-eg3d'));
  const latents = await facesOf(generator);
  const student = Student.create(gpu, await fixture('small/small-student'));
  expect(student.config.alphaFeature).toBeDefined();
  const renderer = await ConvolutionalRenderer.create(latents, student);
  const { source, image, cutOut } = await drawn(renderer, generator);
  expect(source.cutOut).toBeDefined();
  expect(backOver(1, image, cutOut!)).toBeLessThan(1e-5);
  const untaught = { ...student, config: { ...student.config, alphaFeature: undefined } } as Student;
  const opaque = await ConvolutionalRenderer.create(latents, Object.setPrototypeOf(untaught, Student.prototype));
  const drawnOpaque = await drawn(opaque, generator);
  expect(drawnOpaque.source.cutOut).toBeUndefined();
  expect(drawnOpaque.cutOut).toBeUndefined();
  for (const part of [renderer, opaque, student, latents, generator]) part.destroy();
});
