/**
 * The real small network, `generator_small_nosrc.pkl`, from every kind of file that can hold it: the pickle itself, the same objects in all
 * protocols, in torch's zip and legacy layouts, and as a state dict alone. Weights and configuration must always be the same.
 */
import { openAsBlob, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { MissingFactsError } from '../../../src/checkpoints/errors';
import { openPickle } from '../../../src/checkpoints/pickle/unpickle';
import { openCheckpoint, readCheckpoint } from '../../../src/checkpoints/read-checkpoint';
import { writeSafetensors } from '../../../src/checkpoints/safetensors';
import { readGeneratorConfig } from '../../../src/models/generator-config';
import { generatorConfigJson } from '../../../src/models/generator-config-json';
import { writePickle } from '../../support/pickle-writer';
import { stateDictOf, torchLegacy, torchZip } from '../../support/torch-files';
import { expectClose, readFixture } from '../fixtures';

const PATH = join(import.meta.dirname, '../../fixtures/generator_small_nosrc.pkl');
const pickle = new Uint8Array(readFileSync(PATH));
let original: Checkpoint;

beforeAll(async () => {
  original = await readCheckpoint(pickle);
});

function expectSameWeights(found: Checkpoint, wanted: Checkpoint = original): void {
  expect(new Set(found.names())).toEqual(new Set(wanted.names()));
  for (const name of wanted.names()) {
    expect(found.info(name).shape, name).toEqual(wanted.info(name).shape);
    expect(Buffer.compare(found.bytes(name), wanted.bytes(name)), name).toBe(0);
  }
}

describe('an official pickle', () => {
  it('has the weights that the reference lists', () => {
    const vectors = readFixture('generator_tiny');
    const compare = (name: string, reference: string) =>
      expectClose(name, original.floats(name), vectors.floats(`small.param_check.${reference}`), 0);
    compare('decoder.net.2.bias', 'decoder_bias');
    compare('backbone.synthesis.b4.const', 'const');
    expect(original.info('backbone.synthesis.b256.torgb.weight').shape).toEqual([96, 2, 1, 1]);
    expect(original.info('superresolution.block0.conv0.noise_strength').shape).toEqual([]);
  });

  it('has the configuration that its objects tell', () => {
    const config = readGeneratorConfig(original);
    expect(config).toEqual({
      mapping: {
        zDim: 16,
        cDim: 25,
        wDim: 512,
        numWs: 14,
        layers: 2,
        embedFeatures: 16,
        layerFeatures: 16,
        lrMultiplier: 0.01,
      },
      backbone: {
        wDim: 512,
        resolution: 256,
        imageChannels: 96,
        channelBase: 512,
        channelMax: 4,
        convClamp: undefined,
      },
      rendering: {
        planeAxes: [
          [0, 1],
          [0, 2],
          [2, 0],
        ],
        planeChannels: 32,
        boxWarp: 1,
        rayLimits: { start: 2.25, end: 3.3 },
        depthSamples: 12,
        importanceSamples: 12,
        disparitySampling: false,
        whiteBackground: false,
        decoderHiddenWidth: 64,
        decoderOutputs: 32,
        decoderLrMultiplier: 1,
        neuralResolution: 32,
      },
      superResolution: {
        wDim: 512,
        inputChannels: 32,
        inputResolution: 64,
        resize: 'when-different',
        antialias: true,
        blocks: [
          { channels: 128, upsample: false },
          { channels: 64, upsample: true },
        ],
        convClamp: 256,
        noiseMode: 'none',
      },
      conditioning: { zeroed: false, scale: 1 },
      camera: { radius: 2.7, pivot: [0, 0, 0.2], focal: 4.2647 },
      imageResolution: 128,
    });
    expect(JSON.parse(original.metadata.source!)).toEqual({ network: 'G_ema', class: 'TriPlaneGenerator' });
  });

  it('comes from a Blob too, with progress, and its structure before its numbers', async () => {
    const seen: [number, number | undefined][] = [];
    const file = await openCheckpoint(await openAsBlob(PATH));
    expect(file.format).toBe('pickle');
    expect(file.info('backbone.mapping.fc0.weight')).toMatchObject({ dtype: 'F32', shape: [16, 32] });
    expectSameWeights(await file.read({ onProgress: (done, total) => seen.push([done, total]) }));
    expect(seen.at(-1)).toEqual([file.byteLength, file.byteLength]);
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b));
  });

  it('stops when asked, while it looks and while it reads', async () => {
    const reason = new Error('enough');
    await expect(readCheckpoint(pickle, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const looking = new AbortController();
    const onProgress = () => looking.abort(reason);
    await expect(readCheckpoint(pickle, { signal: looking.signal, onProgress })).rejects.toBe(reason);
    const file = await openCheckpoint(pickle);
    const reading = new AbortController();
    const stop = () => reading.abort(reason);
    await expect(file.read({ signal: reading.signal, onProgress: stop })).rejects.toBe(reason);
  });

  it.each([0, 1, 2, 3, 4, 5])('reads the same from protocol %i', async (protocol) => {
    const { value } = await openPickle(pickle);
    const again = await readCheckpoint(writePickle(value, { protocol, source: pickle }));
    expectSameWeights(again);
    expect(again.metadata).toEqual(original.metadata);
  });
});

describe('torch files', () => {
  it.each([
    ['stored', false],
    ['deflated', true],
  ])('reads the same from the zip layout, %s', async (_, deflate) => {
    const file = await torchZip(pickle, { deflate });
    const found = await openCheckpoint(file);
    expect(found.format).toBe('torch zip');
    expectSameWeights(await found.read());
    expect(found.metadata).toEqual(original.metadata);
  });

  it('reads the same from the legacy layout', async () => {
    const found = await readCheckpoint(await torchLegacy(pickle));
    expectSameWeights(found);
    expect(found.metadata).toEqual(original.metadata);
  });

  it('asks for what a state dict alone does not tell', async () => {
    const file = await torchZip(pickle, { pick: stateDictOf });
    const refused = await readCheckpoint(file).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MissingFactsError);
    expect((refused as MissingFactsError).missing).toEqual([
      'box_warp',
      'ray_start',
      'ray_end',
      'depth_resolution',
      'neural_rendering_resolution',
      'depth_resolution_importance',
      'white_back',
      'c_gen_conditioning_zero',
      'c_scale',
    ]);
  });

  it('takes the facts for a state dict from the caller, and the rest from its shapes', async () => {
    const file = await torchZip(pickle, { pick: stateDictOf });
    const facts = {
      depth_resolution: 12,
      depth_resolution_importance: 12,
      neural_rendering_resolution: 32,
    };
    const found = await readCheckpoint(file, { like: 'ffhq', facts });
    expectSameWeights(found);
    expect(readGeneratorConfig(found)).toEqual(readGeneratorConfig(original));
  });

  it('finds the state dict of G_ema in a dict of several, with a prefix to its names', async () => {
    const file = await torchZip(pickle, {
      pick: (root) => {
        const dict = stateDictOf(root);
        dict.entries = new Map([...dict.entries!].map(([name, value]) => [`module.${String(name)}`, value]));
        return dict;
      },
    });
    expectSameWeights(await readCheckpoint(file, { like: 'ffhq' }));
  });
});

describe('our own layout', () => {
  it('expresses the configuration of an official network', () => {
    const config = readGeneratorConfig(original);
    const tensors = original
      .names()
      .map((name) => ({ name, shape: original.info(name).shape, data: original.floats(name) }));
    const file = writeSafetensors(tensors, { config: generatorConfigJson(config) });
    return readCheckpoint(file).then((again) => expect(readGeneratorConfig(again)).toEqual(config));
  });
});
