/** Fields that are compared with tri-planes: what they answer can be learnt from, and how many parameters they have. */
import { describe, expect, it } from 'vitest';
import { parseSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { elementCount, readTensor } from '../../../src/gpu/tensor';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { ParameterStore } from '../../../src/models/parameters';
import { startTape } from '../../../src/pipelines/gradients';
import { MIP_NERF, MIP_NERF_FIELD, type MipNerfSettings } from '../../../src/training/scene/mip-nerf-field';
import { BOX_SIDE, type FieldKind, initialTensors } from '../../../src/training/scene/scene-field';
import { TRI_PLANE_FIELD } from '../../../src/training/scene/tri-plane-field';
import { VOXEL_FIELD, type VoxelSettings, voxelSideLike } from '../../../src/training/scene/voxel-field';
import { randomValues } from '../conv-cases';
import { GRADIENT_TOLERANCE, gradientTable, rowsBesideQuotients } from '../gradient-check';
import { testGpu } from '../support';

const ENCODING = { frequencies: 4, deviation: 0.3, seed: 2 };
const VOXELS: VoxelSettings = { side: 5, channels: 4, network: { layers: 2, width: 8, encoding: ENCODING } };
const IMPLICIT: MipNerfSettings = { levels: 3, network: { layers: 3, width: 8, skip: 2 } };

const [ROWS, USED] = [8, 6];
/** Biases with which most units of ReLU are far from their kink, on either side. */
const OF_UNITS = [2, 1.5, -1.5, 2.5];
/** For x + e and x - e to be exact. */
const onGrid = (value: number) => Math.round(value * 2 ** 10) / 2 ** 10;

/** A plan that asks a field at random pieces of rays and takes the gradients of a random combination of its answers. */
async function askedField<Settings>(kind: FieldKind<Settings>, settings: Settings) {
  const gpu = await testGpu();
  const file = initialTensors(kind.tensors(settings), new NumpyRandomState(1)).map((tensor, index) => {
    const random = randomValues(elementCount(tensor.shape), 10 + index).map((value) => onGrid(value / 2));
    const ofUnits = random.map((_, unit) => OF_UNITS[unit % OF_UNITS.length]!);
    return { ...tensor, data: tensor.name.endsWith('bias') ? ofUnits : random };
  });
  const store = new ParameterStore(gpu, parseSafetensors(writeSafetensors(file)), { isTrainable: () => true });
  const builder = new PlanBuilder(gpu, 'field');
  const tape = startTape(builder);
  const rows = (label: string, values: Float32Array) => builder.constant(label, [ROWS, 3], values.fill(0, 3 * USED));
  const random = (seed: number) => randomValues(3 * ROWS, seed);
  const directions = random(2).map((value, index, all) => {
    const row = all.subarray(3 * Math.floor(index / 3), 3 * Math.floor(index / 3) + 3);
    return value / Math.hypot(...row);
  });
  const casts = random(3).map((value, index) => [1.5, 0.06, 0.01][index % 3]! * (1 + 0.5 * value));
  const points = rows(
    'points',
    random(1).map((value) => (value * BOX_SIDE) / 2),
  );
  const answer = kind.wire(builder, store, settings, {
    points: { ...points, shape: [1, ROWS, 3] },
    directions: rows('directions', directions),
    casts: rows('casts', casts),
    total: builder.constant('total', [1], [USED]),
  });
  builder.keep(answer);
  const factors = randomValues(4 * ROWS, 4).fill(0, 4 * USED);
  const seed = { of: answer, gradient: builder.constant('factors', answer.shape, factors) };
  const learning = store.trainable;
  const gradients = tape
    .gradients(
      [seed],
      learning.map(({ master }) => master),
    )
    .map((one) => builder.keep(one!));
  const plan = await builder.build();
  const inputs = learning.map(({ name, master }, index) => {
    const values = file.find((tensor) => tensor.name === name)!.data;
    return { name, tensor: master, values, gradient: gradients[index]! };
  });
  const loss = async () => {
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    const answers = await readTensor(gpu, answer);
    return answers.reduce((sum, value, index) => sum + (index < 4 * USED ? value * factors[index]! : 0), 0);
  };
  return { file, inputs, answer, loss };
}

async function expectRightGradients<Settings>(kind: FieldKind<Settings>, settings: Settings): Promise<void> {
  const { file, inputs, answer, loss } = await askedField(kind, settings);
  expect(answer.shape).toEqual([ROWS, 4]);
  expect(inputs.map(({ name }) => name).sort()).toEqual(file.map(({ name }) => name).sort());
  const rows = await rowsBesideQuotients(inputs, loss, 7);
  const worst = rows.reduce((most, row) => (row.relativeError > most.relativeError ? row : most));
  expect(worst.relativeError, gradientTable(rows)).toBeLessThan(GRADIENT_TOLERANCE);
}

/** Numbers in a new field's file. */
const parameterCount = <Settings>(kind: FieldKind<Settings>, settings: Settings): number =>
  kind.tensors(settings).reduce((sum, { shape }) => sum + elementCount(shape), 0);

describe('tri-planes', () => {
  it('have gradients of all parameters', () => expectRightGradients(TRI_PLANE_FIELD, VOXELS));
});

describe('voxels', () => {
  it('have gradients of all parameters', () => expectRightGradients(VOXEL_FIELD, VOXELS));

  it('are much coarser than tri-planes of as many parameters: the paper has planes of 512 x 512 and 48 channels', () => {
    expect(voxelSideLike({ side: 512, channels: 48 }, 48)).toBe(92);
  });
});

describe('Mip-NeRF', () => {
  it('has gradients of all parameters', () => expectRightGradients(MIP_NERF_FIELD, IMPLICIT));

  it('has, with 16 levels, the 612 thousand parameters of its paper', () => {
    expect(parameterCount(MIP_NERF_FIELD, { ...MIP_NERF, levels: 16 })).toBe(612_740);
  });
});
