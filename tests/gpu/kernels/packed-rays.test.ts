/** Samples of rays in rows: where they are, what becomes of them, and the grid that tells where to look. */
import { describe, expect, it } from 'vitest';
import { slice } from '../../../src/pipelines/dense/window';
import { followOccupancy } from '../../../src/pipelines/volume/occupancy';
import {
  type PackingOptions,
  packedQuadrature,
  packSamples,
  rayLoss,
  SampleCapacityError,
} from '../../../src/pipelines/volume/packed-rays';
import { sumTriPlanes } from '../../../src/pipelines/volume/tri-planes';
import { randomValues } from '../conv-cases';
import { expectGradients, type WiredOperation } from '../gradient-check';
import { expectClose, runOnce } from '../support';

const SIDE = 4;
const RAYS = 6;
const STEP = 1 / 16;
const OPTIONS: PackingOptions = { boxSide: 1, step: STEP, threshold: 0.5, capacity: 64 };

const random = (count: number, seed: number) => randomValues(count, seed);
const origins = random(4 * RAYS, 1).map((value, at) => [0.4 * value, 0.4 * value, -0.8, value / 2 + 0.5][at % 4]!);
const directions = random(4 * RAYS, 2).map((_, at, all) => {
  const [x, y] = [all[at - (at % 4)]! / 3, all[at - (at % 4) + 1]! / 3];
  return at % 4 === 3 ? 0.01 : [x, y, 1][at % 4]! / Math.hypot(x, y, 1);
});
const occupancy = random(SIDE ** 3, 3).map((value) => value / 2 + 0.5);

/** The samples of each ray, as the kernels are to find them: (x, y, z, depth). */
function expectedSamples(): number[][][] {
  return Array.from({ length: RAYS }, (_, ray) => {
    const [ox, oy, oz, jitter] = origins.subarray(4 * ray);
    const [dx, dy, dz] = directions.subarray(4 * ray);
    const limits = [
      [ox!, dx!],
      [oy!, dy!],
      [oz!, dz!],
    ].map(([o, d]) => [(-0.5 - o!) / d!, (0.5 - o!) / d!].sort((a, b) => a - b));
    const start = Math.max(0, ...limits.map(([near]) => near!));
    const end = Math.min(...limits.map(([, far]) => far!));
    const samples: number[][] = [];
    for (let k = 0; start + (k + jitter!) * STEP < end; k++) {
      const depth = start + (k + jitter!) * STEP;
      const point = [ox! + depth * dx!, oy! + depth * dy!, oz! + depth * dz!];
      const [x, y, z] = point.map((value) => Math.min(SIDE - 1, Math.max(0, Math.floor((value + 0.5) * SIDE))));
      if (occupancy[(z! * SIDE + y!) * SIDE + x!]! > 0.5) samples.push([...point, depth]);
    }
    return samples;
  });
}

function run(options: PackingOptions) {
  return runOnce((plan) => {
    const rays = {
      origins: plan.constant('origins', [RAYS, 4], origins),
      directions: plan.constant('directions', [RAYS, 4], directions),
    };
    const { points, casts, total, used } = packSamples(
      plan,
      rays,
      plan.constant('occupancy', [SIDE ** 3], occupancy),
      options,
    );
    return { points, casts, total, used };
  });
}

describe('packSamples', () => {
  const expected = expectedSamples();
  const all = expected.flat();

  it('finds the samples of all rays in occupied cells, in order, and leaves zeros behind them', async () => {
    expect(new Set(expected.map(({ length }) => length)).size).toBeGreaterThan(2);
    const { points, casts, total, used } = await run(OPTIONS);
    expect([total[0], used[0]]).toEqual([all.length, RAYS]);
    expectClose(
      'points',
      points.subarray(0, 3 * all.length),
      Float32Array.from(all.flatMap(([x, y, z]) => [x!, y!, z!])),
      1e-5,
    );
    expectClose(
      'casts',
      casts.subarray(0, 3 * all.length),
      Float32Array.from(all.flatMap(([, , , depth]) => [depth!, STEP, 0.01])),
      1e-5,
    );
    expect(points.subarray(3 * all.length).every((value) => value === 0)).toBe(true);
  });

  it('takes whole rays alone where there is no room for all', async () => {
    const capacity = 31;
    let rays = 0;
    let rows = 0;
    while (rows + expected[rays]!.length <= capacity) rows += expected[rays++]!.length;
    expect(rays).toBeLessThan(RAYS);
    const { total, used, points } = await run({ ...OPTIONS, capacity });
    expect([total[0], used[0]]).toEqual([rows, rays]);
    expect(points.subarray(3 * rows).every((value) => value === 0)).toBe(true);
  });

  it('needs room for the longest ray', async () => {
    await expect(run({ ...OPTIONS, capacity: 20 })).rejects.toThrow(SampleCapacityError);
  });
});

