/** The 3x3 convolutions of the bundled models, found without a device: what the autotune measures. */
import { expect, it } from 'vitest';
import { readGeneratorConfig } from '../../../src/models/generator-config';
import { layerOfKey } from '../../../src/pipelines/convolution/conv-tuning';
import { settingsOf } from '../../../src/render/quality';
import { generatorConvLayers, studentConvLayers } from '../../../src/render/wiring';
import { DEFAULT_LIMITS } from '../../full-size';
import { readModel } from '../fixtures';

const DEVICE = { adapter: { isSoftware: false }, limits: DEFAULT_LIMITS };
const model = readModel('portrait-eg3d');
const config = readGeneratorConfig(model);

it('finds those of backbone and super-resolution, each kind once', () => {
  const layers = generatorConvLayers(model, settingsOf(config.rendering), DEVICE);
  const { backbone, superResolution } = config;
  expect(layers).toContain('up1 4x4 192>192 halves');
  expect(layers).toContain('up2 64x64 128>64 halves');
  expect(layers.length).toBeLessThanOrEqual(2 * Math.log2(backbone.resolution) + 4);
  expect(new Set(layers).size).toBe(layers.length);
  const inputs = layers.map((key) => layerOfKey(key)?.inChannels);
  expect(inputs).toContain(superResolution.inputChannels);
  expect(inputs).not.toContain(undefined);
});

it("finds a student's", () => {
  const layers = studentConvLayers(config, readModel('portrait-student'), DEVICE);
  expect(layers.length).toBeGreaterThan(4);
  expect(layers.map(layerOfKey)).not.toContain(undefined);
});
