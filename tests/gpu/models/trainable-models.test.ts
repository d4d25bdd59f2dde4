/**
 * Models with trainable parameters: they make the pictures of frozen ones, follow every change of a master, and refuse by name what cannot be
 * trained.
 */
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { ShapeError } from '../../../src/gpu/errors';
import { type Plan, PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, type Tensor } from '../../../src/gpu/tensor';
import { Generator, wireDensityGrid, wireMapping, wireRayMarch, wireTriPlanes } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { type ParameterScope, ParameterStore, TrainableParameterError } from '../../../src/models/parameters';
import { stylegan3Geometry, stylegan3NumWs } from '../../../src/models/stylegan3/geometry';
import { stylegan3Synthesis } from '../../../src/models/stylegan3/synthesis';
import { wireSuperResolution } from '../../../src/models/super-resolution-stage';
import { synthesis, synthesisNumWs } from '../../../src/models/synthesis';
import { stylegan3Config } from '../../support/stylegan3-cases';
import { randomValues } from '../conv-cases';
import { expectClose, fixture, testGpu } from '../support';

/** What an optimiser may change; the rest (noise, filters, averages) are a network's constants. */
const isLearned = (name: string) => /\.(weight|bias)$|b4\.const$|noise_strength$/.test(name);

/** A network's plan that stays, to be run again when its masters have changed. */
async function wired(wire: (plan: PlanBuilder) => Tensor): Promise<{ run(): Promise<Float32Array>; plan: Plan }> {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'test');
  const result = builder.keep(wire(builder));
  const plan = await builder.build();
  return {
    plan,
    async run() {
      plan.spoil();
      const recorder = new Recorder(gpu);
      recorder.run(plan);
      recorder.submit();
      return readTensor(gpu, result);
    },
  };
}

/** The file with other numbers in some of its tensors. */
function changed(file: Checkpoint, numbers: Readonly<Record<string, Float32Array>>): Checkpoint {
  return {
    metadata: file.metadata,
    names: () => file.names(),
    has: (name) => file.has(name),
    info: (name) => file.info(name),
    floats: (name) => numbers[name] ?? file.floats(name),
    ints: (name) => file.ints(name),
    bytes: (name) => file.bytes(name),
  };
}

interface Network {
  readonly title: string;
  readonly file: Checkpoint;
  readonly prefix: string;
  /** Parameters to be changed one after the other. */
  readonly changes: readonly string[];
  wire(plan: PlanBuilder, parameters: ParameterScope): Tensor;
}

const stylegan2File = await fixture('synthesis');
const stylegan3File = await fixture('stylegan3');
const stylegan2Options = JSON.parse(stylegan2File.metadata.config!);
const stylegan2Config = {
  wDim: stylegan2Options.w_dim,
  resolution: stylegan2Options.img_resolution,
  imageChannels: stylegan2Options.img_channels,
  channelBase: stylegan2Options.channel_base,
  channelMax: stylegan2Options.channel_max,
  convClamp: 256,
};

function stylegan2Picture(plan: PlanBuilder, parameters: ParameterScope): Tensor {
  const numWs = synthesisNumWs(stylegan2Config);
  const ws = stylegan2File.floats('in.ws').subarray(0, 2 * numWs * stylegan2Config.wDim);
  return synthesis(plan, parameters, stylegan2Config, plan.constant('ws', [2, numWs, stylegan2Config.wDim], ws));
}

const NETWORKS: readonly Network[] = [
  {
    title: 'StyleGAN2',
    file: stylegan2File,
    prefix: 'param.',
    changes: ['b4.const', 'b8.conv0.weight', 'b8.conv0.affine.bias', 'b16.torgb.weight', 'b16.conv1.noise_strength'],
    wire: stylegan2Picture,
  },
  ...[
    { name: 'R', firstChange: 'input.weight' }, // 1 x 1 convolutions
    { name: 'T', firstChange: `${stylegan3Layers('T')[0]}.weight` },
  ].map(
    ({ name, firstChange }): Network => ({
      title: `StyleGAN3-${name}`,
      file: stylegan3File,
      prefix: `${name}.param.synthesis.`,
      changes: [firstChange, `${stylegan3Layers(name).at(-1)}.bias`],
      wire(plan, parameters) {
        const config = stylegan3Config(stylegan3File, name);
        const ws = stylegan3File.floats(`${name}.out.ws`);
        const shape = [ws.length / (stylegan3NumWs(config) * config.wDim), stylegan3NumWs(config), config.wDim];
        return stylegan3Synthesis(plan, parameters, config, plan.constant('ws', shape, ws));
      },
    }),
  ),
];

/** The layers as the file calls them; the last is the picture layer. */
function stylegan3Layers(network: string): string[] {
  return stylegan3Geometry(stylegan3Config(stylegan3File, network)).layers.map(({ name }) => name);
}

/** As a share of the largest number in the picture. Frozen weights may be read by another kernel, which adds up in another order. */
const PICTURE_TOLERANCE = 2e-5;

function expectSamePicture(label: string, actual: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expectClose(label, actual, expected, PICTURE_TOLERANCE * largest);
}

