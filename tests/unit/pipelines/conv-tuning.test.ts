/** How the autotune decides, on a pretended device: what it picks, what it never picks, and how it ends in time. */
import { describe, expect, it } from 'vitest';
import { DeviceLostError, KernelCompileError } from '../../../src/gpu/errors';
import {
  type ConvMeasurements,
  type ConvTrialResult,
  type ConvTrials,
  convChoiceKey,
  convChoices,
  layerOfKey,
  NOTHING_MEASURED,
  tuneConvolutions,
} from '../../../src/pipelines/convolution/conv-tuning';
import type { Conv3x3Shape } from '../../../src/pipelines/convolution/conv3x3';
import { chooseVariant } from '../../../src/pipelines/convolution/conv3x3-variants';
import { DEFAULT_LIMITS } from '../../full-size';

const HARDWARE = { adapter: { isSoftware: false }, limits: DEFAULT_LIMITS };

const layer = (side: number, channels: number, up: 1 | 2 = 1): Conv3x3Shape => ({
  batch: 1,
  height: side,
  width: side,
  inChannels: channels,
  outChannels: channels,
  up,
  halfWeights: false,
});
const LARGE = convChoiceKey(layer(64, 128));
const SMALL = convChoiceKey(layer(8, 128));

/** Milliseconds, a whole result, or an error to throw; by variant, in the order of the candidates. */
type Behaviour = Record<string, number | ConvTrialResult | Error>;

class PlayedDevice implements ConvTrials {
  /** What was tried, in order: "large gemm". */
  readonly tried: string[] = [];
  time = 0;
  openTrials = 0;

  constructor(private readonly behaviour: (layer: Conv3x3Shape) => Behaviour) {}

  candidates(shape: Conv3x3Shape) {
    return Object.keys(this.behaviour(shape));
  }

  async open(shape: Conv3x3Shape) {
    this.openTrials += 1;
    return {
      run: async (variant: string) => {
        this.tried.push(`${shape.height} ${variant}`);
        const result = this.behaviour(shape)[variant]!;
        if (result instanceof Error) throw result;
        const whole = typeof result === 'number' ? { error: 1e-6, milliseconds: result } : result;
        this.time += whole.milliseconds;
        return whole;
      },
      close: () => {
        this.openTrials -= 1;
      },
    };
  }

  tune(keys: string[], known: ConvMeasurements = NOTHING_MEASURED, budgetMilliseconds = 1000) {
    return tuneConvolutions(this, keys, known, { budgetMilliseconds, now: () => this.time });
  }
}

