/**
 * EG3D's super-resolution modules against the reference: 2X (three feature sizes, without and with the file's noise, without antialias),
 * 4X, 8X and 8XDC. Weights and inputs are F16 in the fixture, and the reference was run with exactly those values in F32.
 */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import type { NoiseMode, SuperResolutionConfig } from '../../../src/models/config';
import { ParameterStore } from '../../../src/models/parameters';
import { type SuperResolutionTaps, superResolution, superResolutionStyles } from '../../../src/models/super-resolution';
import { expectClose, fixture, runOnce, testGpu, toChannelsFirst, toChannelsLast } from '../support';

/** 8XDC is 200 GFLOP: half a minute to three on a software adapter. */
const TIMEOUT_MILLISECONDS = 600_000;
const TOLERANCE = 5e-4; // of a whole stage; measured errors are printed
const vectors = await fixture('sr');

interface CaseOptions {
  readonly cls: string;
  readonly channels: number;
  readonly res: number;
  readonly antialias: boolean;
  readonly stride: number;
  readonly share?: string;
}

/** The published modules: side of their input, whether they shrink larger inputs, and channels and upsampling of their blocks. */
const MODULES: Record<string, Pick<SuperResolutionConfig, 'inputResolution' | 'resize' | 'blocks'>> = {
  SuperresolutionHybrid2X: {
    inputResolution: 64,
    resize: 'when-different',
    blocks: [
      { channels: 128, upsample: false },
      { channels: 64, upsample: true },
    ],
  },
  SuperresolutionHybrid4X: {
    inputResolution: 128,
    resize: 'when-smaller',
    blocks: [
      { channels: 128, upsample: false },
      { channels: 64, upsample: true },
    ],
  },
  SuperresolutionHybrid8X: {
    inputResolution: 128,
    resize: 'when-different',
    blocks: [
      { channels: 128, upsample: true },
      { channels: 64, upsample: true },
    ],
  },
  SuperresolutionHybrid8XDC: {
    inputResolution: 128,
    resize: 'when-different',
    blocks: [
      { channels: 256, upsample: true },
      { channels: 128, upsample: true },
    ],
  },
};

function optionsOf(name: string): CaseOptions {
  return JSON.parse(vectors.metadata[name]!);
}

function configOf(name: string, noiseMode: NoiseMode): SuperResolutionConfig {
  const { cls, channels, antialias } = optionsOf(name);
  return { ...MODULES[cls]!, wDim: 512, inputChannels: channels, antialias, convClamp: 256, noiseMode };
}

/** A channels-first image. */
interface Image {
  readonly values: Float32Array;
  readonly channels: number;
  readonly side: number;
}

function toImage(nhwc: Float32Array, side: number): Image {
  const channels = nhwc.length / (side * side);
  return { values: toChannelsFirst(nhwc, [1, side, side, channels]), channels, side };
}

/** image[::channelStep, rows, columns] for the given lists. */
function pick({ values, channels, side }: Image, channelStep: number, rows: number[], columns: number[]): Float32Array {
  const picked: number[] = [];
  for (let c = 0; c < channels; c += channelStep) {
    for (const y of rows) for (const x of columns) picked.push(values[(c * side + y) * side + x]!);
  }
  return Float32Array.from(picked);
}

/** The numbers from `first` on in steps of `step` below `end`. */
function range(first: number, end: number, step = 1): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((end - first) / step)) }, (_, index) => first + index * step);
}

/** Rows mean, unbiased standard deviation, smallest and largest value of each channel. */
function statistics({ values, channels, side }: Image): Float32Array {
  const pixels = side * side;
  const rows = new Float32Array(4 * channels);
  for (let c = 0; c < channels; c++) {
    const plane = values.subarray(c * pixels, (c + 1) * pixels);
    const mean = plane.reduce((sum, value) => sum + value, 0) / pixels;
    const squares = plane.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    rows[c] = mean;
    rows[channels + c] = Math.sqrt(squares / (pixels - 1));
    rows[2 * channels + c] = plane.reduce((a, b) => Math.min(a, b));
    rows[3 * channels + c] = plane.reduce((a, b) => Math.max(a, b));
  }
  return rows;
}

