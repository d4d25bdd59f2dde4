/** What leaves for PyTorch has the names and shapes of the official networks, and our own reader opens it again. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OfficialModule } from '../../../../src/checkpoints/official/modules';
import { entryOf } from '../../../../src/checkpoints/pickle/plain';
import { openPickle } from '../../../../src/checkpoints/pickle/unpickle';
import { readCheckpoint } from '../../../../src/checkpoints/read-checkpoint';
import { type Checkpoint, parseSafetensors, writeSafetensors } from '../../../../src/checkpoints/safetensors';
import { tensorOf } from '../../../../src/checkpoints/torch/tensors';
import { readDiscriminatorConfig } from '../../../../src/models/discriminator-config';
import { readGeneratorConfig } from '../../../../src/models/generator-config';
import { dataArguments, discriminatorArguments, generatorArguments } from '../../../../src/training/export/arguments';
import { exportPth, exportTrainingPth } from '../../../../src/training/export/export-pth';
import { discriminatorShapes, generatorShapes, type Shapes } from '../../../../src/training/export/tensor-shapes';
import { settingsToGoOn } from '../../../../src/training/export/training-arguments';
import { discriminatorTensors, generatorTensors } from '../../../../src/training/gan/initial-weights';
import { GAN_PRESETS } from '../../../../src/training/gan/settings';
import { fixturePath } from '../../../support/fixture-path';
import { readTorchZip } from '../../../support/torch-contents';
import { caseOptions, readFixture, readModel } from '../../fixtures';

const PICKLE = fixturePath('generator_small_nosrc.pkl');

/** The state dict of a network as the official code has pickled it: names and shapes. */
async function pickledShapes(network: string): Promise<Shapes> {
  const { value } = await openPickle(new Uint8Array(readFileSync(PICKLE)));
  const tensors = OfficialModule.of(entryOf(value, network))!.tensors();
  return new Map([...tensors].map(([name, tensor]) => [name, tensorOf(name, tensor).shape]));
}

function sorted(shapes: Shapes): [string, readonly number[]][] {
  return [...shapes].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Names and shapes in a file of the reference, without the filters, which it leaves out. */
function shapesIn(file: Checkpoint, prefix: string): Shapes {
  const names = file.names().filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name.slice(prefix.length), file.info(name).shape]));
}

/** With what the official training puts beside a generator's weights. */
function trained(shapes: Shapes): Shapes {
  return new Map([...shapes, ['dataset_label_std', [25]]]);
}

function withoutFilters(shapes: Shapes): Shapes {
  return new Map([...shapes].filter(([name]) => !name.endsWith('resample_filter')));
}

describe('names and shapes', () => {
  it('of a generator are those that the official code has pickled, buffers and all', async () => {
    const shapes = trained(
      generatorShapes(readGeneratorConfig(await readCheckpoint(new Uint8Array(readFileSync(PICKLE))))),
    );
    expect(sorted(shapes)).toEqual(sorted(await pickledShapes('G_ema')));
  });

  it('of a discriminator, too', async () => {
    const { value } = await openPickle(new Uint8Array(readFileSync(PICKLE)));
    expect(OfficialModule.of(entryOf(value, 'D'))!.className).toBe('DualDiscriminator');
    const config = readDiscriminatorConfig({
      ...{ c_dim: 25, img_resolution: 128, img_channels: 3, channel_base: 256, channel_max: 4, conv_clamp: 256 },
    });
    expect(sorted(discriminatorShapes(config))).toEqual(sorted(await pickledShapes('D')));
  });

  it('are those of the reference', () => {
    const tiny = readFixture('generator_tiny');
    const shapes = trained(withoutFilters(generatorShapes(readGeneratorConfig(tiny))));
    expect(sorted(shapes)).toEqual(sorted(shapesIn(tiny, 'param.')));
    const discriminators = readFixture('discriminator');
    for (const name of ['d128', 'd64', 'd32_cnoise']) {
      const { init_kwargs } = caseOptions<{ init_kwargs: object }>(discriminators, name);
      const shapes = withoutFilters(discriminatorShapes(readDiscriminatorConfig(init_kwargs)));
      expect(sorted(shapes), name).toEqual(sorted(shapesIn(discriminators, `${name}.param.`)));
    }
  });

  it('are those of our own models, of whatever size', () => {
    for (const model of [readModel('portrait-eg3d'), readFixture('small/small-eg3d')]) {
      expect(sorted(withoutFilters(generatorShapes(readGeneratorConfig(model))))).toEqual(
        sorted(withoutFilters(shapesIn(model, ''))),
      );
    }
  });
});

