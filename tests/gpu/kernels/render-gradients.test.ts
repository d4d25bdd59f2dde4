/** Gradients of volume rendering, stage by stage: against the reference's, and against difference quotients. */
import { describe, expect, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { startTape } from '../../../src/pipelines/gradients';
import { decodeByLayers } from '../../../src/pipelines/volume/decoder-layers';
import { sampleGrid3d } from '../../../src/pipelines/volume/grid-3d';
import { marchRays } from '../../../src/pipelines/volume/marcher';
import { mergeSamples } from '../../../src/pipelines/volume/merge-samples';
import { sampleTriPlanes } from '../../../src/pipelines/volume/tri-planes';
import { randomValues } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { DECODER, decoderArrays, EG3D_PLANE_AXES, planesChannelsLast, wireDecoder } from '../render-support';
import { expectGradient, fixture, permute, runOnce } from '../support';

const file = await fixture('render');
const reference = await fixture('render-gradients');

/** Parameters of a decoder, and their names in the file. */
const DECODER_NAMES = {
  hiddenWeight: 'net.0.weight',
  hiddenBias: 'net.0.bias',
  outputWeight: 'net.2.weight',
  outputBias: 'net.2.bias',
};

const load = (plan: PlanBuilder, name: string): Tensor => plan.constant(name, file.info(name).shape, file.floats(name));
const cotangent = (plan: PlanBuilder, name: string): Tensor =>
  plan.constant(name, reference.info(name).shape, reference.floats(name));

describe('as the reference', () => {
  it.each(['sample_planes_bw1', 'sample_planes_bw1.6'])('%s', async (name) => {
    const [batch, planeCount, channels, height, width] = file.info(`${name}.in.planes`).shape;
    const options = {
      planeAxes: EG3D_PLANE_AXES,
      planeChannels: channels!,
      boxWarp: JSON.parse(file.metadata[name]!).box_warp,
    };
    const { ofPlanes, ofPoints } = await runOnce((plan) => {
      const tape = startTape(plan);
      const points = load(plan, `${name}.in.x`);
      const shape = [batch!, height!, width!, planeCount! * channels!];
      const planes = plan.constant('planes', shape, planesChannelsLast(file, `${name}.in.planes`));
      const features = sampleTriPlanes(plan, planes, points, options);
      const seed = { of: features, gradient: cotangent(plan, `${name}.cot.y`) };
      const [ofPlanes, ofPoints] = tape.gradients([seed], [planes, points]);
      return { ofPlanes: ofPlanes!, ofPoints: ofPoints! };
    });
    const expected = planesChannelsLast(reference, `${name}.grad.planes`);
    expectGradient(`${name} planes`, ofPlanes, expected);
    expectGradient(`${name} points`, ofPoints, reference.floats(`${name}.grad.x`));
  });

  it('sample_3dgrid', async () => {
    const name = 'sample_3dgrid';
    const [, channels, depth, height, width] = file.info(`${name}.in.grid`).shape;
    const channelsLast = (values: Float32Array) =>
      permute(values, [1, channels!, depth! * height!, width!], [0, 2, 3, 1]);
    const { ofGrid, ofPoints } = await runOnce((plan) => {
      const tape = startTape(plan);
      const values = channelsLast(file.floats(`${name}.in.grid`));
      const grid = plan.constant('grid', [1, depth!, height!, width!, channels!], values);
      const points = load(plan, `${name}.in.x`);
      const samples = sampleGrid3d(plan, grid, points);
      const seed = { of: samples, gradient: cotangent(plan, `${name}.cot.y`) };
      const [ofGrid, ofPoints] = tape.gradients([seed], [grid, points]);
      return { ofGrid: ofGrid!, ofPoints: ofPoints! };
    });
    expectGradient(`${name} grid`, ofGrid, channelsLast(reference.floats(`${name}.grad.grid`)));
    expectGradient(`${name} points`, ofPoints, reference.floats(`${name}.grad.x`));
  });

  it.each(['decoder_lr1', 'decoder_lr0.5'])('%s', async (name) => {
    const lrMultiplier: number = JSON.parse(file.metadata[name]!).lr_mul;
    const { features, ...ofMasters } = await runOnce((plan) => {
      const tape = startTape(plan);
      const features = load(plan, `${name}.in.features`);
      const { masters, layers } = wireDecoder(plan, decoderArrays(file, name), DECODER, lrMultiplier);
      const { sigma, colours } = decodeByLayers(plan, features, layers);
      const seeds = [
        { of: sigma, gradient: cotangent(plan, `${name}.cot.sigma`) },
        { of: colours, gradient: cotangent(plan, `${name}.cot.rgb`) },
      ];
      const wanted = { features, ...masters };
      const found = tape.gradients(seeds, Object.values(wanted));
      return Object.fromEntries(Object.keys(wanted).map((each, index) => [each, found[index]!]));
    });
    expectGradient(`${name} features`, features!, reference.floats(`${name}.grad.features`));
    for (const [parameter, stored] of Object.entries(DECODER_NAMES)) {
      expectGradient(`${name} ${stored}`, ofMasters[parameter]!, reference.floats(`${name}.grad.${stored}`));
    }
  });

  it.each([0, 1])('march_white%i', async (white) => {
    const name = `march_white${white}`;
    const { ofColours, ofSigma } = await runOnce((plan) => {
      const tape = startTape(plan);
      const colours = load(plan, 'march.in.colors');
      const sigma = load(plan, 'march.in.densities');
      const { picture } = marchRays(plan, { depths: load(plan, 'march.in.depths'), sigma, colours }, white === 1);
      const seed = { of: picture, gradient: cotangent(plan, `${name}.cot.rgb`) };
      const [ofColours, ofSigma] = tape.gradients([seed], [colours, sigma]);
      return { ofColours: ofColours!, ofSigma: ofSigma! };
    });
    expectGradient(`${name} colours`, ofColours, reference.floats(`${name}.grad.colors`));
    expectGradient(`${name} densities`, ofSigma, reference.floats(`${name}.grad.densities`));
  });
});

describe('difference quotients agree with the gradients of', () => {
  it('tri-planes, for points in and around the box', async () => {
    const options = { planeAxes: EG3D_PLANE_AXES, planeChannels: 4, boxWarp: 1.6 };
    const [batch, height, width, count] = randomShape('tri-planes and points', [
      [1, 2],
      [2, 4],
      [2, 4],
      [40, 70],
    ]);
    const shapes = { planes: [batch!, height!, width!, 12], points: [batch!, count!, 3] };
    await expectGradients(`tri-planes [${shapes.planes}]`, shapes, (plan, { planes, points }) =>
      sampleTriPlanes(plan, planes!, points!, options),
    );
  });

  it.each(['sigma', 'colours'] as const)('the decoder: %s', async (output) => {
    const [batch, count] = randomShape(`decoder ${output}`, [
      [1, 2],
      [3, 9],
    ]);
    const layers = { hiddenWeight: [8, 6], hiddenBias: [6], outputWeight: [8, 9], outputBias: [9] };
    const shapes = { features: [batch!, 3, count!, 8], ...layers };
    await expectGradients(`decoder ${output} [${shapes.features}]`, shapes, (plan, inputs) => {
      const { features, hiddenWeight, hiddenBias, outputWeight, outputBias } = inputs;
      const hidden = { weight: hiddenWeight!, bias: hiddenBias! };
      return decodeByLayers(plan, features!, { hidden, output: { weight: outputWeight!, bias: outputBias! } })[output];
    });
  });

  it.each([false, true])('the marcher: picture, depth and alpha, white background %s', async (white) => {
    const [batch, rays, samples, channels] = randomShape(`marcher ${white}`, [
      [1, 2],
      [1, 4],
      [3, 8],
      [1, 6],
    ]);
    const shapes = { sigma: [batch!, rays!, samples!, 1], colours: [batch!, rays!, samples!, channels!] };
    const steps = randomValues(elementCount(shapes.sigma), 3);
    const depths = steps.map((step, at) => 0.5 + 0.4 * (at % samples!) + 0.15 * step);
    for (const output of ['picture', 'depth', 'alpha'] as const) {
      const wanted = output === 'picture' ? shapes : { sigma: shapes.sigma };
      await expectGradients(`marcher ${output}`, wanted, (plan, inputs) => {
        const colours =
          inputs.colours ??
          plan.constant('colours', shapes.colours, new Float32Array(elementCount(shapes.colours)).fill(0.5));
        const given = plan.constant('depths', shapes.sigma, depths);
        return marchRays(plan, { depths: given, sigma: inputs.sigma!, colours }, white)[output];
      });
    }
  });

  it('a grid of each sample', async () => {
    const [batch, depth, height, width, channels, count] = randomShape('grid', [
      [1, 2],
      [2, 4],
      [2, 4],
      [2, 4],
      [1, 6],
      [20, 40],
    ]);
    const shapes = { grid: [batch!, depth!, height!, width!, channels!], points: [batch!, count!, 3] };
    await expectGradients(`grid [${shapes.grid}]`, shapes, (plan, { grid, points }) =>
      sampleGrid3d(plan, grid!, points!),
    );
  });

  it('merged samples', async () => {
    const shapes = { coarse: [1, 2, 3, 5], fine: [1, 2, 2, 5] };
    await expectGradients('merged samples', shapes, (plan, { coarse, fine }) => {
      const part = (label: string, depths: number[], colours: Tensor) => {
        const given = plan.constant(label, [1, 2, depths.length / 2, 1], depths);
        return { depths: given, sigma: given, colours };
      };
      const first = part('coarse depths', [1, 2, 3, 1, 2, 3], coarse!);
      return mergeSamples(plan, first, part('fine depths', [2, 0.5, 4, 2.5], fine!)).colours;
    });
  });
});

it('a ray that is opaque at once, and one that is empty, have finite gradients', async () => {
  const { ofSigma } = await runOnce((plan) => {
    const tape = startTape(plan);
    const sigma = plan.constant('sigma', [1, 2, 4, 1], [2000, 2000, 2000, 2000, -200, -200, -200, -200]);
    const colours = plan.constant(
      'colours',
      [1, 2, 4, 4],
      Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)),
    );
    const depths = plan.constant('depths', [1, 2, 4, 1], [1, 2, 3, 4, 1, 2, 3, 4]);
    const marched = marchRays(plan, { depths, sigma, colours });
    const ones = plan.constant('ones', marched.picture.shape, new Float32Array(8).fill(1));
    const one = plan.constant('one', marched.depth.shape, [1, 1]);
    const seeds = [
      { of: marched.picture, gradient: ones },
      { of: marched.depth, gradient: one },
      { of: marched.alpha, gradient: one },
    ];
    return { ofSigma: tape.gradients(seeds, [sigma])[0]! };
  });
  expect([...ofSigma].every((value) => value === 0)).toBe(true);
});
