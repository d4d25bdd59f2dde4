/**
 * Official networks of other kinds than the one real file: every option that the importer reads, and everything that it refuses by name.
 * Made by changing the objects of the real pickle and writing them again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MissingFactsError, UnsupportedModelError } from '../../../src/checkpoints/errors';
import { OfficialModule } from '../../../src/checkpoints/official/modules';
import { entriesOf, entryOf } from '../../../src/checkpoints/pickle/plain';
import { openPickle } from '../../../src/checkpoints/pickle/unpickle';
import {
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PickleTuple,
  type PickleValue,
} from '../../../src/checkpoints/pickle/values';
import { readCheckpoint } from '../../../src/checkpoints/read-checkpoint';
import type { GeneratorConfig } from '../../../src/models/config';
import { readGeneratorConfig, type TensorDirectory } from '../../../src/models/generator-config';
import { generatorConfigJson } from '../../../src/models/generator-config-json';
import { writePickle } from '../../support/pickle-writer';

const pickle = new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures/generator_small_nosrc.pkl')));

/** Edits the generator's objects. */
class Editor {
  constructor(readonly root: PickleDict) {}

  /** Attributes of a module by its path, '' for the generator. */
  attributes(path: string): Map<PickleValue, PickleValue> {
    let record = this.record('');
    for (const name of path === '' ? [] : path.split('.')) record = this.inner(record, name);
    return this.state(record);
  }

  /** The dict {class_name, state, ...} of a module of the official classes. */
  record(path: string): Map<PickleValue, PickleValue> {
    let object = this.root.get('G_ema');
    for (const name of path === '' ? [] : path.split('.')) {
      const modules = this.state(this.fields(object)).get('_modules');
      object = entryOf(modules, name);
    }
    return this.fields(object);
  }

  set(path: string, name: string, value: PickleValue): void {
    this.attributes(path).set(name, value);
  }

  option(name: string, value: PickleValue | undefined): void {
    const options = entriesOf(this.attributes('').get('rendering_kwargs')) as Map<PickleValue, PickleValue>;
    if (value === undefined) options.delete(name);
    else options.set(name, value);
  }

  private inner(record: Map<PickleValue, PickleValue>, name: string): Map<PickleValue, PickleValue> {
    return this.fields(entryOf(this.state(record).get('_modules'), name));
  }

  /** The record of an official class, or of another class one that looks like it. */
  private fields(value: PickleValue | undefined): Map<PickleValue, PickleValue> {
    if (!(value instanceof PickleObject)) throw new Error('no module');
    const record = entriesOf(value.args[0]);
    return (record as Map<PickleValue, PickleValue> | undefined) ?? new Map([['state', value.state!]]);
  }

  private state(record: Map<PickleValue, PickleValue>): Map<PickleValue, PickleValue> {
    return entriesOf(record.get('state')) as Map<PickleValue, PickleValue>;
  }
}

async function edited(edit: (editor: Editor) => void): Promise<Uint8Array> {
  const { value } = await openPickle(pickle);
  edit(new Editor(value as PickleDict));
  return writePickle(value, { protocol: 4, source: pickle });
}

async function configOf(edit: (editor: Editor) => void): Promise<GeneratorConfig> {
  const checkpoint = await readCheckpoint(await edited(edit));
  const config = readGeneratorConfig(checkpoint);
  // Whatever an official network has, our own layout can say.
  const file: TensorDirectory = {
    metadata: { config: generatorConfigJson(config) },
    has: (name) => checkpoint.has(name),
    info: (name) => checkpoint.info(name),
  };
  expect(readGeneratorConfig(file)).toEqual(config);
  return config;
}

function listOf(...items: PickleValue[]): PickleList {
  const list = new PickleList();
  list.items.push(...items);
  return list;
}

/** numpy.float64(value), as numpy pickles it, with its bytes as Latin-1 text. */
function numpyFloat(value: number): PickleObject {
  const bytes = new Uint8Array(Float64Array.of(value).buffer);
  const dtype = new PickleObject(new PickleGlobal('numpy', 'dtype'), ['f8', false, true]);
  dtype.state = new PickleTuple([3, '<', null, null, null, -1, -1, 0]);
  const text = String.fromCharCode(...bytes);
  const data = new PickleObject(new PickleGlobal('_codecs', 'encode'), [text, 'latin1']);
  return new PickleObject(new PickleGlobal('numpy.core.multiarray', 'scalar'), [dtype, data]);
}

