/** Training of a generator: the loop that page and command line run, with tiny networks. What it learns in earnest is in docs/training.md. */
import { beforeAll, describe, expect, it } from 'vitest';
import { makeLabel } from '../../../src/camera/conventions';
import { intrinsicsFromFocal } from '../../../src/camera/intrinsics';
import { lookAtPose } from '../../../src/camera/look-at';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import { type Checkpoint, parseSafetensors } from '../../../src/checkpoints/safetensors';
import type { Gpu } from '../../../src/gpu/device';
import type { Plan } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor } from '../../../src/gpu/tensor';
import { Generator } from '../../../src/models/generator';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { PerceptualNetwork } from '../../../src/models/perceptual';
import { picturesOfBytes } from '../../../src/training/data/training-pictures';
import { PictureMaker } from '../../../src/training/gan/picture-maker';
import { GAN_PRESETS, transferSettings } from '../../../src/training/gan/settings';
import {
  createGanLearner,
  type GanInputs,
  type GanLearner,
  type GanSettings,
  surveyGan,
} from '../../../src/training/loops/gan';
import { restoreTraining, writeTrainingCheckpoint } from '../../../src/training/training-checkpoint';
import { testGpu } from '../support';

const SIDE = 8;
const COUNT = 6;
const camera = { radius: 2.7, pivot: [0, 0, 0] as const, focal: 4.2647 };

/** The smallest of all: planes, pictures and discriminator of 8 x 8. Both blur and resolution change on the way. */
function tinySettings(): GanSettings {
  const settings = GAN_PRESETS[32].settings({ seed: 3, whiteBackground: true, camera, isMirrored: true });
  const { generator, discriminator } = settings;
  const latent = 8;
  return {
    ...settings,
    batch: 4,
    generator: {
      ...generator,
      mapping: { ...generator.mapping, zDim: latent, wDim: latent, numWs: 4 },
      backbone: { ...generator.backbone, wDim: latent, resolution: SIDE, channelBase: 64, channelMax: 8 },
      rendering: { ...generator.rendering, depthSamples: 4, importanceSamples: 4, neuralResolution: 5 },
      superResolution: {
        ...generator.superResolution,
        wDim: latent,
        inputResolution: 4,
        blocks: [
          { channels: 8, upsample: false },
          { channels: 4, upsample: true },
        ],
      },
      imageResolution: SIDE,
    },
    discriminator: {
      ...discriminator,
      resolution: SIDE,
      channelBase: 64,
      channelMax: 8,
      mapping: { ...discriminator.mapping!, wDim: 8, embedFeatures: 8, layerFeatures: 8, layers: 2 },
      labelNoise: 0.5,
    },
    schedule: {
      ...settings.schedule,
      firstResolution: 4,
      lastResolution: 5,
      resolutionImages: 16,
      blurSigma: 0.5,
      blurImages: 20,
    },
    augmentation: 'colour',
  };
}

const pictures = picturesOfBytes(
  Uint8Array.from({ length: COUNT * SIDE * SIDE * 3 }, (_, at) => (at * 37 + (at >> 4) * 11) % 256),
  Array.from({ length: COUNT }, (_, at) =>
    makeLabel(lookAtPose({ yaw: 1.2 + 0.1 * at, pitch: 1.5 }), intrinsicsFromFocal(4)),
  ),
  SIDE,
);

let gpu: Gpu;

beforeAll(async () => {
  gpu = await testGpu();
});

async function run(plan: Plan): Promise<void> {
  const recorder = new Recorder(gpu);
  recorder.run(plan);
  recorder.submit();
  await gpu.finished();
}

const position = (step: number) => ({ seed: 5, step, images: 4 * step });

/** Steps from one to another; the checkpoint behind them. */
async function train(learner: GanLearner, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  for (let step = from; step < to; step++) await learner.step(position(step), run);
  return writeTrainingCheckpoint(gpu, learner.state, position(to));
}

async function opened<T>(
  use: (learner: GanLearner) => Promise<T>,
  settings = tinySettings(),
  inputs: Partial<GanInputs> = {},
) {
  const learner = await createGanLearner(gpu, settings, { pictures, ...inputs });
  try {
    return await use(learner);
  } finally {
    learner.destroy();
  }
}

const firstDifference = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length ? a.findIndex((byte, at) => byte !== b[at]) : Math.min(a.length, b.length);

