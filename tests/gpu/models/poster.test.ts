/** The poster that the page shows until it has drawn the first face is a picture of that face by the bundled model, so it cannot grow stale unseen. */
import { decode } from 'fast-png';
import { expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { Recorder } from '../../../src/gpu/recorder';
import { DEFAULT_PSI } from '../../../src/models/faces/recipe';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { FaceLatents } from '../../../src/render/face-latents';
import { psnr } from '../../../src/render/pictures/picture-difference';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { readModelEntry } from '../../../src/studio/model/model-index';
import { posterOf } from '../../../src/studio/model/poster';
import { bundledModel, testGpu } from '../support';

/** The poster has 8 bits a channel: 59 dB at best, and adapters round sums in their own order. */
const LOWEST_PSNR = 45;
const DEGREE = Math.PI / 180;

it('is what the model draws of its first view; README.md has the command that makes it anew', async () => {
  const page = new URL('/', location.href);
  const folder = new URL('weights/', page);
  const index = await (await fetch(new URL('index.json', folder))).json();
  const address = posterOf(index, page);
  const { data, width, height, channels } = decode(await (await fetch(address!)).arrayBuffer());
  // It has no background, so that it stands on the page; on white it is the picture that the model was trained to draw.
  expect(channels).toBe(4);
  const poster = Float32Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3) * channels;
    const opacity = data[pixel + 3]! / 255;
    return (opacity * data[pixel + (at % 3)]!) / 127.5 + 2 * (1 - opacity) - 1;
  });

  const { first } = await readModelEntry(folder);
  const generator = Generator.create(await testGpu(), await bundledModel('portrait-eg3d'));
  const latents = await FaceLatents.create(generator);
  const renderer = await VolumetricRenderer.create(latents);
  await latents.setFace({ z: seededLatent(first!.seed, generator.config.mapping.zDim), psi: DEFAULT_PSI });
  renderer.setCamera(
    orbitLabel({ ...generator.config.camera, yaw: first!.yaw * DEGREE, pitch: first!.pitch * DEGREE }),
  );
  const recorder = new Recorder(await testGpu());
  renderer.encode(recorder);
  recorder.submit();
  const image = await renderer.readImage();
  renderer.destroy();
  latents.destroy();
  generator.destroy();
  expect(image.length).toBe(poster.length);
  const clamped = image.map((value) => Math.min(1, Math.max(-1, value)));
  const decibels = psnr(clamped, poster);
  console.info(`poster: ${decibels.toFixed(1)} dB`);
  expect(decibels).toBeGreaterThan(LOWEST_PSNR);
});
