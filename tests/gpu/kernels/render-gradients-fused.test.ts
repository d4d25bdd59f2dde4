/**
 * The gradient of the fused renderer: against the plain chain, whose stages render-gradients.test.ts holds against the reference, and against
 * difference quotients.
 */
import { describe, expect, it } from 'vitest';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { slice } from '../../../src/pipelines/dense/window';
import { startTape } from '../../../src/pipelines/gradients';
import { l1Loss } from '../../../src/pipelines/reduction/losses';
import { type DecoderArrays, packedDecoderLength } from '../../../src/pipelines/volume/decoder';
import { decodeByLayers } from '../../../src/pipelines/volume/decoder-layers';
import { evaluatePoints } from '../../../src/pipelines/volume/evaluate-points';
import { type DecoderTensors, packDecoderTensors } from '../../../src/pipelines/volume/pack-decoder';
import type { RenderingOptions } from '../../../src/pipelines/volume/rendering-options';
import { sampleTriPlanes } from '../../../src/pipelines/volume/tri-planes';
import {
  type VolumeRenderInputs,
  type VolumeRendering,
  volumeRender,
} from '../../../src/pipelines/volume/volume-render';
import { volumeRenderPlain } from '../../../src/pipelines/volume/volume-render-plain';
import { randomValues } from '../conv-cases';
import { expectGradients } from '../gradient-check';
import {
  ARCHITECTURES,
  cameraAt,
  caseInputs,
  DECODER,
  decoderArrays,
  EG3D_PLANE_AXES,
  wave,
  wireDecoder,
} from '../render-support';
import { expectGradient, fixture, runOnce, testGpu } from '../support';

const file = await fixture('render');

const PARAMETERS = ['planes', 'hiddenWeight', 'hiddenBias', 'outputWeight', 'outputBias'] as const;

const factors = (plan: PlanBuilder, { label, shape }: Tensor, seed: number) =>
  plan.constant(`${label} factors`, shape, randomValues(elementCount(shape), seed));

const tensorsOf = (planes: Tensor, { hiddenWeight, hiddenBias, outputWeight, outputBias }: DecoderTensors) => [
  ...[planes, hiddenWeight, hiddenBias, outputWeight, outputBias],
];

/** @returns named for `runOnce`, with what stands before the names */
const named = (gradients: readonly (Tensor | undefined)[], before: string) =>
  gradients.map(
    (gradient, index) => [`${before}${PARAMETERS[index]}`, gradient ?? expect.fail('no gradient')] as const,
  );

/** Gradients of both ways to render with respect to {@link PARAMETERS}; those of the plain chain are named "plain ...". */
function bothGradients(
  wire: (plan: PlanBuilder) => Omit<VolumeRenderInputs, 'decoder'>,
  arrays: DecoderArrays,
  outputs: readonly ('feature' | 'depth' | 'alpha')[] = ['feature', 'depth', 'alpha'],
) {
  return runOnce((plan): Record<string, Tensor> => {
    const tape = startTape(plan);
    const inputs = wire(plan);
    const { masters, packed, layers } = wireDecoder(plan, arrays, inputs.rendering);
    const fused = volumeRender(plan, { ...inputs, decoder: packed });
    const plain = volumeRenderPlain(plan, { ...inputs, decoder: layers });
    const gradients = (rendering: VolumeRendering) => {
      const seeds = outputs.map((output, index) => ({
        of: rendering[output],
        gradient: factors(plan, rendering[output], index),
      }));
      return tape.gradients(seeds, tensorsOf(inputs.planes, masters));
    };
    return Object.fromEntries([...named(gradients(plain), 'plain '), ...named(gradients(fused), '')]);
  });
}

function expectSame(label: string, values: Record<string, Float32Array>): void {
  for (const name of PARAMETERS) expectGradient(`${label} ${name}`, values[name]!, values[`plain ${name}`]!);
}

