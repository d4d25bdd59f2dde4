/** FIR resampling and blur against the reference. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import {
  BINOMIAL_FILTER,
  blurTaps,
  downsample2d,
  filter2d,
  gaussianBlur,
  upfirdn2d,
  upsample2d,
} from '../../../src/pipelines/resampling/upfirdn2d';
import { casesOf, expectImage, filterOf, imageInput, optionsOf } from '../ops-cases';
import { expectClose, fixture, runOnce } from '../support';

const ops = await fixture('ops');

describe('upfirdn2d', () => {
  it.each(casesOf(ops, 'upfirdn'))('%s', async (name) => {
    const { up, down, padding, gain, filter, flip_filter: flipFilter } = optionsOf(ops, name);
    const { y } = await runOnce((plan) => ({
      y: upfirdn2d(plan, imageInput(plan, ops, `${name}.in.x`), filterOf(ops, filter), {
        up,
        down,
        padding,
        gain,
        flipFilter,
      }),
    }));
    expectImage(ops, `${name}.out.y`, y);
  });

  it('refuses a crop that leaves nothing', async () => {
    const wire = runOnce((plan) => ({
      y: upfirdn2d(plan, plan.tensor('x', [1, 4, 4, 1]), undefined, { padding: -2 }),
    }));
    await expect(wire).rejects.toThrow(ShapeError);
  });

  it('has the same standard filter as the reference', () => {
    expectClose('filter_1331', Float32Array.from(BINOMIAL_FILTER.taps), ops.floats('filter_1331'), 1e-7);
  });
});

describe('upsample2d, downsample2d, filter2d', () => {
  const functions = { upsample2d, downsample2d, filter2d };
  it.each(casesOf(ops, 'resample'))('%s', async (name) => {
    const { padding, gain, filter, flip_filter: flipFilter } = optionsOf(ops, name);
    const resample = Object.entries(functions).find(([prefix]) => name.startsWith(prefix))![1];
    const { y } = await runOnce((plan) => ({
      y: resample(plan, imageInput(plan, ops, `${name}.in.x`), filterOf(ops, filter)!, { padding, gain, flipFilter }),
    }));
    expectImage(ops, `${name}.out.y`, y);
  });
});

describe('gaussianBlur', () => {
  it.each(casesOf(ops, 'blur'))('%s', async (name) => {
    const { blur_sigma: sigma } = optionsOf(ops, name);
    const { y } = await runOnce((plan) => ({ y: gaussianBlur(plan, imageInput(plan, ops, `${name}.in.x`), sigma!) }));
    expectImage(ops, `${name}.out.y`, y);
  });

  it.each(casesOf(ops, 'blur'))('%s with taps that are written before the run, in room for more', async (name) => {
    const { blur_sigma: sigma } = optionsOf(ops, name);
    const { y } = await runOnce((plan) => {
      const taps = plan.constant('taps', [1, 25], blurTaps(sigma!, 12));
      return { y: gaussianBlur(plan, imageInput(plan, ops, `${name}.in.x`), taps) };
    });
    expectImage(ops, `${name}.out.y`, y);
  });

  it('has no room for a wider blur than its tensor', () => {
    expect(() => blurTaps(4, 11)).toThrow(/sigma of 4 reaches 12 pixels, there is room for 11/);
    expect(blurTaps(0, 2)).toEqual([0, 0, 1, 0, 0]);
  });
});

it('a filter out of a tensor does what one of numbers does', async () => {
  const taps = [1, 2, 3, 4, 5, 6];
  const input = Array.from({ length: 2 * 5 * 4 * 3 }, (_, i) => Math.sin(i));
  for (const flipFilter of [false, true]) {
    const options = { up: 2, down: [1, 3], padding: [2, 1, 0, 3], gain: 0.5, flipFilter } as const;
    const { fixed, changing } = await runOnce((plan) => {
      const x = plan.constant('x', [2, 5, 4, 3], input);
      const filter = { height: 2, width: 3, taps: plan.constant('taps', [2, 3], taps) };
      return {
        fixed: upfirdn2d(plan, x, { height: 2, width: 3, taps }, options),
        changing: upfirdn2d(plan, x, filter, options),
      };
    });
    expect(changing).toEqual(fixed);
  }
});
