/** Reading a discriminator's configuration from the arguments of the official implementation. */
import { describe, expect, it } from 'vitest';
import { ModelConfigError } from '../../../src/models/config-fields';
import { discriminatorChannels, readDiscriminatorConfig } from '../../../src/models/discriminator-config';

const USUAL = { c_dim: 25, img_resolution: 512, img_channels: 3 };

describe('readDiscriminatorConfig', () => {
  it('has the official defaults', () => {
    expect(readDiscriminatorConfig(USUAL)).toEqual({
      resolution: 512,
      imageChannels: 3,
      channelBase: 32768,
      channelMax: 512,
      convClamp: undefined,
      mapping: {
        zDim: 0,
        cDim: 25,
        wDim: 512,
        numWs: undefined,
        layers: 8,
        embedFeatures: 512,
        layerFeatures: 512,
        lrMultiplier: 0.01,
      },
      deviationGroup: 4,
      deviationChannels: 1,
      labelNoise: 0,
    });
  });

  it('takes what is given, also as JSON', () => {
    const config = readDiscriminatorConfig(
      JSON.stringify({
        ...USUAL,
        channel_base: 512,
        channel_max: 12,
        conv_clamp: 256,
        cmap_dim: 20,
        disc_c_noise: 0.1,
        mapping_kwargs: { num_layers: 3, layer_features: 7 },
        epilogue_kwargs: { mbstd_group_size: null, mbstd_num_channels: 2 },
      }),
    );
    expect(config).toMatchObject({ convClamp: 256, labelNoise: 0.1, deviationGroup: undefined, deviationChannels: 2 });
    expect(config.mapping).toMatchObject({ wDim: 20, layers: 3, layerFeatures: 7, embedFeatures: 20 });
    expect([512, 64, 4].map((side) => discriminatorChannels(config, side))).toEqual([1, 8, 12]);
  });

  it('has no map of a label that is not there', () => {
    expect(readDiscriminatorConfig({ ...USUAL, c_dim: 0 }).mapping).toBeUndefined();
  });

  it.each([
    ['architecture', { architecture: 'skip' }],
    ['img_resolution', { img_resolution: 96 }],
    ['img_resolution', { img_resolution: 4 }],
    ['c_dim', { c_dim: -1 }],
  ])('refuses %s as it should not be: %j', (field, wrong) => {
    const read = () => readDiscriminatorConfig({ ...USUAL, ...wrong });
    expect(read).toThrow(ModelConfigError);
    expect(read).toThrow(`"${field}"`);
  });
});