describe('rendering options', () => {
  it('of ShapeNet: white background, larger box, other camera', async () => {
    const config = await configOf((editor) => {
      editor.option('ray_start', 0.1);
      editor.option('ray_end', 2.6);
      editor.option('box_warp', 1.6);
      editor.option('white_back', true);
      editor.option('avg_camera_radius', 1.7);
      editor.option('avg_camera_pivot', listOf(0, 0, 0));
      editor.option('depth_resolution', 64);
      editor.option('depth_resolution_importance', 0);
    });
    expect(config.rendering).toMatchObject({
      rayLimits: { start: 0.1, end: 2.6 },
      boxWarp: 1.6,
      whiteBackground: true,
      depthSamples: 64,
      importanceSamples: 0,
    });
    expect(config.camera).toEqual({ radius: 1.7, pivot: [0, 0, 0], focal: 1.7074 });
  });

  it('with limits from the box, samples in disparity, numbers of numpy', async () => {
    const config = await configOf((editor) => {
      editor.option('ray_start', 'auto');
      editor.option('ray_end', 'auto');
      editor.option('disparity_space_sampling', true);
      editor.option('box_warp', numpyFloat(1.25));
      editor.option('superresolution_noise_mode', 'random');
      editor.set('', 'neural_rendering_resolution', numpyFloat(96));
    });
    expect(config.rendering).toMatchObject({
      rayLimits: 'auto',
      disparitySampling: true,
      boxWarp: 1.25,
      neuralResolution: 96,
    });
    expect(config.superResolution.noiseMode).toBe('random');
  });

  it('of pose conditioning: a missing c_scale is 0, the label may be zeroed', async () => {
    expect((await configOf((editor) => editor.option('c_scale', undefined))).conditioning.scale).toBe(0);
    expect((await configOf((editor) => editor.option('c_scale', 0.5))).conditioning.scale).toBe(0.5);
    const zeroed = await configOf((editor) => editor.option('c_gen_conditioning_zero', true));
    expect(zeroed.conditioning.zeroed).toBe(true);
  });

  it('of layers: clamps, learning rates', async () => {
    const config = await configOf((editor) => {
      for (const [path] of synthesisLayers(editor)) editor.set(`backbone.synthesis.${path}`, 'conv_clamp', 64);
      editor.set('decoder.net.0', 'bias_gain', 0.5);
      editor.set('backbone.mapping.fc0', 'bias_gain', numpyFloat(0.02));
      editor.set('superresolution', 'sr_antialias', false);
    });
    expect(config.backbone.convClamp).toBe(64);
    expect(config.rendering.decoderLrMultiplier).toBe(0.5);
    expect(config.mapping.lrMultiplier).toBe(0.02);
    expect(config.superResolution).toMatchObject({ antialias: false, convClamp: 256 });
  });

  it('that are missing are asked for by name', async () => {
    const file = await edited((editor) => editor.option('box_warp', undefined));
    await expect(readCheckpoint(file)).rejects.toThrow(MissingFactsError);
    await expect(readCheckpoint(file)).rejects.toThrow('box_warp');
    const given = await readCheckpoint(file, { facts: { box_warp: 2 } });
    expect(readGeneratorConfig(given).rendering.boxWarp).toBe(2);
  });

  function synthesisLayers(editor: Editor) {
    const network = OfficialModule.of(editor.root.get('G_ema'))!.child('backbone.synthesis')!;
    return network.walk().filter(([, module]) => module.attribute('conv_clamp') !== undefined);
  }
});

describe('super-resolution modules', () => {
  it.each([
    ['SuperresolutionHybrid2X', { inputResolution: 64, resize: 'when-different', upsample: [false, true] }],
    ['SuperresolutionHybrid4X', { inputResolution: 128, resize: 'when-smaller', upsample: [false, true] }],
    ['SuperresolutionHybrid8X', { inputResolution: 128, resize: 'when-different', upsample: [true, true] }],
    ['SuperresolutionHybrid8XDC', { inputResolution: 128, resize: 'when-different', upsample: [true, true] }],
  ] as const)('%s', async (className, { inputResolution, resize, upsample }) => {
    const { superResolution } = await configOf((editor) => {
      editor.record('superresolution').set('class_name', className);
      editor.set('superresolution', 'input_resolution', inputResolution);
    });
    expect(superResolution).toMatchObject({ inputResolution, resize });
    expect(superResolution.blocks.map((block) => block.upsample)).toEqual(upsample);
  });
});

describe('G in place of G_ema', () => {
  it('is taken if there is no other', async () => {
    const checkpoint = await readCheckpoint(await edited((editor) => editor.root.entries.delete('G_ema')));
    expect(JSON.parse(checkpoint.metadata.source!).network).toBe('G');
  });
});

describe('refused by name', () => {
  it.each<[named: string, edit: (editor: Editor) => void]>([
    [
      'SuperresolutionHybridDeepfp32',
      (editor) => editor.record('superresolution').set('class_name', 'SuperresolutionHybridDeepfp32'),
    ],
    ['constructor', (editor) => editor.record('superresolution').set('class_name', 'constructor')],
    [
      'StyleGAN3',
      (editor) => {
        const modules = entriesOf(editor.attributes('backbone.synthesis').get('_modules')) as Map<
          PickleValue,
          PickleValue
        >;
        modules.set('input', modules.get('b4')!);
      },
    ],
    ['resnet', (editor) => editor.set('backbone.synthesis.b8', 'architecture', 'resnet')],
    ['relu', (editor) => editor.set('backbone.synthesis.b8.conv0', 'activation', 'relu')],
    ['use_noise', (editor) => editor.set('backbone.synthesis.b8.conv0', 'use_noise', false)],
    ['different magnitudes', (editor) => editor.set('backbone.synthesis.b8.conv0', 'conv_clamp', 7)],
    ['rendering_kwargs', (editor) => editor.attributes('').delete('rendering_kwargs')],
    ['box_warp', (editor) => editor.option('box_warp', 'large')],
    ['avg_camera_pivot', (editor) => editor.option('avg_camera_pivot', listOf(0, 'up'))],
    [
      'resamples with',
      (editor) => {
        const options = new PickleDict();
        options.entries.set('resample_filter', listOf(1, 2, 1));
        editor.set('backbone.synthesis.b8.conv0', '_init_kwargs', options);
      },
    ],
    [
      'no superresolution',
      (editor) =>
        (entriesOf(editor.attributes('').get('_modules')) as Map<PickleValue, PickleValue>).delete('superresolution'),
    ],
  ])('%s', async (named, edit) => {
    const reading = readCheckpoint(await edited(edit));
    await expect(reading).rejects.toThrow(UnsupportedModelError);
    await expect(reading).rejects.toThrow(named);
  });
});
