/** Ray generation and ray limits against the reference vectors, and the batch rule for rays that miss. */
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/safetensors';
import { rayBoxLimits, replaceMissedRays } from '../../../src/pipelines/volume/ray-limits';
import { generateRays } from '../../../src/pipelines/volume/rays';
import { expectClose, fixture, runOnce } from '../support';

const TOLERANCE = 1e-4;
/** Cases of the file that other tests cover: poses and intrinsics are pure maths, in tests/unit. */
const POSE_CASES = ['pose', 'fov', 'pose_gauss', 'pose_uniform', 'video_pose'];
const RAY_CASES = ['rays_plain', 'rays_offcentre', 'limits_1', 'limits_1.6', 'limits_special'];

const file = await fixture('rays');

/** Labels [N, 25] of the poses with a case's intrinsics. */
function labels(name: string): number[] {
  const matrices = file.floats('pose.out.cam2world');
  const intrinsics = file.floats(`${name}.in.intrinsics`);
  const count = intrinsics.length / 9;
  return Array.from({ length: count }, (_, i) => [
    ...matrices.subarray(i * 16, i * 16 + 16),
    ...intrinsics.subarray(i * 9, i * 9 + 9),
  ]).flat();
}

/** Each camera's origin repeated for its rays: the file stores it once. */
function repeatedOrigins(name: string, raysPerCamera: number): Float32Array {
  const origins = file.floats(`${name}.out.origins`);
  return Float32Array.from({ length: (origins.length / 3) * raysPerCamera * 3 }, (_, i) => {
    return origins[Math.floor(i / 3 / raysPerCamera) * 3 + (i % 3)]!;
  });
}

/** [..., start, end] pairs of a case. */
function expectedLimits(source: Checkpoint, name: string): Float32Array {
  const start = source.floats(`${name}.out.start`);
  const end = source.floats(`${name}.out.end`);
  return Float32Array.from({ length: start.length * 2 }, (_, i) => (i % 2 === 0 ? start : end)[i >> 1]!);
}

test('every case of the fixture has a test', () => {
  const cases = new Set(file.names().map((name) => name.replace(/\.(in|out|rnd\d+)\..*$/, '')));
  expect([...cases].sort()).toEqual([...POSE_CASES, ...RAY_CASES].sort());
});

describe('rays', () => {
  for (const name of ['rays_plain', 'rays_offcentre']) {
    test(name, async () => {
      const { resolution } = JSON.parse(file.metadata[name]!) as { resolution: number };
      const cameras = labels(name);
      const { origins, directions } = await runOnce((plan) => {
        return { ...generateRays(plan, plan.constant('cameras', [cameras.length / 25, 25], cameras), resolution) };
      });
      expectClose(`${name} origins`, origins, repeatedOrigins(name, resolution * resolution), TOLERANCE);
      expectClose(`${name} directions`, directions, file.floats(`${name}.out.dirs`), TOLERANCE);
    });
  }
});

describe('ray limits', () => {
  for (const name of ['limits_1', 'limits_1.6']) {
    test(name, async () => {
      const metadata = JSON.parse(file.metadata[name]!) as { box_side_length: number; misses: number };
      const { shape } = file.info('rays_plain.out.dirs');
      const { limits } = await runOnce((plan) => {
        const origins = plan.constant('origins', shape, repeatedOrigins('rays_plain', shape[1]!));
        const directions = plan.constant('directions', shape, file.floats('rays_plain.out.dirs'));
        return { limits: rayBoxLimits(plan, { origins, directions }, metadata.box_side_length) };
      });
      expectClose(name, limits, expectedLimits(file, name), TOLERANCE);
      expect(limits.filter((value, i) => i % 2 === 1 && value === -2).length).toBe(metadata.misses);
    });
  }

  test('limits_special: rays along axes, behind, inside, and exactly in a face', async () => {
    const shape = [1, 7, 3];
    const { limits } = await runOnce((plan) => {
      const origins = plan.constant('origins', shape, file.floats('limits_special.in.origins'));
      const directions = plan.constant('directions', shape, file.floats('limits_special.in.dirs'));
      return { limits: rayBoxLimits(plan, { origins, directions }, 1) };
    });
    const expected = expectedLimits(file, 'limits_special');
    // The last ray runs along an edge of the box. The reference divides 0 by 0 and gets NaN as its end, about which WGSL promises nothing;
    // here faces belong to the box, so it ends where its neighbours inside do.
    expect(expected[13]).toBeNaN();
    expected[13] = 2.5;
    expectClose('limits_special', limits, expected, TOLERANCE);
  });

  test('rays that miss take the smallest start and the largest start of all rays of the batch', async () => {
    const { replaced } = await runOnce((plan) => {
      const limits = plan.constant('limits', [2, 2, 2], [1.5, 2.5, -1, -2, -0.25, 0.5, 2, 3]);
      return { replaced: replaceMissedRays(plan, limits) };
    });
    expect([...replaced]).toEqual([1.5, 2.5, -0.25, 2, -0.25, 0.5, 2, 3]);
  });

  test('limits stay where no ray of the batch hits', async () => {
    const { replaced } = await runOnce((plan) => {
      return { replaced: replaceMissedRays(plan, plan.constant('limits', [1, 2, 2], [-1, -2, -1, -2])) };
    });
    expect([...replaced]).toEqual([-1, -2, -1, -2]);
  });
});
