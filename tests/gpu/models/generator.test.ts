/**
 * The whole generator against the reference vectors `generator_tiny`: every case of that file but `small.*`, whose weights are in a pickle
 * (pickle-generator.test.ts), `video_interp` and the grid of `volume`, which need no GPU and are in tests/unit.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tensor } from '../../../src/gpu/tensor';
import type { RenderingConfig } from '../../../src/models/config';
import {
  Generator,
  wireDensityAtPoints,
  wireMapping,
  wireRayMarch,
  wireTriPlanes,
} from '../../../src/models/generator';
import { wireSuperResolution } from '../../../src/models/super-resolution-stage';
import type { RaySampling } from '../../../src/pipelines/volume/sampling';
import { gridPoints } from '../../support/density-volume';
import { expectClose, fixture, runOnce, testGpu, toChannelsFirst } from '../support';

const STAGE_TOLERANCE = 5e-4; // the official code differs from itself by 2e-5 (fused or not); see metadata noise_floor

let vectors: Checkpoint;
let generator: Generator;
const input = (name: string) => vectors.floats(`in.${name}`);

beforeAll(async () => {
  vectors = await fixture('generator_tiny');
  generator = Generator.create(await testGpu(), vectors);
});

interface Face {
  readonly z: Float32Array;
  readonly conditioning?: Float32Array;
  readonly psi?: number;
  readonly psiCutoff?: number;
  readonly batch?: number;
}

/** Runs the mapping network; returns [N, 14, 512]. */
async function mapFace({
  z,
  conditioning = input('c_cond'),
  psi = 1,
  psiCutoff,
  batch = 1,
}: Face): Promise<Float32Array> {
  const { ws } = await runOnce((plan) => {
    const stage = wireMapping(plan, generator, batch);
    stage.write({ z, psi, conditioning, ...(psiCutoff !== undefined && { psiCutoff }) });
    return { ws: stage.ws };
  });
  return ws;
}

interface View {
  readonly ws: Float32Array;
  readonly camera?: Float32Array;
  readonly rendering?: Partial<RenderingConfig>;
  readonly noise?: 'const' | 'none';
  readonly sampling?: (plan: PlanBuilder) => RaySampling;
}

interface Rendered {
  readonly planes: Float32Array;
  readonly feature: Float32Array;
  readonly raw: Float32Array;
  readonly depth: Float32Array;
  readonly image: Float32Array;
  /** The picture after the first block of the super-resolution. */
  readonly firstBlock: Float32Array;
}

/** Runs everything behind the mapping; all results are channels first. */
async function renderView({
  ws,
  camera = input('c_render'),
  rendering,
  noise = 'const',
  sampling,
}: View): Promise<Rendered> {
  const batch = ws.length / (14 * 512);
  const config = { ...generator.config.rendering, ...rendering };
  const shapes = new Map<string, readonly number[]>();
  const values = await runOnce((plan) => {
    const face = wireTriPlanes(plan, generator, plan.constant('ws', [batch, 14, 512], ws), { noise: { mode: noise } });
    const marched = wireRayMarch(plan, generator, face, config, sampling?.(plan));
    marched.writeCamera(camera);
    let firstBlock: Tensor | undefined;
    const image = wireSuperResolution(plan, generator, face.superResolutionStyles, marched.feature, {
      onBlock({ block, rgb }) {
        if (block === 0) firstBlock = rgb;
      },
    });
    const tensors = {
      planes: face.planes,
      feature: marched.feature,
      depth: marched.depth,
      image,
      firstBlock: firstBlock!,
    };
    for (const [name, tensor] of Object.entries<Tensor>(tensors)) shapes.set(name, tensor.shape);
    return tensors;
  });
  const first = (name: keyof typeof values) => toChannelsFirst(values[name], shapes.get(name)!);
  const feature = first('feature');
  const side = config.neuralResolution;
  const raw = channels(feature, [batch, 32, side, side], [0, 1, 2]);
  return {
    planes: first('planes'),
    feature,
    raw,
    depth: first('depth'),
    image: first('image'),
    firstBlock: first('firstBlock'),
  };
}

/** Picks channels of [N, C, H, W]. */
function channels(values: Float32Array, [n, c, h, w]: readonly number[], wanted: readonly number[]): Float32Array {
  const plane = h! * w!;
  const result = new Float32Array(n! * wanted.length * plane);
  for (let sample = 0; sample < n!; sample++) {
    wanted.forEach((channel, index) => {
      const from = (sample * c! + channel) * plane;
      result.set(values.subarray(from, from + plane), (sample * wanted.length + index) * plane);
    });
  }
  return result;
}