describe.each(NETWORKS)('$title with trainable parameters', ({ file, prefix, changes, wire }) => {
  const frozenPicture = async (checkpoint: Checkpoint) => {
    const store = new ParameterStore(await testGpu(), checkpoint);
    const { plan, run } = await wired((builder) => wire(builder, store.scope(prefix)));
    const picture = await run();
    plan.destroy();
    store.destroy();
    return picture;
  };

  it('makes the picture of frozen ones, and follows every change of a master', async () => {
    const store = new ParameterStore(await testGpu(), file, { isTrainable: isLearned });
    const { plan, run } = await wired((builder) => wire(builder, store.scope(prefix)));
    let picture = await run();
    expectSamePicture('as in the file', picture, await frozenPicture(file));
    const numbers: Record<string, Float32Array> = {};
    for (const [seed, name] of changes.entries()) {
      const parameter = store.trainable.find((one) => one.name === prefix + name)!;
      const other = randomValues(parameter.master.shape[0]!, seed);
      numbers[parameter.name] = file.floats(parameter.name).map((value, at) => 0.7 * value + 0.3 * other[at]!);
      parameter.write(numbers[parameter.name]!);
      const next = await run();
      expect(
        next.some((value, at) => Math.abs(value - picture[at]!) > 1e-4),
        name,
      ).toBe(true);
      picture = next;
    }
    expectSamePicture('with other numbers', picture, await frozenPicture(changed(file, numbers)));
    plan.destroy();
    store.destroy();
  });
});

describe('a trainable noise strength of zero', () => {
  const name = 'param.b16.conv1.noise_strength';
  const silent = changed(stylegan2File, { [name]: new Float32Array(1) });

  it('stays in the plan: the picture is that without noise, and changes with the number', async () => {
    const store = new ParameterStore(await testGpu(), silent, { isTrainable: isLearned });
    const { plan, run } = await wired((builder) => stylegan2Picture(builder, store.scope('param.')));
    const strength = store.trainable.find((parameter) => parameter.name === name)!;
    const without = await run();
    strength.write([0.5]);
    const withNoise = await run();
    expect(withNoise.some((value, at) => Math.abs(value - without[at]!) > 1e-3)).toBe(true);
    expect(() => strength.write([0, 0])).toThrow(ShapeError);
    strength.write([0]);
    expect(strength.version).toBe(2);
    expect(await run()).toEqual(without);
    plan.destroy();
    store.destroy();
  });
});

describe('a whole generator with trainable parameters', () => {
  /** The picture from the front, and densities in a cube. */
  async function pictureAndDensities(generator: Generator) {
    const builder = new PlanBuilder(generator.host, 'test');
    const face = wireMapping(builder, generator, 1);
    face.write({ z: seededLatent(0, generator.config.mapping.zDim), psi: 1 });
    const triPlanes = wireTriPlanes(builder, generator, face.ws);
    const marched = wireRayMarch(builder, generator, triPlanes, {
      ...generator.config.rendering,
      neuralResolution: 16,
    });
    const picture = wireSuperResolution(builder, generator, triPlanes.superResolutionStyles, marched.feature);
    const grid = wireDensityGrid(builder, generator, triPlanes.planes, 8);
    const layers = new PlanBuilder(generator.host, 'test');
    const densities = grid.wireLayers(layers, { first: 2, count: 3 });
    const plans = [await builder.build(), await layers.build()];
    return {
      async run() {
        for (const plan of plans) plan.spoil();
        const recorder = new Recorder(generator.host);
        for (const plan of plans) recorder.run(plan);
        recorder.submit();
        return {
          picture: await readTensor(generator.host, picture),
          densities: await readTensor(generator.host, densities),
        };
      },
      destroy() {
        for (const plan of plans) plan.destroy();
        generator.destroy();
      },
    };
  }

  it('makes what a frozen one makes, before and after its parameters change', async () => {
    const file = await fixture('small/small-eg3d');
    const frozen = async (checkpoint: Checkpoint) => {
      const stages = await pictureAndDensities(Generator.create(await testGpu(), checkpoint));
      const results = await stages.run();
      stages.destroy();
      return results;
    };
    const generator = Generator.create(await testGpu(), file, { isTrainable: isLearned });
    const stages = await pictureAndDensities(generator);
    const numbers: Record<string, Float32Array> = {};
    for (const round of ['as in the file', 'with other numbers']) {
      const expected = await frozen(changed(file, numbers));
      const actual = await stages.run();
      // Depths follow from densities by sums and exponentials, and pictures from what lies there: that carries rounding farther.
      expectClose(`picture ${round}`, actual.picture, expected.picture, 5e-4);
      expectClose(`densities ${round}`, actual.densities, expected.densities, 5e-4);
      for (const [seed, name] of [
        'decoder.net.0.bias',
        'decoder.net.2.weight',
        'backbone.mapping.fc1.weight',
      ].entries()) {
        const parameter = generator.trainable.find((one) => one.name.endsWith(name))!;
        const other = randomValues(parameter.master.shape[0]!, seed);
        numbers[parameter.name] = file.floats(parameter.name).map((value, at) => 0.8 * value + 0.2 * other[at]!);
        parameter.write(numbers[parameter.name]!);
      }
    }
    stages.destroy();
  });
});

describe('what cannot be trained', () => {
  it('is refused by name where a network takes its numbers for fixed', async () => {
    const gpu = await testGpu();
    const refuse = (isTrainable: (name: string) => boolean, message: RegExp) => {
      const store = new ParameterStore(gpu, stylegan3File, { isTrainable });
      const plan = new PlanBuilder(gpu, 'test');
      const wire = () => NETWORKS[1]!.wire(plan, store.scope('R.param.synthesis.'));
      expect(wire).toThrow(TrainableParameterError);
      expect(wire).toThrow(message);
      plan.discard();
      store.destroy();
    };
    refuse(
      (name) => name.endsWith('freqs'),
      /"R\.param\.synthesis\.input\.freqs" is trainable, but .*waves.* processor only/,
    );
    refuse(
      (name) => name.endsWith('_filter'),
      /"R\.param\.synthesis\..*_filter" is trainable, but its network is wired/,
    );
  });
});
