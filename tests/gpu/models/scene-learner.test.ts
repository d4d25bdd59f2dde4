/** A small scene is learnt: its loss falls, it goes on from a checkpoint with the same bits, and its file shows the same pictures. */
import { beforeAll, describe, expect, it } from 'vitest';
import { makeLabel } from '../../../src/camera/conventions';
import { orbitPose } from '../../../src/camera/orbit-pose';
import { parseSafetensors } from '../../../src/checkpoints/safetensors';
import { Recorder } from '../../../src/gpu/recorder';
import { NO_NORMALISATION } from '../../../src/training/data/scene-normalisation';
import type { RunPlan } from '../../../src/training/loops/learner';
import { createSceneLearner, type SceneSettings, surveyScene } from '../../../src/training/loops/scene';
import { carvedOccupancy } from '../../../src/training/scene/carving';
import { openScene, SceneFileError, sceneFacts } from '../../../src/training/scene/scene-file';
import type { ScenePicture, ScenePictures } from '../../../src/training/scene/scene-pictures';
import { raysOfPicture } from '../../../src/training/scene/scene-rays';
import { SceneRenderer } from '../../../src/training/scene/scene-renderer';
import { restoreTraining, writeTrainingCheckpoint } from '../../../src/training/training-checkpoint';
import { testGpu } from '../support';

const SIDE = 16;
const STEPS = 80;
const VIEWS = 8;
const RADIUS = 0.3;
const NETWORK = { layers: 1, width: 16 };

const SETTINGS: SceneSettings = {
  seed: 1,
  field: { kind: 'tri-planes', side: 12, channels: 4, network: NETWORK },
  ...{ steps: STEPS, rays: 96, samples: 1024, stepsAcross: 24 },
  occupancy: { side: 8, threshold: 0.5, until: 20, first: 3, share: 0.95, exploreEach: 8 },
  ...{ gridRate: 0.1, networkRate: 0.03, lastRate: 0.2 },
};

const run: RunPlan = async (plan) => {
  const recorder = new Recorder(plan.gpu);
  recorder.run(plan);
  recorder.submit();
};

/** A ball over white, its colour by its normal. */
function pictureOfBall(view: number): ScenePicture {
  const pose = {
    pivot: [0, 0, 0],
    radius: 2,
    yaw: (2 * Math.PI * view) / VIEWS,
    pitch: view % 2 === 0 ? 0.4 : -0.3,
  } as const;
  const camera = { camToWorld: orbitPose(pose), intrinsics: [2, 0, 0.5, 0, 2, 0.5, 0, 0, 1] };
  const { origins, directions } = raysOfPicture(camera, { width: SIDE, height: SIDE });
  const rgb = new Uint8Array(3 * SIDE * SIDE).fill(255);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const o = origins.subarray(4 * pixel, 4 * pixel + 3);
    const d = directions.subarray(4 * pixel, 4 * pixel + 3);
    const b = o.reduce((sum, value, axis) => sum + value * d[axis]!, 0);
    const root = b * b - o.reduce((sum, value) => sum + value * value, 0) + RADIUS ** 2;
    if (root < 0) continue;
    o.forEach((value, axis) => {
      rgb[3 * pixel + axis] = 127 * (1 + (value + (-b - Math.sqrt(root)) * d[axis]!) / RADIUS);
    });
  }
  return { name: `${view}`, rgb, camera };
}

function ball(): ScenePictures {
  const all = Array.from({ length: VIEWS }, (_, view) => pictureOfBall(view));
  return { width: SIDE, height: SIDE, train: all.slice(1), heldOut: all.slice(0, 1), normalisation: NO_NORMALISATION };
}

async function learner() {
  return createSceneLearner(await testGpu(), SETTINGS, ball());
}

const at = (step: number) => ({ seed: 5, step, images: step });

