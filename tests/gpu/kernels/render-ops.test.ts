/** The single stages of volume rendering against the reference vectors. */
import { describe, expect, test } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tensor } from '../../../src/gpu/tensor';
import { decode, packDecoder } from '../../../src/pipelines/volume/decoder';
import { evaluatePoints } from '../../../src/pipelines/volume/evaluate-points';
import { sampleGrid3d } from '../../../src/pipelines/volume/grid-3d';
import { importanceDepths, invertCdf } from '../../../src/pipelines/volume/importance';
import { marchRays } from '../../../src/pipelines/volume/marcher';
import { mergeSamples } from '../../../src/pipelines/volume/merge-samples';
import { RenderingOptionError } from '../../../src/pipelines/volume/rendering-options';
import type { RaySampling } from '../../../src/pipelines/volume/sampling';
import { stratifiedDepths } from '../../../src/pipelines/volume/stratified';
import { projectOntoPlanes, sampleTriPlanes } from '../../../src/pipelines/volume/tri-planes';
import { DECODER, decoderArrays, EG3D_PLANE_AXES, planesChannelsLast } from '../render-support';
import { expectClose, fixture, permute, runOnce } from '../support';

const TOLERANCE = 1e-4;
const file = await fixture('render');

/** A tensor of the file, under another shape if one is given. */
const load = (plan: PlanBuilder, name: string, shape = file.info(name).shape): Tensor =>
  plan.constant(name, shape, file.floats(name));

const TESTED_HERE = [
  ...['sample_planes_bw1', 'sample_planes_bw1.6', 'project_bw1', 'project_bw1.6', 'sample_3dgrid'],
  ...['decoder_lr1', 'decoder_lr0.5', 'strat_fixed', 'strat_disparity', 'strat_tensor', 'pdf', 'importance'],
  ...['march', 'march_white0', 'march_white1', 'unify'],
];
const TESTED_IN_VOLUME_RENDER = ['full', 'full_ffhq', 'full_white', 'full_auto', 'full_disparity'];
/** Inputs that cases share: the axes as matrices, and planes of which `sample_planes_*` hold the first channels. */
const SHARED_INPUTS = ['plane_axes', 'planes'];

test('every case of the fixture has a test', () => {
  const cases = new Set(
    file.names().map((name) => name.replace(/(\.(record|even|det))?\.(in|out|mid|param)\..*$/, '')),
  );
  expect([...cases].sort()).toEqual([...TESTED_HERE, ...TESTED_IN_VOLUME_RENDER, ...SHARED_INPUTS].sort());
});

describe('tri-planes', () => {
  for (const boxWarp of [1, 1.6]) {
    const name = `sample_planes_bw${boxWarp}`;
    test(`${name} and project_bw${boxWarp}`, async () => {
      const [, , channels, height, width] = file.info(`${name}.in.planes`).shape;
      const options = { planeAxes: EG3D_PLANE_AXES, planeChannels: channels!, boxWarp };
      const values = planesChannelsLast(file, `${name}.in.planes`);
      const { features, uv } = await runOnce((plan) => {
        const points = load(plan, `${name}.in.x`);
        const planes = plan.constant('planes', [2, height!, width!, 3 * channels!], values);
        return {
          features: sampleTriPlanes(plan, planes, points, options),
          uv: projectOntoPlanes(plan, points, options),
        };
      });
      expectClose(name, features, file.floats(`${name}.out.y`), TOLERANCE);
      expectClose(`project_bw${boxWarp}`, uv, file.floats(`project_bw${boxWarp}.out.uv`), TOLERANCE);
    });
  }

  test('points far outside the box have no features, so the decoder gives its bias response', async () => {
    const { near, far } = await runOnce((plan) => {
      const planes = plan.constant('planes', [1, 8, 8, 96], new Float32Array(8 * 8 * 96).fill(1));
      const zeros = plan.tensor('zeros', [1, 8, 8, 96]);
      const packed = packDecoder(decoderArrays(file, 'full'), DECODER, 1);
      const decoder = plan.constant('decoder', [packed.length], packed);
      const rendering = { ...DECODER, planeAxes: EG3D_PLANE_AXES, boxWarp: 1 };
      const outside = plan.constant('outside', [1, 2, 3], [5, 5, 5, -1e9, 3e20, 7]);
      const inside = plan.constant('inside', [1, 2, 3], [0, 0, 0, 0.1, 0.1, 0.1]);
      return {
        near: evaluatePoints(plan, { planes: zeros, decoder, points: inside, rendering }).colours,
        far: evaluatePoints(plan, { planes, decoder, points: outside, rendering }).colours,
      };
    });
    expectClose('outside', far, near, 0);
  });

  test('sample_3dgrid', async () => {
    const [, channels, depth, height, width] = file.info('sample_3dgrid.in.grid').shape;
    const flat = [1, channels!, depth! * height!, width!];
    const { samples } = await runOnce((plan) => {
      const values = permute(file.floats('sample_3dgrid.in.grid'), flat, [0, 2, 3, 1]);
      const grid = plan.constant('grid', [1, depth!, height!, width!, channels!], values);
      return { samples: sampleGrid3d(plan, grid, load(plan, 'sample_3dgrid.in.x')) };
    });
    expectClose('sample_3dgrid', samples, file.floats('sample_3dgrid.out.y'), TOLERANCE);
  });
});

