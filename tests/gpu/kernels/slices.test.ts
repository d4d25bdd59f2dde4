/** Kernels of slices and feature planes on their own: where a pixel is in the box, and how densities and channels become colours. */
import { expect, test } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { viridisTable } from '../../../src/pipelines/pictures/colour-map';
import { densityColours, projectChannels, type SliceAxis, slicePoints } from '../../../src/pipelines/pictures/slices';
import { expectClose, runOnce, testGpu } from '../support';

type Pair = readonly [0 | 1 | 2, 0 | 1 | 2];

const cornerPoints = async (axis: SliceAxis) => {
  const { points } = await runOnce((plan) => ({
    points: slicePoints(plan, plan.constant('position', [1], [0.25]), { axis, resolution: 4, boxWarp: 2 }),
  }));
  return [0, 3, 12].map((pixel) => [...points.subarray(pixel * 3, pixel * 3 + 3)]);
};

test('a slice is seen from the positive end of its axis', async () => {
  // Top left, top right, bottom left; the outermost pixels are centred an eighth of the side from the edge.
  expect(await cornerPoints(2)).toEqual([
    [-0.75, 0.75, 0.25],
    [0.75, 0.75, 0.25],
    [-0.75, -0.75, 0.25],
  ]);
  expect(await cornerPoints(1)).toEqual([
    [-0.75, 0.25, -0.75],
    [0.75, 0.25, -0.75],
    [-0.75, 0.25, 0.75],
  ]);
  expect(await cornerPoints(0)).toEqual([
    [0.25, 0.75, 0.75],
    [0.25, 0.75, -0.75],
    [0.25, -0.75, 0.75],
  ]);
});

test('densities run from the dark end of viridis to the bright one, and what is next to nothing fades away', async () => {
  const sigma = [-1000, 0, 10, 1000];
  const { colours } = await runOnce((plan) => ({
    colours: densityColours(plan, plan.constant('sigma', [4, 1], sigma)),
  }));
  const table = viridisTable();
  expect([...colours.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expectClose('opaque', colours.subarray(12, 16), Float32Array.of(...table.subarray(255 * 3), 1), 1e-6);
  // 1 - exp(-0.1 softplus(9)) = 0.5934; softplus(-1) makes 0.0308, which is 0.77 of 0.04: its smooth step is 0.866.
  expectClose('level 10', colours.subarray(8, 12), Float32Array.of(...table.subarray(151 * 3, 152 * 3), 1), 0.01);
  const faint = table.subarray(8 * 3, 9 * 3).map((value) => value * 0.866);
  expectClose('level 0', colours.subarray(4, 8), Float32Array.of(...faint, 0.866), 0.01);
});

test.each<[string, Pair, (column: number, row: number, side: number) => readonly [number, number]]>([
  // Which texel (along the width, along the height) the pixel in a column and a row shows.
  ['(x, y), from the front', [0, 1], (c, r, side) => [c, side - 1 - r]],
  ['(x, z), from above', [0, 2], (c, r) => [c, r]],
  ['(z, x), from above', [2, 0], (c, r) => [r, c]],
  ['(z, y), from the side', [2, 1], (c, r, side) => [side - 1 - c, side - 1 - r]],
  ['(y, z), from the side', [1, 2], (c, r, side) => [side - 1 - r, side - 1 - c]],
])('the plane %s', async (_, axes, texelAt) => {
  const [side, channels, plane] = [5, 4, 1];
  const options = { planeAxes: [[0, 1], axes] as const, planeChannels: channels, boxWarp: 1 };
  const values = Float32Array.from({ length: side * side * 2 * channels }, (_, k) => Math.sin(k));
  const { colours } = await runOnce((plan) => ({
    colours: projectChannels(
      plan,
      plan.constant('planes', [1, side, side, 2 * channels], values),
      plane,
      {
        basis: plan.constant('basis', [3, channels], [0, 0.5, 0, 0, 0.25, 0, 0, 0.25, 0, 0, 3, 0]),
        offsets: plan.constant('offsets', [3], [0.1, 0, -0.2]),
      },
      options,
    ),
  }));
  const clamp = (value: number) => Math.min(1, Math.max(-1, value));
  const expected = Array.from({ length: side * side }, (_, pixel) => {
    const [u, v] = texelAt(pixel % side, Math.floor(pixel / side), side);
    const feature = (channel: number) => values[((v * side + u) * 2 + plane) * channels + channel]!;
    return [0.5 * feature(1) + 0.1, 0.25 * (feature(0) + feature(3)), clamp(3 * feature(2) - 0.2)];
  });
  expectClose(`plane [${axes}]`, colours, Float32Array.from(expected.flat()), 1e-6);
});

test('planes that are not square, or not there, are refused', async () => {
  const plan = new PlanBuilder(await testGpu(), 'test');
  const options = { planeAxes: [[0, 1]] as const, planeChannels: 4, boxWarp: 1 };
  const projection = { basis: plan.tensor('basis', [3, 4]), offsets: plan.tensor('offsets', [3]) };
  const project = (planes: readonly number[], plane: number) => () =>
    projectChannels(plan, plan.tensor('planes', planes), plane, projection, options);
  expect(project([1, 4, 4, 4], 1)).toThrow(ShapeError);
  expect(project([1, 4, 8, 4], 0)).toThrow(ShapeError);
  plan.discard();
});
