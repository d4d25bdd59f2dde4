/** A turntable from the model to the file: planned, rendered, encoded, and decoded again. */
import { ALL_FORMATS, BlobSource, Input, VideoSampleSink } from 'mediabunny';
import { expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { Recorder } from '../../../src/gpu/recorder';
import { Generator } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { FaceLatents } from '../../../src/render/face-latents';
import { encodePicture } from '../../../src/render/pictures/compare-views';
import { rgbaPicture } from '../../../src/render/pictures/picture-rgba';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { encodeVideo } from '../../../src/studio/export/video-file';
import { planVideo } from '../../../src/studio/export/video-plan';
import { fixture, testGpu } from '../support';

const SIDE = 128;
/** Few frames a second and few samples: the tests' adapter is a processor. */
const FPS = 8;
const SECONDS = 5;
const SETTINGS = { neuralResolution: 16, depthSamples: 4, importanceSamples: 0, quality: 'exact' } as const;

it('exports five seconds of a turning head', async () => {
  const gpu = await testGpu();
  const generator = Generator.create(gpu, await fixture('small/small-eg3d'));
  const latents = await FaceLatents.create(generator);
  const renderer = await VolumetricRenderer.create(latents, SETTINGS);
  await latents.setFace({ z: seededLatent(0, generator.config.mapping.zDim), psi: 1 });
  const from = { ...generator.config.camera, yaw: 0, pitch: 0 };
  const motion = { kind: 'turn', turns: 1 } as const;
  const { frames } = planVideo({ kind: 'turntable', seconds: SECONDS, fps: FPS, from, motion });
  const rendered: Uint8ClampedArray[] = [];
  const file = await encodeVideo({
    format: 'webm',
    side: SIDE,
    fps: FPS,
    frameCount: frames.length,
    frame: async (index) => {
      encodePicture(renderer, orbitLabel(frames[index]!.pose), new Recorder(gpu)).submit();
      const picture = rgbaPicture(await renderer.readImage(), SIDE);
      rendered.push(picture.data);
      return picture;
    },
  });
  renderer.destroy();
  latents.destroy();
  generator.destroy();

  using input = new Input({ source: new BlobSource(file.blob), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  expect([await track.getDisplayWidth(), await track.getDisplayHeight()]).toEqual([SIDE, SIDE]);
  expect(await input.computeDuration()).toBeCloseTo(SECONDS, 2);
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d')!;
  let decoded = 0;
  let worst = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    sample.draw(context, 0, 0);
    sample.close();
    worst = Math.max(worst, meanDifference(context.getImageData(0, 0, SIDE, SIDE).data, rendered[decoded++]!));
  }
  console.log(
    `turntable: ${decoded} frames in ${file.blob.size} bytes, worst mean difference ${worst.toFixed(2)} of 255`,
  );
  expect(decoded).toBe(SECONDS * FPS);
  expect(worst).toBeLessThan(6);
});

function meanDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
}
