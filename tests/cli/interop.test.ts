/**
 * interop/pytorch from beginning to end, with a stand-in for the official code (tests/support/eg3d-stub): a model leaves as .pth, fills the official classes,
 * comes out as a network pickle, and is the same model in Trifold. Runs where a python3 with torch is installed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { orbitLabel } from '../../src/camera/orbit-pose';
import { OfficialModule } from '../../src/checkpoints/official/modules';
import { entryOf } from '../../src/checkpoints/pickle/plain';
import { openPickle } from '../../src/checkpoints/pickle/unpickle';
import { readCheckpoint } from '../../src/checkpoints/read-checkpoint';
import { type Checkpoint, parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import { tensorOf } from '../../src/checkpoints/torch/tensors';
import { elementCount } from '../../src/gpu/tensor';
import { readGeneratorConfig } from '../../src/models/generator-config';
import { picturesOfBytes } from '../../src/training/data/training-pictures';
import { eg3dZip, type PictureToEncode } from '../../src/training/data/write-eg3d-zip';
import { exportPth, exportTrainingPth } from '../../src/training/export/export-pth';
import { discriminatorShapes, generatorShapes } from '../../src/training/export/tensor-shapes';
import { discriminatorTensors, generatorTensors } from '../../src/training/gan/initial-weights';
import { GAN_PRESETS, type GanSettings } from '../../src/training/gan/settings';
import { fixturePath } from '../support/fixture-path';
import { readFixture } from '../unit/fixtures';
import { PYTHON_WITH_TORCH } from './python';
import { ROOT } from './support';

const STUB = join(ROOT, 'tests/support/eg3d-stub');
const SCRIPTS = join(ROOT, 'interop/pytorch');
const OFFICIAL_PICKLE = fixturePath('generator_small_nosrc.pkl');

const folder = mkdtempSync(join(tmpdir(), 'trifold-interop-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

function python(words: readonly string[]): string {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return execFileSync(PYTHON_WITH_TORCH!, words, { encoding: 'utf8', env });
}

function script(...words: string[]): string {
  return python([join(SCRIPTS, 'trifold_eg3d.py'), ...words, '--eg3d', STUB]);
}

async function open(file: string): Promise<Checkpoint> {
  return readCheckpoint(new Uint8Array(readFileSync(file)));
}

/** What is the same in both files, to the bit: all tensors of the first. */
function expectSameTensors(actual: Checkpoint, expected: Checkpoint): void {
  for (const name of expected.names()) {
    const [found, wanted] = [actual.floats(name), expected.floats(name)];
    expect([name, actual.info(name).shape]).toEqual([name, expected.info(name).shape]);
    expect(
      found.every((value, at) => value === wanted[at]),
      name,
    ).toBe(true);
  }
}

describe('interop/pytorch', () => {
  it('is Python', () => {
    for (const name of readdirSync(SCRIPTS).filter((file) => file.endsWith('.py'))) {
      const check = 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])';
      execFileSync('python3', ['-c', check, join(SCRIPTS, name)]);
    }
  });
});

