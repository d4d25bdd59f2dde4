/**
 * The bundled model with the convolutions that it gets on a graphics card, where no test of this project may ever have run, and with 16-bit
 * storage: here on whatever device there is, against the pictures of its training code (portrait-expected).
 */
import { expect, it } from 'vitest';
import { Gpu } from '../../src/gpu/device';
import { Recorder } from '../../src/gpu/recorder';
import { Generator } from '../../src/models/generator';
import { seededLatent } from '../../src/models/latent';
import { layerOfKey } from '../../src/pipelines/conv-choice-key';
import { hardwareDefault } from '../../src/pipelines/conv3x3-hardware-default';
import { variantsFor } from '../../src/pipelines/conv3x3-variants';
import { generatorConvLayers } from '../../src/render/conv-layers';
import { FaceLatents } from '../../src/render/face-latents';
import { psnr } from '../../src/render/picture-difference';
import { settingsOf } from '../../src/render/render-settings';
import { VolumetricRenderer } from '../../src/render/volumetric-renderer';
import { bundledModel, fixture, toChannelsFirst } from './support';

const SEED = 0;
const LOWEST_PSNR = 45;

it('the portrait is the same picture with the convolutions of a graphics card', async () => {
  const gpu = await Gpu.request();
  const checkpoint = await bundledModel('portrait-eg3d');
  const generator = Generator.create(gpu, checkpoint);
  const choices = new Map<string, string>();
  for (const key of generatorConvLayers(checkpoint, settingsOf(generator.config.rendering), gpu)) {
    const layer = layerOfKey(key)!;
    const supported = variantsFor(layer, gpu).map(({ name }) => name);
    choices.set(key, hardwareDefault(layer).find((name) => supported.includes(name))!);
  }
  console.info(JSON.stringify(Object.fromEntries(choices)));
  gpu.convChoices = choices;
  expect(await psnrOf(generator)).toBeGreaterThan(LOWEST_PSNR);
  gpu.destroy();
});

it('the portrait is the same picture where convolutions store halves', async () => {
  const gpu = await Gpu.request({ convolutionFormat: 'f16' });
  const generator = Generator.create(gpu, await bundledModel('portrait-eg3d'));
  expect(await psnrOf(generator)).toBeGreaterThan(LOWEST_PSNR);
  gpu.destroy();
});

/** Of the final picture against the expected one. */
async function psnrOf(generator: Generator): Promise<number> {
  const expected = await fixture('portrait-expected');
  const latents = await FaceLatents.create(generator);
  const renderer = await VolumetricRenderer.create(latents);
  await latents.setFace({ z: seededLatent(SEED, 64), psi: 1 });
  renderer.setCamera(expected.floats('c').slice(SEED * 25, SEED * 25 + 25));
  const recorder = new Recorder(generator.host);
  renderer.encode(recorder);
  recorder.submit();
  const { image } = await renderer.read();
  const wanted = expected.floats('image').subarray(SEED * image.length, (SEED + 1) * image.length);
  const decibels = psnr(toChannelsFirst(image, [1, 256, 256, 3]), wanted);
  console.info(`image ${decibels.toFixed(1)} dB`);
  return decibels;
}
