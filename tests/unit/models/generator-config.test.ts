/** Configurations out of model files: both layouts, and what is wrong with a bad one. */
import { describe, expect, it } from 'vitest';
import { ModelConfigError, readGeneratorConfig, type TensorDirectory } from '../../../src/models/generator-config';
import { readFixture, readModel } from '../fixtures';

/** The bundled model with other fields in its config. */
function withConfig(fields: object): TensorDirectory {
  const file = readModel('portrait-eg3d');
  const config = JSON.stringify({ ...JSON.parse(file.metadata.config!), ...fields });
  return { metadata: { config }, has: (name) => file.has(name), info: (name) => file.info(name) };
}

describe('readGeneratorConfig', () => {
  it('reads the bundled model', () => {
    const config = readGeneratorConfig(readModel('portrait-eg3d'));
    expect(config.mapping).toMatchObject({ zDim: 64, cDim: 25, wDim: 256, numWs: 14, layers: 4, lrMultiplier: 1 });
    expect(config.backbone).toMatchObject({ resolution: 256, imageChannels: 96, convClamp: 256 });
    expect(config.rendering).toMatchObject({
      boxWarp: 0.9,
      rayLimits: 'auto',
      depthSamples: 48,
      importanceSamples: 48,
      whiteBackground: true,
      neuralResolution: 128,
      alphaFeature: 31,
    });
    expect(config.rendering.planeAxes).toEqual([
      [0, 1],
      [0, 2],
      [2, 1],
    ]);
    expect(config.superResolution.blocks).toEqual([
      { channels: 64, upsample: false },
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
    expect(config.rendering.alphaFeature).toBeUndefined();
  });

  it.each([[undefined], [null], [0], [31]])('takes %j for the channel that tells alpha', (channel) => {
    const { rendering } = readGeneratorConfig(withConfig({ alpha_feature: channel }));
    expect(rendering.alphaFeature).toBe(channel ?? undefined);
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
    ['alpha_feature', 32, 'a channel, 0 to 31'],
    ['alpha_feature', -1, 'a channel, 0 to 31'],
    ['alpha_feature', 1.5, 'a channel, 0 to 31'],
    ['alpha_feature', '31', 'a channel, 0 to 31'],
    ['alpha_feature', true, 'a channel, 0 to 31'],
  ])('names the field %s when it is %j', (field, value, problem) => {
    const broken = withConfig({ [field]: value });
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