describe('six steps', () => {
  const UNTIL = 6;
  let whole: Uint8Array<ArrayBuffer>;
  let half: Uint8Array<ArrayBuffer>;
  let file: Checkpoint;
  let discriminator: Checkpoint;
  let shown: Float32Array;
  const bytesBefore = () => gpu.memory.bytesInUse;
  let leaked = 0;

  beforeAll(async () => {
    const before = bytesBefore();
    await opened(async (learner) => {
      half = await train(learner, 0, 3);
      whole = await train(learner, 3, UNTIL);
      file = parseSafetensors((await learner.result()).bytes);
      discriminator = parseSafetensors((await learner.discriminator()).bytes);
      shown = (await learner.render(orbitLabel({ ...camera, yaw: 0.2, pitch: 0.1 }), run)).rgb;
    });
    leaked = bytesBefore() - before;
  }, 120_000);

  it('end with the same bits twice, and when they are gone on with from the checkpoint of the third', async () => {
    await opened(async (learner) => {
      expect(firstDifference(await train(learner, 0, UNTIL), whole)).toBe(-1);
      const { step } = restoreTraining(gpu, parseSafetensors(half), learner.state);
      await learner.restored(position(step));
      expect(step).toBe(3);
      expect(firstDifference(await train(learner, step, UNTIL), whole)).toBe(-1);
    });
    expect(firstDifference(half, whole)).not.toBe(-1);
  });

  it('change both networks, and free all memory in the end', () => {
    const [before, after] = [parseSafetensors(half), parseSafetensors(whole)];
    for (const name of [
      'G.decoder.net.0.weight',
      'G_ema.decoder.net.0.weight',
      'G.backbone.mapping.w_avg',
      'D.b4.out.weight',
    ]) {
      expect(before.floats(name), name).not.toEqual(after.floats(name));
    }
    expect(leaked).toBe(0);
  });

  it('give a file that the viewer opens, and that makes the very picture that was shown', async () => {
    const generator = Generator.create(gpu, file);
    expect(generator.config).toEqual(tinySettings().generator);
    expect(JSON.parse(file.metadata.training!)).toEqual({ step: UNTIL, images: 4 * UNTIL });
    const maker = await PictureMaker.build(gpu, generator, 1);
    const z = Float32Array.from(new NumpyRandomState(34).randn(8));
    await maker.make({ z, cameras: orbitLabel({ ...camera, yaw: 0.2, pitch: 0.1 }) }, run);
    const [picture] = await maker.read();
    const largest = picture!.rgb.reduce((most, value, at) => Math.max(most, Math.abs(value - shown[at]!)), 0);
    expect(largest).toBeLessThan(1e-5);
    maker.destroy();
    generator.destroy();
  });

  it('can be gone on with by a transfer; layers that are frozen stay, and what does not fit is named', async () => {
    const { generator } = tinySettings();
    const settings = {
      ...transferSettings(tinySettings(), generator),
      discriminator: tinySettings().discriminator,
      frozenLayers: 3,
    };
    const start = { generator: file, discriminator };
    await opened(
      async (learner) => {
        const after = parseSafetensors(await train(learner, 0, 1));
        expect(after.floats('D.b8.conv0.weight')).toEqual(discriminator.floats('b8.conv0.weight'));
        expect(after.floats('D.b8.skip.weight')).not.toEqual(discriminator.floats('b8.skip.weight'));
        expect(after.floats('G.decoder.net.0.weight')).not.toEqual(file.floats('decoder.net.0.weight'));
      },
      settings,
      { start },
    );
    const wider = {
      ...settings,
      generator: { ...generator, backbone: { ...generator.backbone, channelMax: 16, channelBase: 128 } },
    };
    await expect(createGanLearner(gpu, wider, { pictures, start })).rejects.toThrow('backbone.synthesis.b4.const');
  });
});

it('micro-batches make a step of the same batch', async () => {
  const parts: GanSettings = { ...tinySettings(), batch: 4, microBatches: 2, augmentation: 'none' };
  await opened(async (learner) => {
    const figures = await learner.step(position(0), run);
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
    expect(figures.faults).toBe(0);
    const sums = learner.state.groups.map(({ clocks }) => clocks);
    expect((await readTensor(gpu, sums[0]!))[0]).toBeGreaterThan(0);
  }, parts);
});

it('a survey tells beforehand what a run takes', async () => {
  const { bytes } = surveyGan(gpu, tinySettings());
  const before = gpu.memory.bytesInUse;
  const perceptual = PerceptualNetwork.withoutFile(gpu);
  await opened(
    async (learner) => {
      await learner.step(position(0), run);
      expect(Math.abs(gpu.memory.bytesInUse - before - bytes)).toBeLessThan(0.02 * bytes);
    },
    tinySettings(),
    { perceptual },
  );
  perceptual.destroy();
});

it('pictures of another side are refused', async () => {
  const other = picturesOfBytes(new Uint8Array(4 * 4 * 3), [pictures.picture(0).label], 4);
  await expect(createGanLearner(gpu, tinySettings(), { pictures: other })).rejects.toMatchObject({
    code: 'training-size',
  });
});
