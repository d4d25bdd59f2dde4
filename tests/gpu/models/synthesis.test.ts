/** The StyleGAN2 synthesis network against the reference, block by block, with every kind of noise and with a tight clamp. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import type { SynthesisConfig } from '../../../src/models/config';
import { ParameterStore } from '../../../src/models/parameters';
import { type BlockTaps, type SynthesisNoise, synthesis, synthesisNumWs } from '../../../src/models/synthesis';
import { expectClose, fixture, runOnce, testGpu, toChannelsFirst } from '../support';

const TOLERANCE = 5e-4; // of a whole stage; measured errors are printed
const vectors = await fixture('synthesis');

interface FileConfig {
  readonly w_dim: number;
  readonly img_resolution: number;
  readonly img_channels: number;
  readonly channel_base: number;
  readonly channel_max: number;
  readonly tight_clamp: number;
}
const fileConfig: FileConfig = JSON.parse(vectors.metadata.config!);

function configWithClamp(convClamp: number): SynthesisConfig {
  return {
    wDim: fileConfig.w_dim,
    resolution: fileConfig.img_resolution,
    imageChannels: fileConfig.img_channels,
    channelBase: fileConfig.channel_base,
    channelMax: fileConfig.channel_max,
    convClamp,
  };
}
const numWs = synthesisNumWs(configWithClamp(256));

/** Every value that the network makes for the first `samples` samples, channels first, under the names of the reference. */
async function runSynthesis(convClamp: number, samples: number, noise: SynthesisNoise['mode'] | 'recorded') {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu, vectors);
  const blocks: BlockTaps[] = [];
  const values = await runOnce((plan) => {
    const config = configWithClamp(convClamp);
    const ws = plan.constant(
      'ws',
      [samples, numWs, config.wDim],
      vectors.floats('in.ws').subarray(0, samples * numWs * config.wDim),
    );
    const source = (): SynthesisNoise => {
      if (noise === 'random') return { mode: 'random', seed: plan.constant('seed', [1], [17]) };
      if (noise === 'const' || noise === 'none') return { mode: noise };
      const recorded = vectors
        .names()
        .filter((name) => name.startsWith('random.rnd'))
        .sort();
      const layers = recorded.map((name) => {
        const [n, , height, width] = vectors.info(name).shape;
        return plan.constant(name, [n!, height!, width!], vectors.floats(name));
      });
      return { mode: 'given', layers };
    };
    const image = synthesis(plan, store.scope('param.'), config, ws, source(), (taps) => blocks.push(taps));
    return {
      image,
      ...Object.fromEntries(
        blocks.flatMap(({ side, x, image: at }) => [
          [`b${side}.x`, x],
          [`b${side}.img`, at],
        ]),
      ),
    };
  });
  store.destroy();
  const result = new Map<string, { values: Float32Array; shape: readonly number[] }>();
  const add = (name: string, nhwc: Float32Array, [n, h, w, c]: readonly number[]) =>
    result.set(name, { values: toChannelsFirst(nhwc, [n!, h!, w!, c!]), shape: [n!, c!, h!, w!] });
  for (const [name, nhwc] of Object.entries(values)) {
    const side = name === 'image' ? fileConfig.img_resolution : Number(/\d+/.exec(name)![0]);
    add(name, nhwc, [samples, side, side, nhwc.length / (samples * side * side)]);
  }
  return result;
}

/** tensor[n, ::channelStep, row0::step, column0::step] of channels-first values. */
function everyNth(
  { values, shape }: { values: Float32Array; shape: readonly number[] },
  n: number,
  { channelStep, row0, column0, step }: { channelStep: number; row0: number; column0: number; step: number },
): Float32Array {
  const [, channels, height, width] = shape;
  const picked: number[] = [];
  for (let c = 0; c < channels!; c += channelStep) {
    for (let y = row0; y < height!; y += step) {
      for (let x = column0; x < width!; x += step)
        picked.push(values[((n * channels! + c) * height! + y) * width! + x]!);
    }
  }
  return Float32Array.from(picked);
}
const STRIDED = { channelStep: 1, row0: 1, column0: 2, step: 3 };
const WHOLE = { channelStep: 1, row0: 0, column0: 0, step: 1 };

/** Compares all of the reference's tensors of one case; returns their names. */
function expectCase(name: string, results: Awaited<ReturnType<typeof runSynthesis>>): string[] {
  const compared = vectors.names().filter((key) => key.startsWith(`${name}.block.`) || key.startsWith(`${name}.out.`));
  for (const key of compared) {
    const block = /\.block\.(b\d+\.(?:x|img))0$/.exec(key)?.[1];
    const result = results.get(block ?? 'image')!;
    const sample = /img_1/.test(key) ? 1 : 0;
    const pick = block ? WHOLE : key.includes('every_third_channel') ? { ...WHOLE, channelStep: 3 } : STRIDED;
    expectClose(key, everyNth(result, sample, pick), vectors.floats(key), TOLERANCE);
  }
  return compared;
}

describe('synthesis', () => {
  it('const: noise from the file, two samples, all blocks', async () => {
    expect(expectCase('const', await runSynthesis(256, 2, 'const'))).toHaveLength(11);
  });

  it('none: no noise', async () => {
    expect(expectCase('none', await runSynthesis(256, 1, 'none'))).toHaveLength(1);
  });

  it('random: noise as it was recorded', async () => {
    expect(expectCase('random', await runSynthesis(256, 1, 'recorded'))).toHaveLength(1);
  });

  it('fp32clamp: a clamp that acts', async () => {
    expect(expectCase('fp32clamp', await runSynthesis(fileConfig.tight_clamp, 1, 'const'))).toHaveLength(5);
  });

  it('compares every output of the file', () => {
    const cases = ['const', 'none', 'random', 'fp32clamp'];
    for (const name of vectors.names().filter((key) => /\.(out|block)\./.test(key))) {
      expect(cases, name).toContain(name.split('.')[0]);
    }
  });

  it('draws its own noise from a seed, another for every sample', async () => {
    const random = await runSynthesis(256, 2, 'random');
    const none = await runSynthesis(256, 2, 'none');
    const x = random.get('b8.x')!.values.map((value, index) => value - none.get('b8.x')!.values[index]!);
    const half = x.length / 2;
    expect(x.subarray(0, half).some((value) => Math.abs(value) > 1e-3)).toBe(true);
    expect(x.subarray(0, half)).not.toEqual(x.subarray(half));
    expect(x.every(Number.isFinite)).toBe(true);
  });

  it('refuses ws of the wrong number and resolutions that are no power of two', async () => {
    const store = new ParameterStore(await testGpu(), vectors);
    const wire = (config: SynthesisConfig, rows: number) =>
      runOnce((plan) => ({ image: synthesis(plan, store.scope('param.'), config, plan.tensor('ws', [1, rows, 512])) }));
    await expect(wire(configWithClamp(256), numWs + 1)).rejects.toThrow(ShapeError);
    await expect(wire({ ...configWithClamp(256), resolution: 48 }, numWs)).rejects.toThrow(/48/);
    store.destroy();
  });
});
