/**
 * The volume renderer: the plain chain and the fused kernel against the reference vectors, and against each other for random models.
 *
 * Tolerance: 5e-4 for whole renderings. A u within rounding of a step of the cumulative distribution may move one fine sample by a bin;
 * the quadrature then hides nearly all of it (README of the reference vectors).
 */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, writeTensor } from '../../../src/gpu/tensor';
import { packDecoder } from '../../../src/pipelines/volume/decoder';
import { RenderingOptionError, type RenderingOptions } from '../../../src/pipelines/volume/rendering-options';
import type { RaySampling } from '../../../src/pipelines/volume/sampling';
import { volumeRender } from '../../../src/pipelines/volume/volume-render';
import { volumeRenderPlain } from '../../../src/pipelines/volume/volume-render-plain';
import { ARCHITECTURES, cameraAt, caseInputs, caseLabel, RENDER_CASES, RENDER_MODES, wave } from '../render-support';
import { expectClose, fixture, runOnce, testGpu } from '../support';

const WHOLE = 5e-4;
const SINGLE = 1e-4;

const file = await fixture('render');

for (const name of RENDER_CASES) {
  for (const mode of RENDER_MODES) {
    test(`${name}.${mode}: fused kernel and plain chain`, async () => {
      const values = await runOnce((plan) => {
        const inputs = caseInputs(plan, file, name, mode);
        const plain = volumeRenderPlain(plan, inputs);
        const fused = volumeRender(plan, inputs);
        return {
          ...{ feature: fused.feature, depth: fused.depth, alpha: fused.alpha, range: fused.depthRange },
          ...{
            plainFeature: plain.feature,
            plainDepth: plain.depth,
            plainAlpha: plain.alpha,
            plainRange: plain.depthRange,
          },
          ...{ coarseDepths: plain.coarse.depths, coarseSigma: plain.coarse.sigma },
          ...{ fineDepths: plain.fine!.depths, fineSigma: plain.fine!.sigma },
        };
      });
      const expected = (output: string) => file.floats(`${name}.${mode}.${output}`);
      if (mode === 'record') {
        expectClose(`${name} coarse depths`, values.coarseDepths, expected('mid.depths_coarse'), SINGLE);
        expectClose(`${name} coarse sigma`, values.coarseSigma, expected('mid.sigma_coarse'), WHOLE);
        expectClose(`${name} fine depths`, values.fineDepths, expected('mid.depths_fine'), WHOLE);
        expectClose(`${name} fine sigma`, values.fineSigma, expected('mid.sigma_fine'), WHOLE);
      }
      const label = `${name}.${mode}`;
      expectClose(`${label} plain feature`, values.plainFeature, expected('out.feature'), WHOLE);
      expectClose(`${label} plain depth`, values.plainDepth, expected('out.depth'), WHOLE);
      expectClose(`${label} plain weight total`, values.plainAlpha, expected('out.weight_total'), WHOLE);
      expectClose(`${label} fused feature`, values.feature, expected('out.feature'), WHOLE);
      expectClose(`${label} fused depth`, values.depth, expected('out.depth'), WHOLE);
      expectClose(`${label} fused weight total`, values.alpha, expected('out.weight_total'), WHOLE);
      expectClose(`${label} depth range, fused and plain`, values.range, values.plainRange, WHOLE);
    });
  }
}

/** NaN if any difference is. */
const largestDifference = (actual: Float32Array, expected: Float32Array) =>
  actual.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);

