/** Training with augmentation: nothing changes at probability 0, gradients go through it, and it has the same bits each time. */
import { expect, it } from 'vitest';
import { makeLabel } from '../../../src/camera/conventions';
import { intrinsicsFromFocal } from '../../../src/camera/intrinsics';
import { lookAtPose } from '../../../src/camera/look-at';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, writeTensor } from '../../../src/gpu/tensor';
import { stepDraws } from '../../../src/training/draws';
import type { AugmentationSet } from '../../../src/training/gan/augmentation';
import { AugmentationControl } from '../../../src/training/gan/augmentation-control';
import { zeros } from '../../../src/training/gan/initial-weights';
import { beginnings, openNetworks } from '../../../src/training/gan/networks';
import { GAN_PRESETS, type GanSettings } from '../../../src/training/gan/settings';
import { wireDreg, wireGmain } from '../../../src/training/gan-phases';
import { ParameterGroup } from '../../../src/training/parameter-group';
import { descend, gradientsOfLoss } from '../../../src/training/training-step';
import { randomValues } from '../conv-cases';
import { testGpu } from '../support';

const BATCH = 2;
const SIDE = 32;
const CHANNELS = 8;

/** The smallest preset with few channels and samples. */
function smallSettings(augmentation: AugmentationSet): GanSettings {
  const settings = GAN_PRESETS['32'].settings({
    seed: 1,
    whiteBackground: false,
    camera: { radius: 2.7, pivot: [0, 0, 0], focal: 4 },
    isMirrored: false,
  });
  const { generator, discriminator } = settings;
  return {
    ...settings,
    batch: BATCH,
    augmentation,
    generator: {
      ...generator,
      backbone: { ...generator.backbone, channelMax: CHANNELS },
      rendering: { ...generator.rendering, depthSamples: 4, importanceSamples: 4 },
      superResolution: {
        ...generator.superResolution,
        blocks: [
          { channels: CHANNELS, upsample: false },
          { channels: CHANNELS, upsample: true },
        ],
      },
    },
    discriminator: { ...discriminator, channelMax: CHANNELS },
  };
}

const VIEW = { neuralResolution: 8, blurSigma: 0 };
const LEARNING = { rate: 0, betas: [0, 0.99], epsilon: 1e-8 } as const;

/** Dreg from the same weights. @returns for each run loss, norm of the gradients and faults among them */
async function dreg(
  augmentation: AugmentationSet,
  draws: readonly { readonly step: number; readonly augmentProbability: number }[],
): Promise<Float32Array[]> {
  const gpu = await testGpu();
  const settings = smallSettings(augmentation);
  const networks = openNetworks(gpu, settings, beginnings(settings));
  const group = new ParameterGroup(gpu, 'D', networks.learned.D, LEARNING);
  const builder = new PlanBuilder(gpu, 'phase');
  const phase = wireDreg(builder, networks, { ...settings, ...VIEW });
  const told = [phase.loss, descend(builder, phase.tape, phase.loss, group, 1, phase.isFlat)];
  for (const tensor of told) builder.keep(tensor);
  const plan = await builder.build();
  plan.spoil();
  const labels = [1.4, 1.8].map((yaw) => makeLabel(lookAtPose({ yaw, pitch: 1.5 }), intrinsicsFromFocal(4)));
  const cameras = Float32Array.from(labels.flatMap((label) => [...label]));
  const z = randomValues(BATCH * settings.generator.mapping.zDim, 3);
  const realImages = randomValues(BATCH * SIDE * SIDE * 3, 4);
  const results: Float32Array[] = [];
  for (const { step, augmentProbability } of draws) {
    const batch = { z, cameras, swapProbability: 0.5, realImages, realCameras: cameras, augmentProbability };
    phase.write(batch, stepDraws(1, step));
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    results.push(Float32Array.from([...(await readTensor(gpu, told[0]!)), ...(await readTensor(gpu, told[1]!))]));
  }
  plan.destroy();
  group.destroy();
  networks.destroy();
  return results;
}

it('without transformations a discriminator learns what it learns without augmentation, to the bit', async () => {
  const nothing = [{ step: 1, augmentProbability: 0 }];
  expect(await dreg('colour', nothing)).toEqual(await dreg('none', nothing));
});

it('with all of them it learns, and the same bits again', async () => {
  const [first, again, others] = await dreg('all', [
    { step: 1, augmentProbability: 1 },
    { step: 1, augmentProbability: 1 },
    { step: 1, augmentProbability: 0.3 },
  ]);
  expect(first!.every(Number.isFinite)).toBe(true);
  expect(again).toEqual(first);
  expect(others![0]).not.toBe(first![0]);
});

it('gradients find their way through it to all that learns without it', async () => {
  const survey = new MemorySurvey(await testGpu());
  const learning = (augmentation: AugmentationSet) => {
    const settings = smallSettings(augmentation);
    const networks = openNetworks(survey, settings, { generator: zeros, discriminator: zeros });
    const group = new ParameterGroup(survey, 'G', networks.learned.G, LEARNING);
    const builder = new PlanBuilder(survey, 'phase');
    const phase = wireGmain(builder, networks, { ...settings, ...VIEW });
    const gradients = gradientsOfLoss(builder, phase.tape, phase.loss, group);
    return group.parameters.filter((_, at) => gradients[at]).map(({ name }) => name);
  };
  const without = learning('none');
  expect(without).toContain('backbone.synthesis.b4.const');
  expect(learning('all')).toEqual(without);
});

it('the control of the strength goes on from its tensor', async () => {
  const gpu = await testGpu();
  const targets = { target: 0.6, images: 100, interval: 2 };
  const [run, resumed] = [new AugmentationControl(gpu, targets), new AugmentationControl(gpu, targets)];
  for (const logits of [
    [1, 2],
    [3, 4],
    [5, 6],
  ])
    run.observe(logits);
  writeTensor(gpu, resumed.tensor, await readTensor(gpu, run.tensor));
  await resumed.restore();
  for (const control of [run, resumed]) control.observe([6, 7]);
  expect(resumed.probability).toBe(run.probability);
  expect(run.probability).toBe(Math.fround(Math.fround(0.04) + 0.04));
  expect(await readTensor(gpu, resumed.tensor)).toEqual(await readTensor(gpu, run.tensor));
  run.destroy();
  resumed.destroy();
});
