/**
 * The largest model in common use on a device that grants only the default limits. On a software adapter its frame
 * would take minutes, so the whole is built and not run; what is special about its size (layers that double the side in bands of rows) runs
 * at full width here, and the whole super-resolution at full size in super-resolution.test.ts.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Gpu } from '../../../src/gpu/device';
import { BufferLimitError } from '../../../src/gpu/errors';
import { Generator } from '../../../src/models/generator';
import { type ConvShape, prepareConv } from '../../../src/pipelines/convolution/conv-weights';
import { conv2d } from '../../../src/pipelines/convolution/conv2d';
import { filteredInBands } from '../../../src/pipelines/convolution/conv3x3-up2';
import { modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { BINOMIAL_FILTER, upfirdn2d } from '../../../src/pipelines/resampling/upfirdn2d';
import { FaceLatents } from '../../../src/render/face-latents';
import { settingsOf } from '../../../src/render/quality';
import { VolumetricRenderer } from '../../../src/render/volumetric-renderer';
import { estimateMemory } from '../../../src/render/wiring';
import { DEFAULT_LIMITS, FULL_SIZE } from '../../full-size';
import { convWeightsOf } from '../../support/conv-weights';
import { OP_TOLERANCE } from '../ops-cases';
import { bundledModel, expectClose, runOnce } from '../support';

/** The estimate leaves out uniform buffers. */
const ESTIMATE_TOLERANCE = 0.01;

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.request({ limits: 'default' });
});
afterAll(() => gpu.destroy());

/** Builds a renderer and tells what it took; fails on any error that the device reports. */
async function measure(generator: Generator) {
  const before = gpu.memory.bytesInUse;
  for (const kind of ['validation', 'out-of-memory'] as const) gpu.device.pushErrorScope(kind);
  const latents = await FaceLatents.create(generator);
  const renderer = await VolumetricRenderer.create(latents);
  for (let scope = 0; scope < 2; scope++) expect((await gpu.device.popErrorScope())?.message).toBeUndefined();
  const bytes = gpu.memory.bytesInUse - before;
  const weights = generator.weightBytes;
  renderer.destroy();
  latents.destroy();
  generator.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
  return { bytes, weights };
}

function expectWithin(label: string, actual: number, estimate: number): void {
  console.info(`${label}: ${(actual / 1e6).toFixed(1)} MB, estimated ${(estimate / 1e6).toFixed(1)} MB`);
  expect(Math.abs(actual / estimate - 1), label).toBeLessThan(ESTIMATE_TOLERANCE);
}

it('a device opened with limits "default" has just those', () => {
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = gpu.limits;
  expect({ maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension }).toEqual(DEFAULT_LIMITS);
});

it('the full-size model is built within the default limits, and takes what was estimated', async () => {
  const estimate = estimateMemory(FULL_SIZE, settingsOf(FULL_SIZE.rendering), gpu);
  expect(estimate.fits).toBe(true);
  const { bytes, weights } = await measure(Generator.withoutFile(gpu, FULL_SIZE));
  expectWithin('full size: weights', weights, estimate.weightsBytes);
  expectWithin('full size: all', bytes, estimate.weightsBytes + estimate.planBytes);
});

it('the bundled model takes what was estimated', async () => {
  const generator = Generator.create(gpu, await bundledModel('portrait-eg3d'));
  const { config } = generator;
  const estimate = estimateMemory(config, settingsOf(config.rendering), gpu);
  const { bytes, weights } = await measure(generator);
  expectWithin('bundled: weights', weights, estimate.weightsBytes);
  expectWithin('bundled: all', bytes, estimate.weightsBytes + estimate.planBytes);
});

it('settings beyond the limits are refused by the estimate and by the device, for the same tensor', async () => {
  const settings = { ...settingsOf(FULL_SIZE.rendering), neuralResolution: 1100 };
  const { fits, problem } = estimateMemory(FULL_SIZE, settings, gpu);
  expect(fits).toBe(false);
  const before = gpu.memory.bytesInUse;
  const generator = Generator.withoutFile(gpu, FULL_SIZE);
  const latents = await FaceLatents.create(generator);
  const refused = await VolumetricRenderer.create(latents, settings).catch((error) => error);
  expect(refused).toBeInstanceOf(BufferLimitError);
  expect(refused.message).toBe(problem!.message);
  latents.destroy();
  generator.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
});

it('the layer to 512 x 512 gives, in bands at its full width, what its plain steps give', async () => {
  // All 256 columns, but 30 of the rows and an eighth of the channels; a ring of 11 of the 61 unfiltered rows.
  const [height, width, inChannels, outChannels] = [30, 256, 32, 16];
  const conv: ConvShape = [outChannels, inChannels, 3, 3];
  const wave = (count: number, step: number) => Float32Array.from({ length: count }, (_, k) => Math.sin(k * step));
  const stored = wave(outChannels * inChannels * 9, 0.7).map((value) => value * 0.1);
  const dispatches: number[] = [];
  const { banded, stepwise } = await runOnce((plan) => {
    const x = plan.constant('x', [1, height, width, inChannels], wave(height * width * inChannels, 0.37));
    const ones = (count: number) => plan.constant('ones', [1, count], new Float32Array(count).fill(1));
    const flipped = prepareConv(stored, conv, { flip: true });
    const styles = { styles: ones(inChannels), demodulation: ones(outChannels) };
    const before = plan.dispatchCount;
    const variant = filteredInBands(undefined, 11 * (2 * width + 1) * outChannels * 4);
    const banded = modulatedConv3x3(plan, x, convWeightsOf(plan, stored, conv), styles, {}, { variant });
    dispatches.push(plan.dispatchCount - before);
    const wide = conv2d(
      plan,
      upfirdn2d(plan, x, undefined, { up: 2, padding: 2 }),
      plan.constant('flipped', flipped.shape, flipped.values),
    );
    return { banded, stepwise: upfirdn2d(plan, wide, BINOMIAL_FILTER, { padding: [1, 0, 1, 0], gain: 4 }) };
  });
  expect(dispatches[0]).toBe(2 * Math.ceil((height + 1) / 4));
  expectClose('bands at full width', banded, stepwise, OP_TOLERANCE);
});