describe('random models', () => {
  const models = fc.record({
    batch: fc.integer({ min: 1, max: 2 }),
    resolution: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 11 }),
    width: fc.integer({ min: 1, max: 11 }),
    architecture: fc.constantFrom(...ARCHITECTURES),
    boxWarp: fc.constantFrom(1, 1.6),
    rayLimits: fc.constantFrom<RenderingOptions['rayLimits']>('auto', { start: 0.7, end: 2.9 }),
    depthSamples: fc.integer({ min: 4, max: 40 }),
    importanceSamples: fc.integer({ min: 0, max: 40 }),
    disparitySampling: fc.boolean(),
    whiteBackground: fc.boolean(),
    distance: fc.constantFrom(1.4, 2, 2.7),
    turn: fc.constantFrom(0, 0.4, -1.2),
    sampling: fc.constantFrom<RaySampling>({ mode: 'even' }, { mode: 'det' }, { mode: 'random', seed: 7 }),
  });

  test('the fused kernels agree with the plain chain, those for a graphics card too', async () => {
    let largest = 0;
    await fc.assert(
      fc.asyncProperty(models, async ({ architecture, ...drawn }) => {
        const model = { ...drawn, ...architecture };
        const { batch, resolution, height, width, planeChannels, decoderHiddenWidth, decoderOutputs } = model;
        const decoder = packDecoder(
          {
            hiddenWeight: wave(decoderHiddenWidth * planeChannels, 0.9, 2),
            hiddenBias: wave(decoderHiddenWidth, 0.4),
            outputWeight: wave((1 + decoderOutputs) * decoderHiddenWidth, 0.7, 3),
            outputBias: wave(1 + decoderOutputs, 1.1),
          },
          model,
          1,
        );
        const channels = model.planeAxes.length * planeChannels;
        const values = await runOnce((plan) => {
          const inputs = {
            planes: plan.constant(
              'planes',
              [batch, height, width, channels],
              wave(batch * height * width * channels, 0.31, 2),
            ),
            decoder: plan.constant('decoder', [decoder.length], decoder),
            cameras: plan.constant(
              'cameras',
              [batch, 25],
              Array.from({ length: batch }, (_, i) => cameraAt(model.distance, model.turn + i)).flat(),
            ),
            resolution,
            rendering: model,
            sampling: model.sampling,
          };
          const { coarse: _coarse, fine: _fine, ...plain } = volumeRenderPlain(plan, inputs);
          const fused = volumeRender(plan, { ...inputs, device: 'software' });
          const onCard = volumeRender(plan, { ...inputs, device: 'hardware' });
          return {
            ...plain,
            ...{ fusedFeature: fused.feature, fusedDepth: fused.depth },
            ...{ fusedAlpha: fused.alpha, fusedRange: fused.depthRange },
            ...{ cardFeature: onCard.feature, cardDepth: onCard.depth },
            ...{ cardAlpha: onCard.alpha, cardRange: onCard.depthRange },
          };
        });
        const compare = (actual: Float32Array, expected: Float32Array) => {
          const error = largestDifference(actual, expected);
          expect(error).toBeLessThanOrEqual(WHOLE);
          largest = Math.max(largest, error);
        };
        compare(values.fusedFeature, values.feature);
        compare(values.fusedAlpha, values.alpha);
        compare(values.fusedDepth, values.depth);
        compare(values.fusedRange.subarray(0, 2), values.depthRange.subarray(0, 2));
        compare(values.cardFeature, values.feature);
        compare(values.cardAlpha, values.alpha);
        compare(values.cardDepth, values.depth);
        compare(values.cardRange.subarray(0, 2), values.depthRange.subarray(0, 2));
      }),
      { seed: 20, numRuns: 9 },
    );
    console.info(`random models, fused and plain: largest error ${largest.toExponential(2)} (allowed ${WHOLE})`);
  });

  test('96 + 96 samples a ray', async () => {
    const values = await runOnce((plan) => {
      const inputs = caseInputs(plan, file, 'full_auto', 'even');
      const rendering = { ...inputs.rendering, depthSamples: 96, importanceSamples: 96 };
      const plain = volumeRenderPlain(plan, { ...inputs, rendering, resolution: 8 });
      const fused = volumeRender(plan, { ...inputs, rendering, resolution: 8 });
      return { feature: fused.feature, depth: fused.depth, plainFeature: plain.feature, plainDepth: plain.depth };
    });
    expectClose('96 + 96 samples: feature', values.feature, values.plainFeature, WHOLE);
    expectClose('96 + 96 samples: depth', values.depth, values.plainDepth, WHOLE);
  });

  test('a camera that sees nothing of the box still gives finite numbers, fused and plain alike', async () => {
    const values = await runOnce((plan) => {
      const inputs = caseInputs(plan, file, 'full_auto', 'even');
      const away = caseLabel(file, 'full_auto');
      away[3] = 40;
      const cameras = plan.constant('cameras', [1, 25], away);
      const plain = volumeRenderPlain(plan, { ...inputs, cameras });
      const fused = volumeRender(plan, { ...inputs, cameras });
      return { feature: fused.feature, depth: fused.depth, plainFeature: plain.feature, plainDepth: plain.depth };
    });
    expectClose('nothing in sight: feature', values.feature, values.plainFeature, WHOLE);
    expectClose('nothing in sight: depth', values.depth, values.plainDepth, WHOLE);
  });
});

test('the same plan follows its camera, and a second run leaves nothing of the first', async () => {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'test');
  const inputs = caseInputs(builder, file, 'full_auto', 'even');
  const outputs = volumeRender(builder, inputs);
  builder.keep(outputs.feature);
  builder.keep(outputs.depth);
  const plan = await builder.build();
  afterAll(() => plan.destroy());
  const render = async (label: number[]) => {
    writeTensor(gpu, inputs.cameras, label);
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    return { feature: await readTensor(gpu, outputs.feature), depth: await readTensor(gpu, outputs.depth) };
  };
  const home = caseLabel(file, 'full_auto');
  const first = await render(home);
  const elsewhere = await render(cameraAt(2, 1));
  const again = await render(home);
  expect(elsewhere.feature).not.toEqual(first.feature);
  expect(again.feature).toEqual(first.feature);
  expect(again.depth).toEqual(first.depth);
});

test('random sampling is decided by its seed', async () => {
  const render = async (seed: number) => {
    const values = await runOnce((plan) => {
      const inputs = caseInputs(plan, file, 'full_ffhq', 'even');
      return { feature: volumeRender(plan, { ...inputs, sampling: { mode: 'random', seed } }).feature };
    });
    return values.feature;
  };
  expect(await render(5)).toEqual(await render(5));
  expect(await render(5)).not.toEqual(await render(6));
});

test('sample counts that leave nothing to integrate are refused', async () => {
  const gpu = await testGpu();
  const plan = new PlanBuilder(gpu, 'test');
  const inputs = caseInputs(plan, file, 'full_ffhq', 'even');
  const withSamples = (depthSamples: number, importanceSamples: number) => () =>
    volumeRender(plan, { ...inputs, rendering: { ...inputs.rendering, depthSamples, importanceSamples } });
  expect(withSamples(3, 8)).toThrow(RenderingOptionError);
  expect(withSamples(1, 0)).toThrow(RenderingOptionError);
  expect(withSamples(2, -1)).toThrow(RenderingOptionError);
  plan.discard();
});