describe('the fused renderer has the gradient of the plain chain,', () => {
  // Each kind of limits, background, spread and sampling once: every combination is compiled.
  it.each([
    ['full_auto', 'record'],
    ['full_white', 'even'],
    ['full_disparity', 'det'],
  ] as const)('%s.%s', async (name, mode) => {
    const values = await bothGradients((plan) => caseInputs(plan, file, name, mode), decoderArrays(file, 'full'));
    expectSame(`${name}.${mode}`, values);
  });

  const scenes = [
    { scene: 'fog', density: -1, distance: 2, seesPlanes: true },
    { scene: 'dense', density: 8, distance: 2, seesPlanes: true },
    { scene: 'opaque', density: 300, distance: 2, seesPlanes: true },
    { scene: 'empty', density: -60, distance: 2, seesPlanes: false },
    { scene: 'camera inside the box', density: 2, distance: 0.2, seesPlanes: true },
    { scene: 'camera that sees nothing', density: 2, distance: -4, seesPlanes: false },
  ];
  it.each(scenes)('of a scene: $scene', async ({ scene, density, distance, seesPlanes }) => {
    const values = await bothGradients((plan) => sceneInputs(plan, distance), sceneDecoder(density));
    expectSame(scene, values);
    expect(Math.max(...values.planes!.map(Math.abs)) > 1e-4, 'planes matter').toBe(seesPlanes);
  });

  it('one pass, planes read from a buffer', async () => {
    const values = await bothGradients((plan) => {
      const { rendering, ...inputs } = sceneInputs(plan, 2);
      return { ...inputs, rendering: { ...rendering, importanceSamples: 0 }, device: 'hardware' };
    }, sceneDecoder(3));
    expectSame('one pass', values);
  });
});

const [ARCHITECTURE, SMALLEST] = ARCHITECTURES;

/** Faces of random features, 6 x 6 rays each. @param distance of the cameras from the origin; a negative one looks away */
function sceneInputs(plan: PlanBuilder, distance: number, faces = 2): Omit<VolumeRenderInputs, 'decoder'> {
  const rendering: RenderingOptions = {
    ...ARCHITECTURE!,
    boxWarp: 1,
    rayLimits: { start: 0.2, end: 3 },
    depthSamples: 11,
    importanceSamples: 9,
    disparitySampling: false,
    whiteBackground: true,
  };
  return {
    planes: plan.constant('planes', [faces, 7, 5, 36], wave(faces * 7 * 5 * 36, 0.31, 2)),
    cameras: plan.constant(
      'cameras',
      [faces, 25],
      [0.3, -0.9].slice(0, faces).flatMap((turn) => cameraAt(distance, turn)),
    ),
    resolution: 6,
    rendering,
  };
}

/** A decoder whose density is around a number. */
function sceneDecoder(density: number): DecoderArrays {
  const { planeChannels, decoderHiddenWidth: hidden, decoderOutputs } = ARCHITECTURE!;
  return {
    hiddenWeight: wave(hidden * planeChannels, 0.9, 2),
    hiddenBias: wave(hidden, 0.4),
    outputWeight: wave((1 + decoderOutputs) * hidden, 0.7, 3),
    outputBias: wave(1 + decoderOutputs, 1.1).with(0, density),
  };
}

it('many chunks of points give the same as one, the same bits each time', async () => {
  // 58 x 58 rays of 20 samples are two chunks of a software adapter.
  const wire = (plan: PlanBuilder) => ({ ...sceneInputs(plan, 2, 1), resolution: 58 });
  const values = await bothGradients(wire, sceneDecoder(2), ['feature']);
  expectSame('two chunks', values);
  const again = await bothGradients(wire, sceneDecoder(2), ['feature']);
  for (const name of Object.keys(values)) expect(again[name], name).toEqual(values[name]);
});

it('memory does not grow with the number of samples', async () => {
  const gpu = await testGpu();
  const bytes = (samples: number) => {
    const survey = new MemorySurvey(gpu);
    const plan = new PlanBuilder(survey, 'gradient');
    const tape = startTape(plan);
    const inputs = caseInputs(plan, file, 'full_ffhq', 'even');
    const rendering = { ...inputs.rendering, depthSamples: samples, importanceSamples: samples };
    const { feature } = volumeRender(plan, { ...inputs, rendering, resolution: 64 });
    const seed = { of: feature, gradient: plan.tensor('gradient', feature.shape) };
    tape.gradients([seed], [inputs.planes, inputs.decoder]);
    plan.reserve();
    return survey.bytesInUse;
  };
  expect(bytes(96) / bytes(24)).toBeLessThan(1.02);
});

