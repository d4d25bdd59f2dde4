/** The gradient of a dense grid for many points, which are sorted by the cells that they fall into. */
import { expect, it } from 'vitest';
import { elementCount } from '../../../src/gpu/tensor';
import { startTape } from '../../../src/pipelines/gradients';
import { sampleGrid3d } from '../../../src/pipelines/volume/grid-3d';
import { randomValues } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { expectClose, runOnce } from '../support';

it.each(['a grid of each sample', 'a grid that samples share'])('%s: as difference quotients', async (label) => {
  const [depth, height, width, channels, count] = randomShape(label, [
    [7, 9],
    [7, 9],
    [9, 12],
    [1, 6],
    [300, 350],
  ]);
  const grids = label === 'a grid of each sample' ? 2 : 1;
  const shapes = { grid: [grids, depth!, height!, width!, channels!], points: [2, count!, 3] };
  await expectGradients(
    `${label} [${shapes.grid}]`,
    shapes,
    (plan, { grid, points }) => sampleGrid3d(plan, grid!, points!, { boxSide: 1.7 }), // some of the points, in -1..1, are outside
  );
});

it('a crowd in few cells, of which not all are in use: the sum over points, with the same bits each time', async () => {
  const shape = [1, 33, 9, 31, 5];
  const [used, count] = [700, 900];
  const positions = randomValues(3 * count, 1).map((value, index) => (index % 9 < 3 ? value : 0.05 * value));
  const upstream = randomValues(5 * count, 2).map((value, index) => (index < 5 * used ? value : 0));
  const gradient = async () => {
    const { ofGrid } = await runOnce((plan) => {
      const tape = startTape(plan);
      const grid = plan.tensor('grid', shape);
      const points = plan.constant('points', [1, count, 3], positions);
      const total = plan.constant('total', [1], [used]);
      const samples = sampleGrid3d(plan, grid, points, { total });
      const seed = plan.constant('seed', samples.shape, upstream);
      return { ofGrid: tape.gradients([{ of: samples, gradient: seed }], [grid])[0]! };
    });
    return ofGrid;
  };
  const first = await gradient();
  const expected = gridGradient(shape, positions.subarray(0, 3 * used), upstream);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expectClose('grid', first, Float32Array.from(expected), 1e-5 * largest);
  expect(await gradient()).toEqual(first);
});

/** In double precision. @param shape [1, D, H, W, C] @param positions in -1..1 */
function gridGradient(shape: readonly number[], positions: Float32Array, upstream: Float32Array): Float64Array {
  const [, depth, height, width, channels] = shape as [number, number, number, number, number];
  const sums = new Float64Array(elementCount(shape));
  for (let point = 0; point < positions.length / 3; point++) {
    const place = [width, height, depth].map((extent, axis) => ((positions[3 * point + axis]! + 1) * extent - 1) / 2);
    for (const [dx, dy, dz] of [0, 1, 2, 3, 4, 5, 6, 7].map((corner) => [corner & 1, (corner >> 1) & 1, corner >> 2])) {
      const [x, y, z] = [dx!, dy!, dz!].map((offset, axis) => Math.floor(place[axis]!) + offset) as [
        number,
        number,
        number,
      ];
      if (x < 0 || y < 0 || z < 0 || x >= width || y >= height || z >= depth) continue;
      const share = [x, y, z].reduce((product, at, axis) => product * (1 - Math.abs(place[axis]! - at)), 1);
      for (let channel = 0; channel < channels; channel++) {
        sums[((z * height + y) * width + x) * channels + channel]! += share * upstream[point * channels + channel]!;
      }
    }
  }
  return sums;
}