/** [:, :, firstRow::rowStep, firstColumn::columnStep] of [planes, side, side]. */
function strided(values: Float32Array, side: number, rows: [number, number], columns: [number, number]): Float32Array {
  const result: number[] = [];
  for (let plane = 0; plane < values.length; plane += side * side) {
    for (let y = rows[0]; y < side; y += rows[1]) {
      for (let x = columns[0]; x < side; x += columns[1]) result.push(values[plane + y * side + x]!);
    }
  }
  return Float32Array.from(result);
}

/** Compares with every output that the case has. */
function expectCase(name: string, found: Rendered, batch = 1): void {
  const compare = (output: string, values: Float32Array) => {
    expectClose(`${name}.${output}`, values, vectors.floats(`${name}.out.${output}`), STAGE_TOLERANCE);
  };
  const has = (output: string) => vectors.has(`${name}.out.${output}`);
  if (has('image')) compare('image', found.image);
  if (has('image_strided')) compare('image_strided', strided(found.image, 128, [1, 2], [0, 2]));
  if (has('feature')) compare('feature', found.feature);
  if (has('raw_before_sr')) compare('raw_before_sr', found.raw);
  // Without a resize (neural resolution 64), the official module adds its first block's picture to the raw one in place (docs/reference.md).
  compare('image_raw', name === 'nres64' ? found.firstBlock : found.raw);
  compare('depth', found.depth);
  expect(found.depth.length % batch).toBe(0);
}

function recorded(name: string): (plan: PlanBuilder) => RaySampling {
  return (plan) => ({
    mode: 'recorded',
    jitter: plan.constant('jitter', [1, 1024, 12], vectors.floats(`${name}.in.jitter`)),
    u: plan.constant('u', [1024, 12], vectors.floats(`${name}.in.u`)),
  });
}

describe('mapping of the whole generator', () => {
  it('conditions on the scaled pose and truncates', async () => {
    const z = input('z1');
    const compare = (name: string, found: Float32Array) => {
      const expected = vectors.floats(`ws.out.${name}`);
      expectClose(`ws.${name}`, found.subarray(0, expected.length), expected, STAGE_TOLERANCE);
    };
    compare('z1', await mapFace({ z }));
    compare('z2_first', await mapFace({ z: input('z2') }));
    compare('z1_psi07', await mapFace({ z, psi: 0.7 }));
    compare('z1_psi07_cut8', await mapFace({ z, psi: 0.7, psiCutoff: 8 }));
    compare('z1_czero', await mapFace({ z, conditioning: new Float32Array(25) }));
  });

  it('maps a batch with a pose for each (ws.batch2)', async () => {
    const ws = await mapFace(batchOfTwo());
    const firstLayers = Float32Array.from([...ws.subarray(0, 512), ...ws.subarray(14 * 512, 15 * 512)]);
    expectClose('ws.batch2', firstLayers, vectors.floats('ws.out.batch2'), STAGE_TOLERANCE);
  });
});

function batchOfTwo(): Face {
  return {
    z: Float32Array.from([...input('z1'), ...input('z2')]),
    conditioning: Float32Array.from([...input('c_cond'), ...input('c_render2')]),
    batch: 2,
  };
}