describe('arguments', () => {
  it('are those that the reference was made with', () => {
    const tiny = readFixture('generator_tiny');
    const official = JSON.parse(tiny.metadata.init_kwargs!);
    const { gpc_reg_prob, ...rendering } = official.rendering_kwargs; // a matter of the loss
    const { c_dim, img_resolution, img_channels, ...generator } = official;
    expect(gpc_reg_prob).toBe(0.5);
    const config = readGeneratorConfig(tiny);
    expect(generatorArguments(config, settingsToGoOn(config))).toMatchObject({
      ...generator,
      rendering_kwargs: rendering,
    });
    expect(generatorArguments(config, settingsToGoOn(config)).class_name).toBe('training.triplane.TriPlaneGenerator');
    expect(dataArguments(config)).toEqual({ c_dim, img_resolution, img_channels });
  });

  it('of a discriminator give its configuration back', () => {
    for (const name of ['d128', 'd64', 'd32_cnoise']) {
      const { init_kwargs } = caseOptions<{ init_kwargs: object }>(readFixture('discriminator'), name);
      const config = readDiscriminatorConfig(init_kwargs);
      const { resolution: img_resolution, imageChannels: img_channels } = config;
      const again = { ...discriminatorArguments(config), c_dim: 25, img_resolution, img_channels };
      expect(readDiscriminatorConfig(again), name).toEqual(config);
    }
  });

  it('name our own classes where the official ones have other sizes', () => {
    const config = readGeneratorConfig(readFixture('small/small-eg3d'));
    expect(generatorArguments(config, settingsToGoOn(config))).toMatchObject({
      class_name: 'trifold_networks.TrifoldGenerator',
      plane_resolution: 32,
      plane_axes: [
        [0, 1],
        [0, 2],
        [2, 1],
      ],
      rendering_kwargs: { superresolution_module: 'trifold_networks.TrifoldSuperResolution' },
      sr_kwargs: { w_dim: 64, input_resolution: 16, block_channels: [16, 40], upsample: [true, true] },
    });
  });
});

describe('a .pth file', () => {
  it('opens in Trifold as the model that it was made of, with nothing to be said beside it', async () => {
    for (const model of [readFixture('small/small-eg3d'), readFixture('generator_tiny')]) {
      const again = await readCheckpoint(exportPth(model));
      expect(readGeneratorConfig(again)).toEqual(readGeneratorConfig(model));
      for (const name of ['backbone.synthesis.b4.const', 'superresolution.block1.conv1.weight', 'decoder.net.2.bias']) {
        const original = model.floats(model.has(name) ? name : `param.${name}`);
        expect(again.floats(name), name).toEqual(Float32Array.from(original));
      }
    }
  });

  it('has generator, discriminator and moving average of a run, and how it is trained', async () => {
    const camera = { radius: 2.7, pivot: [0, 0, 0], focal: 4.2647 } as const;
    const settings = GAN_PRESETS['32'].settings({ seed: 1, whiteBackground: true, camera, isMirrored: false });
    const networks = {
      G: generatorTensors(settings.generator).filter(({ name }) => !name.endsWith('noise_const')),
      G_ema: generatorTensors(settings.generator),
      D: discriminatorTensors(settings.discriminator),
    };
    const tensors = Object.entries(networks).flatMap(([network, own], at) =>
      own.map(({ name, shape }) => {
        const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1)).fill(at);
        return { name: `${network}.${name}`, shape, data };
      }),
    );
    const position = { version: 1, seed: 1, step: 500, images: 4000 };
    const checkpoint = parseSafetensors(writeSafetensors(tensors, { training: JSON.stringify(position) }));
    const file = exportTrainingPth(checkpoint, settings);
    const contents = await readTorchZip(file);
    const dicts = contents as Map<string, Map<string, { shape: readonly number[]; bytes: Uint8Array }>>;
    expect([...dicts.keys()]).toEqual(['G', 'D', 'G_ema', 'config']);
    for (const [at, network] of Object.keys(networks).entries()) {
      const bias = dicts.get(network)!.get(network === 'D' ? 'b4.out.bias' : 'decoder.net.2.bias')!;
      expect(new Float32Array(bias.bytes.slice().buffer)[0], network).toBe(at);
    }
    const noise = 'backbone.synthesis.b4.conv1.noise_const';
    expect(dicts.get('G')!.get(noise)).toEqual(dicts.get('G_ema')!.get(noise));
    for (const network of ['G', 'G_ema'] as const) {
      const shapes = new Map([...dicts.get(network)!].map(([name, { shape }]) => [name, shape]));
      expect(sorted(shapes)).toEqual(sorted(generatorShapes(settings.generator)));
    }
    expect(JSON.parse(String((contents as Map<string, unknown>).get('config')))).toMatchObject({
      data_kwargs: { c_dim: 25, img_resolution: 32, img_channels: 3 },
      G_kwargs: {
        plane_resolution: settings.generator.backbone.resolution,
        rendering_kwargs: { density_reg: settings.densityWeight, white_back: true },
      },
      D_kwargs: { channel_base: settings.discriminator.channelBase, channel_max: settings.discriminator.channelMax },
      training: {
        images: 4000,
        batch_size: settings.batch,
        loss_kwargs: { blur_init_sigma: settings.schedule.blurSigma, r1_gamma: settings.r1Weight },
      },
    });
    expect(readGeneratorConfig(await readCheckpoint(file))).toEqual(settings.generator);
  });

  it('is refused for weights that do not belong together', async () => {
    const tiny = readFixture('generator_tiny');
    const config = JSON.parse(tiny.metadata.init_kwargs!);
    const wrong = {
      ...tiny,
      metadata: { ...tiny.metadata, init_kwargs: JSON.stringify({ ...config, channel_max: 12 }) },
    };
    const checkpoint: Checkpoint = Object.assign(Object.create(tiny), wrong);
    expect(() => exportPth(checkpoint)).toThrow(
      /b4\.const.*has shape \[16, 4, 4\]; the official network has \[12, 4, 4\]/,
    );
  });
});
