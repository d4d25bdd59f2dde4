/** Configurations out of model files: both layouts, and what is wrong with a bad one. */
import { describe, expect, it } from 'vitest';
import { ModelConfigError, readGeneratorConfig, type TensorDirectory } from '../../src/models/generator-config';
import { readFixture, readModel } from './fixtures';

describe('readGeneratorConfig', () => {
  it('reads the bundled model', () => {
    const config = readGeneratorConfig(readModel('portrait-eg3d'));
    expect(config.mapping).toMatchObject({ zDim: 64, cDim: 25, wDim: 256, numWs: 12, layers: 2, lrMultiplier: 0.3 });
    expect(config.backbone).toMatchObject({ resolution: 128, imageChannels: 96, convClamp: 256 });
    expect(config.rendering).toMatchObject({ rayLimits: 'auto', whiteBackground: true, neuralResolution: 64 });
    expect(config.rendering.planeAxes).toEqual([
      [0, 1],
      [0, 2],
      [2, 1],
    ]);
    expect(config.superResolution.blocks).toEqual([
      { channels: 64, upsample: true },
      { channels: 32, upsample: true },
    ]);
    expect(config.imageResolution).toBe(256);
  });

  it('reads the arguments of the official implementation', () => {
    const config = readGeneratorConfig(readFixture('generator_tiny'));
    expect(config.backbone).toMatchObject({ resolution: 256, channelBase: 1024, channelMax: 16, convClamp: undefined });
    expect(config.rendering).toMatchObject({ rayLimits: { start: 2.25, end: 3.3 }, neuralResolution: 32 });
    expect(config.rendering.planeAxes).toEqual([
      [0, 1],
      [0, 2],
      [2, 0],
    ]);
    expect(config.superResolution).toMatchObject({ inputResolution: 64, convClamp: 256, resize: 'when-different' });
    expect(config.superResolution.blocks).toEqual([
      { channels: 128, upsample: false },
      { channels: 64, upsample: true },
    ]);
    expect(config.camera).toMatchObject({ radius: 2.7, pivot: [0, 0, 0.2] });
  });

  it.each([
    ['box_warp', 0, 'above 0'],
    ['z_dim', 1.5, 'integer'],
    ['clamp_mode', 'relu', 'softplus'],
    ['plane_axes', 'zzz', 'known are'],
    [
      'plane_axes',
      [
        [0, 1],
        [0, 2],
      ],
      'three pairs',
    ],
    [
      'plane_axes',
      [
        [0, 1],
        [0, 2],
        [1, 1],
      ],
      'three pairs',
    ],
    ['sr_upsample', [true], 'true or false'],
    ['sr_resize', 'always', 'when-smaller'],
    ['camera_focal', 'wide', 'a number'],
    ['ray_start', 5, 'auto'],
    ['sr_channels', [1], 'two channel counts'],
    ['depth_resolution', 1e12, 'integer'],
    ['superresolution_noise_mode', 'loud', 'known are'],
  ])('names the field %s when it is %j', (field, value, problem) => {
    const file = readModel('portrait-eg3d');
    const config = JSON.stringify({ ...JSON.parse(file.metadata.config!), [field]: value });
    const broken: TensorDirectory = {
      metadata: { config },
      has: (name) => file.has(name),
      info: (name) => file.info(name),
    };
    expect(() => readGeneratorConfig(broken)).toThrow(ModelConfigError);
    expect(() => readGeneratorConfig(broken)).toThrow(problem);
  });

  it.each([
    ['no metadata', {}],
    ['no JSON', { config: '{' }],
    ['a list', { config: '[]' }],
    [
      'an unknown super-resolution',
      { init_kwargs: '{"rendering_kwargs":{"superresolution_module":"a.Other"},"mapping_kwargs":{}}' },
    ],
  ])('refuses %s', (_, metadata) => {
    const file = readModel('portrait-eg3d');
    const broken: TensorDirectory = {
      metadata: { ...metadata },
      has: (name) => file.has(name),
      info: (name) => file.info(name),
    };
    expect(() => readGeneratorConfig(broken)).toThrow(ModelConfigError);
  });
});