describe('planes, volume rendering and super-resolution', () => {
  let ws: Float32Array;
  beforeAll(async () => {
    ws = await mapFace({ z: input('z1') });
  });

  it('base_record: recorded draws, and the planes themselves', async () => {
    const found = await renderView({ ws, sampling: recorded('base_record') });
    expectCase('base_record', found);
    const compare = (name: string, values: Float32Array) =>
      expectClose(name, values, vectors.floats(`base_record.out.${name}`), STAGE_TOLERANCE);
    compare('planes_strided', strided(found.planes, 256, [3, 16], [5, 16]));
    const three = channels(found.planes, [1, 96, 256, 256], [0, 33, 95]);
    compare('planes_ch0_33_95', strided(three, 256, [0, 2], [0, 2]));
    compare('planes_stats', meanAndDeviation(found.planes, 96));
  });

  it('base_even', async () => expectCase('base_even', await renderView({ ws })));
  it('base_det', async () => expectCase('base_det', await renderView({ ws, sampling: () => ({ mode: 'det' }) })));
  it('noise_none', async () => expectCase('noise_none', await renderView({ ws, noise: 'none' })));

  it('trunc07', async () => {
    expectCase('trunc07', await renderView({ ws: await mapFace({ z: input('z1'), psi: 0.7 }) }));
  });

  it('trunc07_cut8', async () => {
    expectCase('trunc07_cut8', await renderView({ ws: await mapFace({ z: input('z1'), psi: 0.7, psiCutoff: 8 }) }));
  });

  it('mix_at7: layers from 7 on of another face', async () => {
    const mixed = ws.slice();
    mixed.set((await mapFace({ z: input('z2') })).subarray(7 * 512), 7 * 512);
    expectCase('mix_at7', await renderView({ ws: mixed }));
  });

  it('midpoint: half-way between two faces, seen by another camera', async () => {
    const other = await mapFace({ z: input('z2') });
    const middle = ws.map((value, index) => (value + other[index]!) / 2);
    expectCase('midpoint', await renderView({ ws: middle, camera: input('c_render2') }));
  });

  it('batch2: two faces and two cameras in one batch', async () => {
    const camera = Float32Array.from([...input('c_render'), ...input('c_render2')]);
    expectCase('batch2', await renderView({ ws: await mapFace(batchOfTwo()), camera }), 2);
  });

  it.each([48, 64, 80])('nres%i: another neural resolution', async (neuralResolution) => {
    expectCase(`nres${neuralResolution}`, await renderView({ ws, rendering: { neuralResolution } }));
  });

  it('shapenet: white background, larger box', async () => {
    const rendering = { rayLimits: { start: 0.1, end: 2.6 }, boxWarp: 1.6, whiteBackground: true };
    const camera = input('c_shapenet');
    expectCase('shapenet_record', await renderView({ ws, camera, rendering, sampling: recorded('shapenet_record') }));
    expectCase('shapenet_even', await renderView({ ws, camera, rendering }));
  });

  it('auto_even: limits from the box, seen by the second camera', async () => {
    const camera = input('c_render2');
    expectCase('auto_even', await renderView({ ws, camera, rendering: { rayLimits: 'auto' } }));
  });

  it('disparity_even', async () => {
    expectCase('disparity_even', await renderView({ ws, rendering: { disparitySampling: true } }));
  });

  it('coarse_only_even: no importance samples', async () => {
    expectCase('coarse_only_even', await renderView({ ws, rendering: { importanceSamples: 0 } }));
  });

  it('points: density and colours anywhere', async () => {
    const { sigma, colours } = await densities(ws, vectors.floats('points.in.xyz'));
    expectClose('points.sigma', sigma, vectors.floats('points.out.sigma'), STAGE_TOLERANCE);
    expectClose('points.rgb', colours, vectors.floats('points.out.rgb'), STAGE_TOLERANCE);
  });

  it('volume: the density grid of the official shape script', async () => {
    const truncated = await mapFace({
      z: vectors.floats('volume.in.z'),
      conditioning: vectors.floats('volume.in.c_cond'),
      psi: 0.7,
      psiCutoff: 14,
    });
    const { sigma } = await densities(truncated, gridPoints(32, 1, 0, 32 ** 3));
    expectClose('volume.sigma_raw', sigma, vectors.floats('volume.out.sigma_raw'), STAGE_TOLERANCE);
  });
});

async function densities(ws: Float32Array, points: Float32Array) {
  return runOnce((plan) => {
    const face = wireTriPlanes(plan, generator, plan.constant('ws', [1, 14, 512], ws));
    const xyz = plan.constant('points', [1, points.length / 3, 3], points);
    return { ...wireDensityAtPoints(plan, generator, face.planes, xyz) };
  });
}

/** Rows: mean and unbiased standard deviation of each channel of [C, H, W]. */
function meanAndDeviation(values: Float32Array, count: number): Float32Array {
  const size = values.length / count;
  const result = new Float32Array(2 * count);
  for (let channel = 0; channel < count; channel++) {
    const plane = values.subarray(channel * size, (channel + 1) * size);
    const mean = plane.reduce((sum, value) => sum + value, 0) / size;
    result[channel] = mean;
    result[count + channel] = Math.sqrt(plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (size - 1));
  }
  return result;
}
