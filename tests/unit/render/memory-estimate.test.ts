/** How much memory a model will take, told before anything is uploaded. tests/gpu/models/full-size.test.ts holds it against a real device. */
import { expect, it } from 'vitest';
import { BufferLimitError } from '../../../src/gpu/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import type { StorageFormat } from '../../../src/gpu/tensor-host';
import { readGeneratorConfig } from '../../../src/models/generator-config';
import { modulatedConv3x3 } from '../../../src/pipelines/convolution/modulated-conv';
import { settingsOf } from '../../../src/render/quality';
import { estimateMemory } from '../../../src/render/wiring';
import { DEFAULT_LIMITS, FULL_SIZE } from '../../full-size';
import { convWeightsOf } from '../../support/conv-weights';
import { readModel } from '../fixtures';

const PLAIN_DEVICE = { adapter: { isSoftware: false }, limits: DEFAULT_LIMITS };

it('the full-size model fits a device that grants only the default limits', () => {
  const estimate = estimateMemory(FULL_SIZE, settingsOf(FULL_SIZE.rendering), PLAIN_DEVICE);
  expect(estimate.fits).toBe(true);
  expect(estimate.problem).toBeUndefined();
  // The second block's 512 x 512 pixels of 128 channels are just what one binding may have.
  expect(estimate.largestBinding).toBe(DEFAULT_LIMITS.maxStorageBufferBindingSize);
  expect(estimate.weightsBytes).toBeGreaterThan(30.7e6 * 4);
  expect(estimate.weightsBytes + estimate.planBytes).toBeLessThan(500e6);
});

it('the full-size model takes less than 600 MB, and less than 350 MB where convolutions store halves', () => {
  const settings = settingsOf(FULL_SIZE.rendering);
  const total = (convolutionFormat: StorageFormat) => {
    const { weightsBytes, planBytes } = estimateMemory(FULL_SIZE, settings, { ...PLAIN_DEVICE, convolutionFormat });
    return weightsBytes + planBytes;
  };
  console.info(`f32 ${(total('f32') / 1e6).toFixed(0)} MB, f16 ${(total('f16') / 1e6).toFixed(0)} MB`);
  expect(total('f32')).toBeLessThan(600e6);
  expect(total('f16')).toBeLessThan(350e6);
});

it('the unfiltered picture of the largest layer, 134.7 MB as a whole, is never in memory at once', () => {
  const host = new MemorySurvey(PLAIN_DEVICE);
  const plan = new PlanBuilder(host, 'layer');
  const x = plan.tensor('x', [1, 256, 256, 256]);
  const styles = { styles: plan.tensor('styles', [1, 256]), demodulation: plan.tensor('demodulation', [1, 128]) };
  const weights = convWeightsOf(plan, new Float32Array(128 * 256 * 9), [128, 256, 3, 3]);
  const output = plan.keep(modulatedConv3x3(plan, x, weights, styles, {}, { up: 2 }));
  plan.reserve();
  expect(output.storage.bytes).toBe(DEFAULT_LIMITS.maxStorageBufferBindingSize);
  expect(host.largest.bytes).toBe(output.storage.bytes);
  expect(plan.largestScratch).toBeLessThanOrEqual(32 * 2 ** 20);
});

it('names the tensor that a device cannot bind', () => {
  const limits = { ...DEFAULT_LIMITS, maxStorageBufferBindingSize: 64 * 2 ** 20 };
  const estimate = estimateMemory(FULL_SIZE, settingsOf(FULL_SIZE.rendering), { ...PLAIN_DEVICE, limits });
  expect(estimate.fits).toBe(false);
  expect(estimate.problem).toBeInstanceOf(BufferLimitError);
  expect(estimate.problem!.message).toMatch(/superresolution\.block1\.conv.\.weight output.*134 MB.*67 MB/);
});

it('grows with the settings', () => {
  const config = readGeneratorConfig(readModel('portrait-eg3d'));
  const settings = settingsOf(config.rendering);
  const own = estimateMemory(config, settings, PLAIN_DEVICE);
  const finer = estimateMemory(config, { ...settings, neuralResolution: 192 }, PLAIN_DEVICE);
  expect(finer.weightsBytes).toBe(own.weightsBytes);
  expect(finer.planBytes).toBeGreaterThan(own.planBytes);
});