describe('quadrature and loss', () => {
  const capacity = 31; // the last rays find no room
  const wire: WiredOperation = (plan, { raw }) => {
    const rays = {
      origins: plan.constant('origins', [RAYS, 4], origins),
      directions: plan.constant('directions', [RAYS, 4], directions),
    };
    const cells = plan.constant('occupancy', [SIDE ** 3], occupancy);
    const samples = packSamples(plan, rays, cells, { ...OPTIONS, capacity });
    return packedQuadrature(plan, raw!, samples);
  };

  it('gradients of colours and weights', () => expectGradients('packed quadrature', { raw: [capacity, 4] }, wire));

  it('gradients of the loss', async () => {
    await expectGradients('ray loss', { rendered: [RAYS, 4] }, (plan, { rendered }) =>
      rayLoss(
        plan,
        rendered!,
        plan.constant('wanted', [RAYS, 3], random(3 * RAYS, 5)),
        plan.constant('used', [1], [4]),
      ),
    );
  });

  it('shows white where nothing is, and a wall where something is', async () => {
    const rows = expectedSamples().map(({ length }) => length);
    const full = rows.findIndex((count) => count > 3);
    const { clear, dense } = await runOnce((plan) => {
      const rays = {
        origins: plan.constant('origins', [RAYS, 4], origins),
        directions: plan.constant('directions', [RAYS, 4], directions),
      };
      const samples = packSamples(plan, rays, plan.constant('occupancy', [SIDE ** 3], occupancy), OPTIONS);
      const shown = (density: number) => {
        const raw = Float32Array.from({ length: 4 * OPTIONS.capacity }, (_, at) => [0, 20, -20, density][at % 4]!);
        return slice(
          plan,
          packedQuadrature(plan, plan.constant('raw', [OPTIONS.capacity, 4], raw), samples),
          0,
          full,
          1,
        );
      };
      return { clear: shown(-30), dense: shown(30) };
    });
    expectClose('clear', clear, Float32Array.of(1, 1, 1, 0), 1e-6);
    expectClose('dense', dense, Float32Array.of(0.5, 1, 0, 1), 1e-6);
  });
});

it('the grid fades, but not to 0, and keeps the largest density of the samples in use', async () => {
  const cellsBefore = new Float32Array(SIDE ** 3).fill(2).fill(0, 1, 3).fill(1e-6, 3, 5);
  const { grid } = await runOnce((plan) => {
    const grid = plan.copy(plan.constant('before', [SIDE ** 3], cellsBefore), plan.tensor('grid', [SIDE ** 3]));
    const points = plan.constant('points', [4, 3], [-0.4, -0.4, -0.4, -0.4, -0.4, -0.4, 0.4, 0.4, 0.4, 0.1, 0.1, 0.1]);
    const raw = plan.constant('raw', [4, 4], [0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, -5, 0, 0, 0, 9]);
    followOccupancy(plan, grid, raw, { points, total: plan.constant('total', [1], [3]) }, { boxSide: 1, share: 0.5 });
    return { grid };
  });
  const expected = new Float32Array(SIDE ** 3).fill(1).fill(0, 1, 3).fill(1e-6, 3, 5);
  expected[0] = Math.exp(2); // of two samples the larger; the last cell keeps what is left, and the row beyond the total is not there
  expectClose('grid', grid, expected, 1e-5);
  expect(grid.slice(0, 5).map((value) => Math.sign(value))).toEqual(Float32Array.of(1, 0, 0, 1, 1));
});

it('sums of tri-planes have gradients to the planes', async () => {
  const options = {
    planeAxes: [
      [0, 1],
      [0, 2],
      [2, 1],
    ] as const,
    planeChannels: 8,
    boxWarp: 1,
  };
  await expectGradients('sum of tri-planes', { planes: [1, 7, 7, 24] }, (plan, { planes }) => {
    const points = plan.constant(
      'points',
      [1, 20, 3],
      random(60, 6).map((value) => value / 2),
    );
    return sumTriPlanes(plan, planes!, points, plan.constant('total', [1], [20]), options);
  });
});
