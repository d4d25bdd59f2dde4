/** The table of the three fields. */
import { describe, expect, test } from 'vitest';
import type { Json, RunSummary } from '../../../../src/training/loops/run-store';
import { compareFields } from '../../../../src/training/loops/scene-comparison';
import { SCENE_PRESETS, type ScenePresetName } from '../../../../src/training/scene/scene-settings';

interface Played {
  readonly seconds?: number;
  readonly megabytes?: number;
  readonly psnr?: number;
  readonly fingerprint?: string;
}

function run(
  preset: ScenePresetName,
  { seconds = 1, megabytes = 60, psnr = 20, fingerprint = 'a' }: Played,
): RunSummary {
  const settings = SCENE_PRESETS[preset].settings({ seed: 0 }) as unknown as Json;
  const position = { seed: 0, step: 100, images: 100 };
  return {
    description: {
      ...{ id: preset, kind: 'scene', preset, settings, seed: 0, goal: 100, created: '2026-12-01T00:00:00Z' },
      data: { name: 'scene.zip', fingerprint },
    },
    progress: {
      ...{ position, goal: 100, curves: {}, rateFactor: 1, notices: [], seconds: 100, saved: '2026-12-01T00:00:00Z' },
      ...{ figures: { psnr, ssim: 0.9 }, secondsPerStep: seconds, memoryBytes: megabytes * 1e6 },
    },
  };
}

describe('fields side by side', () => {
  test('speed and memory are times Mip-NeRF, in the order of the paper', () => {
    const rows = compareFields([
      run('tri-planes', { seconds: 0.5, megabytes: 67, psnr: 28 }),
      run('mip-nerf', { seconds: 2, megabytes: 200 }),
    ]);
    expect(rows.map(({ field }) => field)).toEqual(['mip-nerf', 'tri-planes']);
    expect(rows[0]).toMatchObject({ network: '8 × 256', speed: 1, memory: 1 });
    expect(rows[1]).toMatchObject({ network: '4 × 128', speed: 4, memory: 0.335, psnr: 28, ssim: 0.9 });
  });

  test('without Mip-NeRF there is nothing to be relative to', () => {
    const rows = compareFields([run('voxels', {}), run('tri-planes', {})]);
    expect(rows.map(({ speed, memory }) => [speed, memory])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test('the newest of each counts, and none of other pictures or sizes', () => {
    const rows = compareFields([
      run('voxels', { psnr: 25 }),
      run('tri-planes', { psnr: 19, fingerprint: 'b' }),
      run('mip-nerf-large', {}),
      run('tri-planes', { psnr: 27 }),
      run('voxels', { psnr: 24 }),
    ]);
    expect(rows.map(({ field, psnr }) => [field, psnr])).toEqual([
      ['voxels', 25],
      ['tri-planes', 27],
    ]);
  });

  test('one field is no comparison, nor is a run without a checkpoint', () => {
    expect(compareFields([])).toEqual([]);
    expect(compareFields([run('voxels', {}), { ...run('tri-planes', {}), progress: undefined }])).toEqual([]);
  });
});
