/**
 * A model with the convolutions that it gets on a graphics card, where no test of this project may ever have run, and with 16-bit storage:
 * here on whatever device there is, against its picture by the convolutions of this device.
 */
import { beforeAll, expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { Gpu } from '../../../src/gpu/device';
import { Recorder } from '../../../src/gpu/recorder';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { hardwareDefault, layerOfKey } from '../../../src/pipelines/convolution/conv-tuning';
import { variantsFor } from '../../../src/pipelines/convolution/conv3x3-variants';
import { FaceLatents } from '../../../src/render/face-latents';
import { psnr } from '../../../src/render/pictures/picture-difference';
import { settingsOf } from '../../../src/render/quality';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { generatorConvLayers } from '../../../src/render/wiring';
import { fixture } from '../support';

const LOWEST_PSNR = 45;

let checkpoint: Checkpoint;
/** The picture that this device makes by default. */
let usual: Float32Array;

beforeAll(async () => {
  checkpoint = await fixture('small/small-eg3d');
  const gpu = await Gpu.request();
  usual = await pictureOf(Generator.create(gpu, checkpoint));
  gpu.destroy();
});

it('a face is the same picture with the convolutions of a graphics card', async () => {
  const gpu = await Gpu.request();
  const generator = Generator.create(gpu, checkpoint);
  const choices = new Map<string, string>();
  for (const key of generatorConvLayers(checkpoint, settingsOf(generator.config.rendering), gpu)) {
    const layer = layerOfKey(key)!;
    const supported = variantsFor(layer, gpu).map(({ name }) => name);
    choices.set(key, hardwareDefault(layer).find((name) => supported.includes(name))!);
  }
  console.info(JSON.stringify(Object.fromEntries(choices)));
  gpu.convChoices = choices;
  expectSame(await pictureOf(generator));
  gpu.destroy();
});

it('a face is the same picture where convolutions store halves', async () => {
  const gpu = await Gpu.request({ convolutionFormat: 'f16' });
  expectSame(await pictureOf(Generator.create(gpu, checkpoint)));
  gpu.destroy();
});

async function pictureOf(generator: Generator): Promise<Float32Array> {
  const latents = await FaceLatents.create(generator);
  const renderer = await VolumetricRenderer.create(latents);
  await latents.setFace({ z: seededLatent(0, generator.config.mapping.zDim), psi: 1 });
  renderer.setCamera(orbitLabel({ ...generator.config.camera, yaw: 0.3, pitch: 0 }));
  const recorder = new Recorder(generator.host);
  renderer.encode(recorder);
  recorder.submit();
  return (await renderer.read()).image;
}

function expectSame(image: Float32Array): void {
  const decibels = psnr(image, usual);
  console.info(`image ${decibels.toFixed(1)} dB`);
  expect(decibels).toBeGreaterThan(LOWEST_PSNR);
}