/** How each tensor of the fixture is cut out of the results (`*.strides` in its metadata). */
function excerpt(
  output: string,
  stride: number,
  rgb: Image,
  blocks: readonly { x: Image; rgb: Image }[],
): Float32Array {
  const { side } = rgb;
  const [first, second] = blocks;
  const tapped = (image: Image, channelStep: number, step: number) =>
    pick(image, channelStep, range(3, image.side, step), range(5, image.side, step));
  switch (output) {
    case 'rgb':
      return rgb.values;
    case 'rgb_strided':
      return pick(rgb, 1, range(stride / 2, side, stride), range(stride / 4, side, stride));
    case 'rgb_crop_tl':
      return pick(rgb, 1, range(0, 16), range(0, 16));
    case 'rgb_crop_br':
      return pick(rgb, 1, range(side - 16, side), range(side - 16, side));
    case 'rgb_crop_mid':
      return pick(rgb, 1, range(side / 2 - 16, side / 2 + 16), range(side / 2 - 16, side / 2 + 16));
    case 'rgb_stats':
      return statistics(rgb);
    case 'block0_x_strided':
      return tapped(first!.x, 7, 16);
    case 'block0_rgb_strided':
      return tapped(first!.rgb, 1, 8);
    case 'block1_x_strided':
      return tapped(second!.x, 7, 32);
    default:
      throw new RangeError(`no test knows the output "${output}"`);
  }
}

/** Cases as the fixture holds them: module, side of the feature image, noise. */
const cases = [
  ...new Set(vectors.names().flatMap((name) => /^(\w+\.s\d+\.(?:none|const))\.out\./.exec(name)?.[1] ?? [])),
].sort();

async function runCase(key: string) {
  const [name, size, noise] = key.split('.');
  const noiseMode = noise === 'const' ? 'const' : 'none';
  const config = configOf(name!, noiseMode);
  const store = new ParameterStore(await testGpu(), vectors);
  const weights = store.scope(`${optionsOf(name!).share ?? name}.param.`);
  const featureName = `${name}.${size}.in.x`;
  const [n, c, h, w] = vectors.info(featureName).shape;
  const taps: SuperResolutionTaps[] = [];
  const values = await runOnce((plan) => {
    const ws = plan.constant('ws', [1, 512], vectors.floats(`${name}.in.ws_last`));
    const nhwc = toChannelsLast(vectors.floats(featureName), [n!, c!, h!, w!]);
    const feature = plan.constant('feature', [n!, h!, w!, c!], nhwc);
    const styles = superResolutionStyles(plan, weights, config, ws);
    const image = superResolution(plan, weights, config, styles, feature, { onBlock: (tap) => taps.push(tap) });
    const [first, second] = taps;
    return { image, x0: first!.x, rgb0: first!.rgb, x1: second!.x };
  });
  store.destroy();
  const side = config.blocks.reduce((former, { upsample }) => former * (upsample ? 2 : 1), config.inputResolution);
  const rgb = toImage(values.image, side);
  const blocks = [
    { x: toImage(values.x0, taps[0]!.x.shape[1]!), rgb: toImage(values.rgb0, taps[0]!.rgb.shape[1]!) },
    { x: toImage(values.x1, taps[1]!.x.shape[1]!), rgb },
  ];
  return { rgb, blocks, stride: optionsOf(name!).stride };
}

describe('super-resolution', () => {
  it.each(cases)('%s', { timeout: TIMEOUT_MILLISECONDS }, async (key) => {
    const { rgb, blocks, stride } = await runCase(key);
    const outputs = vectors.names().filter((name) => name.startsWith(`${key}.out.`));
    expect(outputs.length).toBeGreaterThan(0);
    for (const name of outputs) {
      const output = name.slice(name.lastIndexOf('.') + 1);
      expectClose(name, excerpt(output, stride, rgb, blocks), vectors.floats(name), TOLERANCE);
    }
  });

  it('covers every module of the file', () => {
    const modules = Object.keys(vectors.metadata).filter((key) => !key.endsWith('.strides'));
    expect(new Set(cases.map((key) => key.split('.')[0]))).toEqual(new Set(modules));
  });

  it('4X refuses a feature image that is larger than its input', async () => {
    const store = new ParameterStore(await testGpu(), vectors);
    const weights = store.scope('sr4x.param.');
    const config = configOf('sr4x', 'none');
    const wire = runOnce((plan) => {
      const styles = superResolutionStyles(plan, weights, config, plan.tensor('ws', [1, 14, 512]));
      return { image: superResolution(plan, weights, config, styles, plan.tensor('feature', [1, 160, 160, 32])) };
    });
    await expect(wire).rejects.toThrow(ShapeError);
    await expect(wire).rejects.toThrow(/160 x 160; this module takes 128 x 128 or smaller/);
    store.destroy();
  });
});