describe('decoder', () => {
  for (const lrMultiplier of [1, 0.5]) {
    const name = `decoder_lr${lrMultiplier}`;
    test(name, async () => {
      const packed = packDecoder(decoderArrays(file, name), DECODER, lrMultiplier);
      const { sigma, colours } = await runOnce((plan) => {
        const decoder = plan.constant('decoder', [packed.length], packed);
        return { ...decode(plan, load(plan, `${name}.in.features`), decoder, DECODER) };
      });
      expectClose(`${name} sigma`, sigma, file.floats(`${name}.out.sigma`), TOLERANCE);
      expectClose(`${name} colours`, colours, file.floats(`${name}.out.rgb`), TOLERANCE);
    });
  }

  test('extents that are no multiples of four are refused', () => {
    const extents = { ...DECODER, decoderHiddenWidth: 63 };
    expect(() => packDecoder(decoderArrays(file, 'full'), extents, 1)).toThrow(RenderingOptionError);
  });
});

describe('stratified depths', () => {
  for (const name of ['strat_fixed', 'strat_disparity', 'strat_tensor']) {
    test(name, async () => {
      const metadata = JSON.parse(file.metadata[name]!) as { disparity: boolean; start?: number; end?: number };
      const [batch, rays, samples] = file.info(`${name}.in.jitter`).shape;
      const { recorded, half } = await runOnce((plan) => {
        const jitter = load(plan, `${name}.in.jitter`, [batch!, rays!, samples!]);
        const inputs = { limits: limitsOf(plan, name, metadata), batch: batch!, rays: rays!, samples: samples! };
        const depths = (sampling: RaySampling) =>
          stratifiedDepths(plan, { ...inputs, disparity: metadata.disparity, sampling });
        return { recorded: depths({ mode: 'recorded', jitter }), half: depths({ mode: 'even' }) };
      });
      expectClose(`${name} recorded`, recorded, file.floats(`${name}.out.depths`), TOLERANCE);
      expectClose(`${name} jitter 0.5`, half, file.floats(`${name}.out.depths_half`), TOLERANCE);
    });
  }

  function limitsOf(plan: PlanBuilder, name: string, metadata: { start?: number; end?: number }) {
    if (metadata.start !== undefined && metadata.end !== undefined) return { start: metadata.start, end: metadata.end };
    const [batch, rays] = file.info(`${name}.in.start`).shape;
    const start = file.floats(`${name}.in.start`);
    const end = file.floats(`${name}.in.end`);
    const pairs = Float32Array.from({ length: start.length * 2 }, (_, i) => (i % 2 === 0 ? start : end)[i >> 1]!);
    return plan.constant('limits', [batch!, rays!, 2], pairs);
  }
});