describe('a ball is learnt', () => {
  const losses: number[] = [];
  let checkpoint: Uint8Array;
  let file: Uint8Array<ArrayBuffer>;
  let picture: Float32Array;
  let figures: readonly number[];

  beforeAll(async () => {
    const scene = await learner();
    const before = await scene.measure(at(0), run);
    for (let step = 0; step < STEPS; step++) {
      if (step === STEPS / 2) checkpoint = await writeTrainingCheckpoint(scene.gpu, scene.state, at(step));
      losses.push((await scene.step(at(step), run)).loss!);
    }
    const after = await scene.measure(at(STEPS), run);
    figures = [before.psnr!, after.psnr!, before.ssim!, after.ssim!];
    file = (await scene.result()).bytes;
    const { camToWorld, intrinsics } = ball().heldOut[0]!.camera;
    picture = (await scene.render(makeLabel(camToWorld, intrinsics), run)).rgb;
    scene.destroy();
  });

  it('its loss falls, and held-out views become likelier', () => {
    const mean = (some: readonly number[]) => some.reduce((sum, value) => sum + value, 0) / some.length;
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) / 3);
    const [psnrBefore, psnrAfter, ssimBefore, ssimAfter] = figures;
    console.info(
      `PSNR ${psnrBefore!.toFixed(2)} to ${psnrAfter!.toFixed(2)}, SSIM ${ssimBefore!.toFixed(3)} to ${ssimAfter!.toFixed(3)}`,
    );
    expect(psnrAfter! - psnrBefore!).toBeGreaterThan(3);
    expect(ssimAfter!).toBeGreaterThan(ssimBefore!);
  });

  it('from a checkpoint it goes on with the same bits', async () => {
    const scene = await learner();
    const position = restoreTraining(scene.gpu, parseSafetensors(checkpoint), scene.state);
    await scene.restored(position);
    expect(position.step).toBe(STEPS / 2);
    for (let step = STEPS / 2; step < STEPS; step++) expect((await scene.step(at(step), run)).loss).toBe(losses[step]);
    expect((await scene.result()).bytes).toEqual(file);
    scene.destroy();
  });

  it('its file shows the same pictures, and has density where the ball is', async () => {
    const gpu = await testGpu();
    const read = parseSafetensors(file);
    const { settings, firstView, normalisation } = sceneFacts(read);
    expect([settings, normalisation]).toEqual([SETTINGS, NO_NORMALISATION]);
    expect(firstView.width).toBe(SIDE);
    const scene = openScene(gpu, settings, read);
    const renderer = await SceneRenderer.build(gpu, scene, settings);
    const { camera } = ball().heldOut[0]!;
    const { camToWorld, intrinsics } = camera;
    const asLabel = makeLabel(camToWorld, intrinsics); // what the learner was asked with is rounded
    const rgb = await renderer.picture(
      { camToWorld: Float64Array.from(asLabel.subarray(0, 16)), intrinsics: asLabel.subarray(16) },
      { width: SIDE, height: SIDE },
      run,
    );
    expect(rgb.map((value) => 2 * value - 1)).toEqual(picture);
    const layers: Float32Array[] = [];
    await renderer.densities(6, run, (_, values) => layers.push(values));
    expect(layers.map(({ length }) => length)).toEqual(Array(6).fill(36));
    const densest = (all: readonly number[]) => Math.max(...all);
    expect(layers[0]![0]).toBeLessThan(1); // a corner, which pictures see as white
    expect(densest(layers.flatMap((layer) => [...layer]))).toBeGreaterThan(5);
    renderer.destroy();
    scene.destroy();
  });

  it('a file of another kind is refused', () => {
    expect(() => sceneFacts(parseSafetensors(checkpoint))).toThrow(SceneFileError);
  });
});

it('cells that a picture sees as white are carved away, those of the ball are not', () => {
  const side = 8;
  const cells = carvedOccupancy(ball(), side, 1);
  for (const [cell, value] of cells.entries()) {
    const centre = [cell % side, Math.floor(cell / side) % side, Math.floor(cell / side ** 2)].map(
      (x) => (x + 0.5) / side - 0.5,
    );
    if (Math.hypot(...centre) < RADIUS) expect(value).toBe(1);
  }
  expect(cells.filter((value) => value === 0).length).toBeGreaterThan(cells.length / 8);
});

it('memory is told beforehand', async () => {
  const gpu = await testGpu();
  const { bytes, largest } = surveyScene(gpu, SETTINGS);
  const before = gpu.memory.bytesInUse;
  const scene = await learner();
  const taken = gpu.memory.bytesInUse - before;
  scene.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
  expect(taken / bytes).toBeGreaterThan(0.9);
  expect(taken / bytes).toBeLessThan(1.1);
  expect(largest.bytes).toBeLessThan(bytes);
});
