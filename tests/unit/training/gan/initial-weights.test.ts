/** Weights before the first step: names, shapes and distributions of the official layout. */
import { describe, expect, it } from 'vitest';
import { makeLabel } from '../../../../src/camera/conventions';
import { intrinsicsFromFocal } from '../../../../src/camera/intrinsics';
import { lookAtPose } from '../../../../src/camera/look-at';
import { readDiscriminatorConfig } from '../../../../src/models/discriminator-config';
import { readGeneratorConfig, tensorPrefix } from '../../../../src/models/generator-config';
import { generatorConfigJson } from '../../../../src/models/generator-config-json';
import { picturesOfBytes } from '../../../../src/training/data/training-pictures';
import {
  copied,
  discriminatorLayers,
  discriminatorTensors,
  drawn,
  generatorTensors,
  networkFile,
  zeros,
} from '../../../../src/training/gan/initial-weights';
import { cameraOfPictures, GAN_PRESETS, r1WeightFor, transferSettings } from '../../../../src/training/gan/settings';
import { readFixture } from '../../fixtures';

const CHOICES = {
  seed: 1,
  whiteBackground: true,
  isMirrored: false,
  camera: { radius: 2.7, pivot: [0, 0, 0] as const, focal: 4 },
};

describe('tensors of the official layout', () => {
  it("of a generator are those of the reference's, but for the buffer that holds the data set's deviation", () => {
    const file = readFixture('generator_tiny');
    const prefix = tensorPrefix(file);
    const expected = file.names().filter((name) => name.startsWith(prefix) && !name.endsWith('dataset_label_std'));
    const tensors = generatorTensors(readGeneratorConfig(file));
    expect(tensors.map(({ name }) => prefix + name).sort()).toEqual(expected.sort());
    for (const { name, shape } of tensors) expect(file.info(prefix + name).shape, name).toEqual(shape);
  });

  it("of a discriminator are those of the reference's", () => {
    const file = readFixture('discriminator');
    const prefix = 'd128.param.';
    const { init_kwargs } = JSON.parse(file.metadata.d128!);
    const tensors = discriminatorTensors(readDiscriminatorConfig(init_kwargs));
    expect(tensors.map(({ name }) => prefix + name).sort()).toEqual(
      file
        .names()
        .filter((name) => name.startsWith(prefix))
        .sort(),
    );
    for (const { name, shape } of tensors) expect(file.info(prefix + name).shape, name).toEqual(shape);
  });
});

describe('drawn weights', () => {
  const { generator } = GAN_PRESETS[32].settings(CHOICES);
  const tensors = generatorTensors(generator);
  const deviation = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

  it('are normal, of slowed layers a hundred times as large; biases are 0, those of styles 1', () => {
    const file = networkFile(tensors, drawn(1, 1));
    expect(deviation(file.floats('backbone.synthesis.b16.conv1.weight'))).toBeCloseTo(1, 1);
    expect(deviation(file.floats('backbone.mapping.fc1.weight'))).toBeCloseTo(100, -1);
    expect(deviation(file.floats('backbone.mapping.embed.weight'))).toBeCloseTo(1, 1);
    expect(new Set(file.floats('backbone.synthesis.b16.conv1.affine.bias'))).toEqual(new Set([1]));
    expect(new Set(file.floats('backbone.synthesis.b16.conv1.bias'))).toEqual(new Set([0]));
    expect(file.floats('backbone.synthesis.b16.conv1.noise_strength')).toEqual(Float32Array.of(0));
  });

  it('are the same for a seed, and others for another', () => {
    const weights = (seed: number) => networkFile(tensors, drawn(seed, 1)).floats('decoder.net.0.weight');
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  it('copied from an open file must be of the same shapes, else the tensor is named', () => {
    const other = networkFile(generatorTensors(GAN_PRESETS[64].settings(CHOICES).generator), zeros);
    expect(() => networkFile(tensors, copied(other))).toThrow('backbone.mapping.embed.weight');
  });
});

describe('settings', () => {
  it.each(Object.entries(GAN_PRESETS))(
    'of preset %s are plain data, and the file of its generator says the same',
    (_, preset) => {
      const settings = preset.settings(CHOICES);
      const read = JSON.parse(JSON.stringify(settings));
      expect(read).toEqual(settings);
      const tensors = generatorTensors(settings.generator).map((tensor) => ({ ...tensor, begins: { value: 0 } }));
      const file = networkFile(tensors, drawn(0, 1), { config: generatorConfigJson(settings.generator) });
      expect(readGeneratorConfig(file)).toEqual(settings.generator);
      expect(settings.batch % settings.discriminator.deviationGroup!).toBe(0);
    },
  );

  it('have the weight of R1 that fits resolution and batch', () => {
    expect(r1WeightFor(1024, 4)).toBeCloseTo(52.4, 1);
    expect(GAN_PRESETS[64].settings(CHOICES).r1Weight).toBeCloseTo(0.1024, 6);
  });

  it('of a transfer take the networks of the open model, and nothing fades in', () => {
    const own = GAN_PRESETS[32].settings(CHOICES);
    const tiny = readGeneratorConfig(readFixture('generator_tiny'));
    const { generator, discriminator, schedule, averageRampUp } = transferSettings(own, tiny);
    expect(generator.backbone).toEqual(tiny.backbone);
    expect(discriminator.resolution).toBe(128);
    expect([schedule.blurImages, schedule.swapImages, averageRampUp]).toEqual([0, 0, undefined]);
  });

  it('tell the camera that stands for those of the pictures', () => {
    const labels = [1.2, 1.9].map((yaw) =>
      makeLabel(lookAtPose({ yaw, pitch: 1.5, radius: 2.5 }), intrinsicsFromFocal(3)),
    );
    const { radius, focal, pivot } = cameraOfPictures(picturesOfBytes(new Uint8Array(24), labels, 2));
    expect(radius).toBeCloseTo(2.5, 6);
    expect(focal).toBeCloseTo(3, 6);
    expect(pivot).toEqual([0, 0, 0]);
  });
});

it('freeze-D counts layers from the picture on', () => {
  const { discriminator } = GAN_PRESETS[32].settings(CHOICES);
  expect(discriminatorLayers(discriminator).slice(0, 5)).toEqual([
    'b32.fromrgb.',
    'b32.conv0.',
    'b32.conv1.',
    'b32.skip.',
    'b16.conv0.',
  ]);
});