describe('importance sampling', () => {
  test('pdf: recorded u, and u from 0 to 1 with both ends', async () => {
    const [rows, binCount] = file.info('pdf.in.bins').shape;
    const { recorded, det } = await runOnce((plan) => {
      const bins = load(plan, 'pdf.in.bins', [rows!, binCount!, 1]);
      const weights = load(plan, 'pdf.in.weights', [rows!, binCount! - 1, 1]);
      return {
        recorded: invertCdf(plan, bins, weights, 12, { mode: 'recorded', u: load(plan, 'pdf.in.u') }),
        det: invertCdf(plan, bins, weights, 12, { mode: 'det' }),
      };
    });
    expectClose('pdf recorded', recorded, file.floats('pdf.out.samples'), TOLERANCE);
    expectClose('pdf det', det, file.floats('pdf.out.samples_det'), TOLERANCE);
  });

  test('importance', async () => {
    const { fine } = await runOnce((plan) => {
      const sampling = { mode: 'recorded', u: load(plan, 'importance.in.u') } as const;
      const depths = load(plan, 'importance.in.depths');
      return { fine: importanceDepths(plan, depths, load(plan, 'importance.in.weights'), 12, sampling) };
    });
    expectClose('importance', fine, file.floats('importance.out.depths_fine'), TOLERANCE);
  });
});

describe('marcher', () => {
  for (const white of [0, 1]) {
    const name = `march_white${white}`;
    test(name, async () => {
      const { picture, depth, weights } = await runOnce((plan) => {
        const samples = {
          depths: load(plan, 'march.in.depths'),
          sigma: load(plan, 'march.in.densities'),
          colours: load(plan, 'march.in.colors'),
        };
        return { ...marchRays(plan, samples, white === 1) };
      });
      expectClose(`${name} colours`, picture, file.floats(`${name}.out.rgb`), TOLERANCE);
      expectClose(`${name} depth`, depth, file.floats(`${name}.out.depth`), TOLERANCE);
      expectClose(`${name} weights`, weights, file.floats(`${name}.out.weights`), TOLERANCE);
    });
  }

  test('an empty ray shows the background and the largest depth of the batch', async () => {
    const { picture, depth, alpha } = await runOnce((plan) => {
      const samples = {
        depths: plan.constant('depths', [1, 2, 3, 1], [1, 2, 3, 2, 4, 5]),
        sigma: plan.constant('sigma', [1, 2, 3, 1], [-200, -200, -200, 50, 50, 50]),
        colours: plan.constant('colours', [1, 2, 3, 4], new Float32Array(24).fill(0.25)),
      };
      return { ...marchRays(plan, samples, true) };
    });
    expect([...picture.subarray(0, 4)]).toEqual([1, 1, 1, 1]);
    expect(alpha[0]).toBe(0);
    expect(depth[0]).toBe(5);
    expectClose('absorbed', picture.subarray(4), new Float32Array(4).fill(-0.5), 1e-6);
  });
});

test('unify', async () => {
  const { depths, colours, sigma } = await runOnce((plan) => {
    const part = (k: 1 | 2) => ({
      depths: load(plan, `unify.in.d${k}`),
      colours: load(plan, `unify.in.c${k}`),
      sigma: load(plan, `unify.in.n${k}`),
    });
    return { ...mergeSamples(plan, part(1), part(2)) };
  });
  expectClose('unify depths', depths, file.floats('unify.out.depths'), 0);
  expectClose('unify colours', colours, file.floats('unify.out.colors'), 0);
  expectClose('unify densities', sigma, file.floats('unify.out.densities'), 0);
});

test('of equal depths the coarse sample stays in front', async () => {
  const { sigma } = await runOnce((plan) => {
    const part = (depths: number[], values: number[]) => ({
      depths: plan.constant('depths', [1, 1, 3, 1], depths),
      colours: plan.constant('colours', [1, 1, 3, 1], values),
      sigma: plan.constant('sigma', [1, 1, 3, 1], values),
    });
    return { ...mergeSamples(plan, part([1, 2, 3], [10, 20, 30]), part([3, 1, 2], [33, 11, 22])) };
  });
  expect([...sigma]).toEqual([10, 11, 20, 22, 30, 33]);
});