describe('tuning', () => {
  it('picks the fastest for each kind of layer, those with most work first', async () => {
    const device = new PlayedDevice(
      ({ height }): Behaviour => (height === 8 ? { gemm: 4, 'split-k': 1 } : { gemm: 3, winograd: 2, tiled: 9 }),
    );
    const { choices, rejected } = await device.tune([SMALL, LARGE, SMALL]);
    expect(choices).toEqual({ [LARGE]: 'winograd', [SMALL]: 'split-k' });
    expect(rejected).toEqual({});
    expect(device.tried).toEqual(['64 gemm', '64 winograd', '64 tiled', '8 gemm', '8 split-k']);
    expect(device.openTrials).toBe(0);
  });

  it('stays with the portable default unless another is clearly faster', async () => {
    const device = new PlayedDevice(() => ({ gemm: 1, winograd: 0.97 }));
    expect((await device.tune([LARGE])).choices).toEqual({ [LARGE]: 'gemm' });
  });

  it('does not measure again what is known', async () => {
    const device = new PlayedDevice(() => ({ gemm: 1, tiled: 2 }));
    const known = { choices: { [LARGE]: 'tiled' }, rejected: {} };
    expect(await device.tune([LARGE], known)).toEqual(known);
    expect(device.tried).toEqual([]);
  });

  it('begins no layer after its time, and goes on another time', async () => {
    const device = new PlayedDevice(() => ({ gemm: 30, tiled: 30 }));
    const first = await device.tune([LARGE, SMALL], NOTHING_MEASURED, 50);
    expect(first.choices).toEqual({ [LARGE]: 'gemm' });
    const second = await device.tune([LARGE, SMALL], first, 50);
    expect(second.choices).toEqual({ [LARGE]: 'gemm', [SMALL]: 'gemm' });
    expect(device.tried).toHaveLength(4);
  });

  it.each([
    ['gives other numbers', { error: 0.3, milliseconds: 0.1 }, /off by 0\.30/],
    ['gives NaN', { error: Number.NaN, milliseconds: 0 }, /not all finite/],
    ['does not compile', new KernelCompileError('conv3x3-winograd-gemm', 'line 1: no'), /did not compile/],
  ])('never picks a variant that %s, on no layer', async (_, wrong, reason) => {
    const device = new PlayedDevice(({ height }) => ({ gemm: 2, winograd: height === 8 ? wrong : 1, tiled: 3 }));
    const measured = await device.tune([LARGE, SMALL]);
    expect(measured.choices).toEqual({ [SMALL]: 'gemm' }); // the large layer had chosen winograd before it was found out
    expect(measured.rejected.winograd).toMatch(reason);
    expect((await device.tune([LARGE, SMALL], measured)).choices).toEqual({ [LARGE]: 'gemm', [SMALL]: 'gemm' });
    expect(device.tried.filter((name) => name.includes('winograd'))).toHaveLength(2);
  });

  it('leaves layers without measurement their default, unless the device gets that wrong', async () => {
    const device = new PlayedDevice(({ up }): Behaviour => (up === 2 ? { gemm: 1, banded: 2 } : { gemm: 1, tiled: 2 }));
    const doubling = convChoiceKey(layer(64, 128, 2));
    const measured = { choices: {}, rejected: { gemm: 'wrong' } };
    expect([...convChoices(device, [LARGE, doubling], measured)]).toEqual([[LARGE, 'tiled']]);
    expect((await device.tune([LARGE], measured)).choices).toEqual({ [LARGE]: 'tiled' });
    expect(device.tried).toEqual([]); // nothing to compare it with
  });

  it('ends with the device, and leaves nothing open', async () => {
    const device = new PlayedDevice(() => ({ gemm: new DeviceLostError('unplugged'), tiled: 1 }));
    await expect(device.tune([LARGE])).rejects.toThrow(DeviceLostError);
    expect(device.openTrials).toBe(0);
  });
});

describe('kinds of layers', () => {
  it('are named by what can be measured again', () => {
    for (const shape of [layer(64, 128), layer(4, 512, 2), { ...layer(128, 7), halfWeights: true }]) {
      expect(layerOfKey(convChoiceKey(shape))).toEqual(shape);
    }
    expect(layerOfKey('something else')).toBeUndefined();
  });

  it('share a name where they are alike', () => {
    const key = convChoiceKey({ ...layer(128, 64), batch: 1 });
    expect(convChoiceKey({ ...layer(512, 64), batch: 3 })).toBe(key);
    expect(convChoiceKey({ ...layer(128, 64), height: 65 })).toBe(key);
    expect(convChoiceKey(layer(64, 64))).not.toBe(key);
    expect(convChoiceKey(layer(128, 64, 2))).not.toBe(key);
  });

  it('get what was measured, and without a measurement what is good by the book', () => {
    const choice = (shape: Conv3x3Shape, convChoicesOfDevice?: Map<string, string>) =>
      chooseVariant(shape, { ...HARDWARE, convChoices: convChoicesOfDevice }).name;
    expect(choice(layer(128, 128))).toBe('winograd');
    expect(choice(layer(128, 64))).toBe('gemm');
    expect(choice(layer(128, 128, 2))).toBe('gemm');
    expect(choice(layer(8, 512))).toBe('split-k');
    expect(choice(layer(8, 512, 2))).toBe('split-k');
    expect(choice(layer(256, 8))).toBe('tiled');
    expect(choice(layer(128, 128), new Map([[convChoiceKey(layer(128, 128)), 'tiled']]))).toBe('tiled');
    expect(choice(layer(128, 128), new Map([[convChoiceKey(layer(128, 128)), 'of a later version']]))).toBe('winograd');
  });
});