describe('difference quotients agree with the gradients of', () => {
  const extents = SMALLEST!;
  const shapes = {
    planes: [1, 5, 6, 4],
    hiddenWeight: [16],
    hiddenBias: [4],
    outputWeight: [20],
    outputBias: [5],
  };
  const packed = (plan: PlanBuilder, inputs: Record<string, Tensor>) =>
    packDecoderTensors(plan, inputs as unknown as DecoderTensors, extents, 2);

  it('a whole rendering', async () => {
    // Without importance samples, whose depths move with what is changed, and are taken as given.
    const rendering: RenderingOptions = {
      ...extents,
      boxWarp: 1.6,
      rayLimits: { start: 1, end: 3 },
      depthSamples: 8,
      importanceSamples: 0,
      disparitySampling: false,
      whiteBackground: true,
    };
    for (const output of ['feature', 'alpha'] as const) {
      await expectGradients(`rendered ${output}`, shapes, (plan, { planes, ...masters }) => {
        const cameras = plan.constant('cameras', [1, 25], cameraAt(2, 0.4));
        const decoder = packed(plan, masters);
        return volumeRender(plan, { planes: planes!, decoder, cameras, resolution: 5, rendering })[output];
      });
    }
  });

  it('the density of given points', async () => {
    await expectGradients('sigma', shapes, (plan, { planes, ...masters }) => {
      const points = plan.constant('points', [1, 30, 3], randomValues(90, 7));
      const rendering = { ...extents, boxWarp: 1.6 };
      return evaluatePoints(plan, { planes: planes!, decoder: packed(plan, masters), points, rendering }).sigma;
    });
  });

  it('the density regularisation', async () => {
    const { outputBias, ...others } = shapes; // the same in both densities
    await expectGradients('density regularisation', others, (plan, { planes, ...masters }) => {
      const decoder = packed(plan, { ...masters, outputBias: plan.tensor('output bias', outputBias) });
      const here = randomValues(45, 8);
      const nearby = here.map((value, at) => value + 0.2 * randomValues(45, 9)[at]!);
      const points = plan.constant('points', [1, 30, 3], [...here, ...nearby]);
      const rendering = { ...extents, boxWarp: 1.6 };
      const { sigma } = evaluatePoints(plan, { planes: planes!, decoder, points, rendering });
      return l1Loss(plan, slice(plan, sigma, 1, 0, 15), slice(plan, sigma, 1, 15, 15));
    });
  });
});

it('points at which density and colours are asked have the gradient of their stages', async () => {
  const rendering = { ...DECODER, planeAxes: EG3D_PLANE_AXES, boxWarp: 1 };
  const values = await runOnce((plan): Record<string, Tensor> => {
    const tape = startTape(plan);
    const planes = plan.constant('planes', [2, 9, 8, 96], wave(2 * 9 * 8 * 96, 0.31));
    const { masters, packed, layers } = wireDecoder(plan, decoderArrays(file, 'full'), rendering, 0.5);
    // As the density regularisation draws them: in [-1, 1]^3, although the box is half as large.
    const points = plan.constant('points', [2, 100, 3], randomValues(600, 5));
    const fused = evaluatePoints(plan, { planes, decoder: packed, points, rendering });
    const plain = decodeByLayers(plan, sampleTriPlanes(plan, planes, points, rendering), layers);
    const gradients = ({ sigma, colours }: typeof fused) => {
      const seeds = [
        { of: sigma, gradient: factors(plan, sigma, 1) },
        { of: colours, gradient: factors(plan, colours, 2) },
      ];
      return tape.gradients(seeds, tensorsOf(planes, masters));
    };
    expect(packed.shape).toEqual([packedDecoderLength(rendering)]);
    return Object.fromEntries([...named(gradients(plain), 'plain '), ...named(gradients(fused), '')]);
  });
  expectSame('points', values);
});
