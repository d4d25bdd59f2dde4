/** FIR resampling and blur against the reference. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import {
  BINOMIAL_FILTER,
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
});