describe.skipIf(PYTHON_WITH_TORCH === undefined)('interop/pytorch, with torch', () => {
  it('is tested with the names and shapes that the official code has', async () => {
    const { value } = await openPickle(new Uint8Array(readFileSync(OFFICIAL_PICKLE)));
    const shapesOf = (network: string) => {
      const tensors = OfficialModule.of(entryOf(value, network))!.tensors();
      return Object.fromEntries([...tensors].map(([name, tensor]) => [name, tensorOf(name, tensor).shape]));
    };
    writeFileSync(inFolder('official.pth'), exportPth(await open(OFFICIAL_PICKLE)));
    const build = `
import json, sys
sys.path[:0] = sys.argv[2:]
import trifold_eg3d
states, config = trifold_eg3d.read_model(sys.argv[1])
config["D_kwargs"].update(channel_base=256) # as the pickled one was made
networks = trifold_eg3d.build_networks(states, config)
print(json.dumps({name: {key: list(tensor.shape) for key, tensor in networks[name].state_dict().items()} for name in ["G", "D", "G_ema"]}))`;
    const built = JSON.parse(
      python(['-c', build, inFolder('official.pth'), SCRIPTS, STUB])
        .split('\n')
        .at(-2)!,
    );
    expect(built.G_ema).toEqual(shapesOf('G_ema'));
    expect(built.G).toEqual(shapesOf('G'));
    expect(built.D).toEqual(shapesOf('D'));
  });

  it('brings a model of official sizes there and back', async () => {
    const model = await open(OFFICIAL_PICKLE);
    writeFileSync(inFolder('official.pth'), exportPth(model));
    script('pickle', inFolder('official.pth'), inFolder('official.pkl'));
    const back = await open(inFolder('official.pkl'));
    expect(JSON.parse(back.metadata.source!)).toEqual({ network: 'G_ema', class: 'TriPlaneGenerator' });
    expect(readGeneratorConfig(back)).toEqual(readGeneratorConfig(model));
    expectSameTensors(back, model);
  });

  it('brings a model of other sizes there and back, in classes of our own', async () => {
    const model = readFixture('small/small-eg3d');
    writeFileSync(inFolder('small.pth'), exportPth(model));
    expect(script('pickle', inFolder('small.pth'), inFolder('small.pkl'))).toContain('a new one begins');
    const back = await open(inFolder('small.pkl'));
    expect(JSON.parse(back.metadata.source!)).toEqual({ network: 'G_ema', class: 'TrifoldGenerator' });
    const config = readGeneratorConfig(model);
    // What the official training does not keep: the feature that tells alpha.
    expect(readGeneratorConfig(back)).toEqual({
      ...config,
      rendering: { ...config.rendering, alphaFeature: undefined },
    });
    expectSameTensors(back, model);
  });

  it('has a super-resolution that gives what the official one of these sizes gives', () => {
    const errors = JSON.parse(python([join(ROOT, 'tests/support/check-super-resolution.py'), ROOT]));
    expect(Object.keys(errors)).toEqual(['32', '64', '80']);
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-4); // pictures of -1..1, in F32
  });

  it('hands a run over to the official loop as it was', async () => {
    const camera = { radius: 2.7, pivot: [0, 0, 0], focal: 4.2647 } as const;
    const choices = { seed: 1, whiteBackground: true, camera, isMirrored: false };
    const settings: GanSettings = { ...GAN_PRESETS['32'].settings(choices), frozenLayers: 3, augmentation: 'all' };
    writeFileSync(inFolder('run.pth'), exportTrainingPth(runCheckpoint(settings), settings));
    const pictures = picturesOfBytes(new Uint8Array(2 * 32 * 32 * 3), [orbitLabel(VIEW), orbitLabel(VIEW)], 32);
    const png = (picture: PictureToEncode) => encode({ ...picture, channels: 3, depth: 8 });
    writeFileSync(inFolder('data.zip'), Buffer.concat([...eg3dZip(pictures, png)]));
    const words = ['train', inFolder('run.pth'), '--data', inFolder('data.zip'), '--outdir', inFolder('runs')];
    script(...words, '--gamma', '0.5', '--kimg', '100');
    const called = JSON.parse(readFileSync(join(inFolder('runs'), 'called.json'), 'utf8'));
    const generatorTensorCount = generatorShapes(settings.generator).size;
    expect(called).toMatchObject({
      num_gpus: 1,
      batch_size: settings.batch,
      batch_gpu: settings.batch,
      total_kimg: 100,
      resume_kimg: 4,
      resumed: {
        G: generatorTensorCount,
        D: discriminatorShapes(settings.discriminator).size,
        G_ema: generatorTensorCount,
      },
      G_kwargs: {
        class_name: 'trifold_networks.TrifoldGenerator',
        plane_resolution: settings.generator.backbone.resolution,
      },
      D_kwargs: { block_kwargs: { freeze_layers: 3 } },
      loss_kwargs: { r1_gamma: 0.5, blur_init_sigma: settings.schedule.blurSigma },
      augment_kwargs: { class_name: 'training.augment.AugmentPipe', rotate90: 1, hue: 1 },
      training_set_kwargs: { resolution: 32, max_size: 2, use_labels: true },
      ema_rampup: settings.averageRampUp,
      metrics: [],
    });
    expect(() => script(...words.slice(0, -1), inFolder('others'), '--batch', '6')).toThrow(
      /compares 4 pictures at a time/,
    );
  });
});

const VIEW = { radius: 2.7, pivot: [0, 0, 0], focal: 4.2647, yaw: 0.2, pitch: 0.1 } as const;

/** What a run of these settings has written after 4096 images. */
function runCheckpoint(settings: GanSettings): Checkpoint {
  const networks = {
    G: generatorTensors(settings.generator).filter(({ name }) => !name.endsWith('noise_const')),
    G_ema: generatorTensors(settings.generator),
    D: discriminatorTensors(settings.discriminator),
  };
  const tensors = Object.entries(networks).flatMap(([network, own]) =>
    own.map(({ name, shape }) => ({ name: `${network}.${name}`, shape, data: new Float32Array(elementCount(shape)) })),
  );
  const position = { version: 1, seed: 1, step: 512, images: 4096 };
  return parseSafetensors(writeSafetensors(tensors, { training: JSON.stringify(position) }));
}
