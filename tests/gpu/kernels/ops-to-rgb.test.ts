/** The picture layer: against the reference where it stands alone, and with its skip against the steps one after the other. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tensor } from '../../../src/gpu/tensor';
import { toRgb } from '../../../src/pipelines/convolution/to-rgb';
import { BINOMIAL_FILTER, upsample2d } from '../../../src/pipelines/resampling/upfirdn2d';
import { convWeightsOf } from '../../support/conv-weights';
import { randomValues } from '../conv-cases';
import { casesOf, expectImage, imageInput, optionsOf, plainInput } from '../ops-cases';
import { expectClose, fixture, runOnce } from '../support';

const ops = await fixture('ops');

describe('toRgb against the reference', () => {
  const withoutDemodulation = casesOf(ops, 'modulatedConv').filter((name) => optionsOf(ops, name).demodulate === false);

  it.each(withoutDemodulation)('%s', async (name) => {
    const [outChannels, inChannels] = ops.info(`${name}.param.weight`).shape;
    const { y } = await runOnce((plan) => {
      const weights = convWeightsOf(plan, ops.floats(`${name}.param.weight`), [outChannels!, inChannels!, 1, 1]);
      const x = imageInput(plan, ops, `${name}.in.x`);
      const styles = plainInput(plan, ops, `${name}.in.styles`);
      return { y: toRgb(plan, x, { weights, styles }) };
    });
    expectImage(ops, `${name}.out.y`, y);
  });
});

// A few channels, and so many that a software adapter takes a kernel of its own; neither is a multiple of its tile.
describe.each([5, 37])('toRgb with %i channels', (outChannels) => {
  const [batch, height, width, inChannels] = [2, 6, 10, 6];
  const x = randomValues(batch * height * width * inChannels, 2);
  const stored = randomValues(outChannels * inChannels, 1);
  const styles = randomValues(batch * inChannels, 3);
  const bias = randomValues(outChannels, 4);
  const clamp = 0.8;

  function picture(plan: PlanBuilder, skip: Tensor | undefined): Tensor {
    return toRgb(plan, plan.constant('x', [batch, height, width, inChannels], x), {
      weights: convWeightsOf(plan, stored, [outChannels, inChannels, 1, 1]),
      styles: plan.constant('styles', [batch, inChannels], styles),
      bias: plan.constant('bias', [outChannels], bias),
      clamp,
      skip,
    });
  }

  it('gives what plain loops give', async () => {
    const { y } = await runOnce((plan) => ({ y: picture(plan, undefined) }));
    const expected = y.map((_, index) => {
      const out = index % outChannels;
      const pixel = Math.floor(index / outChannels);
      const sample = Math.floor(pixel / (height * width));
      let sum = bias[out]!;
      for (let channel = 0; channel < inChannels; channel++) {
        sum +=
          x[pixel * inChannels + channel]! *
          styles[sample * inChannels + channel]! *
          stored[out * inChannels + channel]!;
      }
      return Math.min(Math.max(sum, -clamp), clamp);
    });
    expectClose('toRgb', y, expected, 1e-6);
  });

  it('adds a skip of half the side doubled by the filter, behind the clamp', async () => {
    const small = randomValues(batch * (height / 2) * (width / 2) * outChannels, 5);
    const { alone, together, doubled } = await runOnce((plan) => {
      const skip = plan.constant('skip', [batch, height / 2, width / 2, outChannels], small);
      return {
        alone: picture(plan, undefined),
        together: picture(plan, skip),
        doubled: upsample2d(plan, skip, BINOMIAL_FILTER),
      };
    });
    expectClose(
      'toRgb with doubled skip',
      together,
      alone.map((value, index) => value + doubled[index]!),
      1e-6,
    );
  });

  it('adds the first channels of a wider skip of the same side as they are', async () => {
    const wide = randomValues(batch * height * width * (outChannels + 4), 6);
    const { alone, together } = await runOnce((plan) => ({
      alone: picture(plan, undefined),
      together: picture(plan, plan.constant('skip', [batch, height, width, outChannels + 4], wide)),
    }));
    const expected = alone.map(
      (value, index) => value + wide[Math.floor(index / outChannels) * (outChannels + 4) + (index % outChannels)]!,
    );
    expectClose('toRgb with plain skip', together, expected, 1e-6);
  });

  it('refuses a skip of any other size', async () => {
    const wire = runOnce((plan) => ({ y: picture(plan, plan.tensor('skip', [batch, 4, 10, outChannels])) }));
    await expect(wire).rejects.toThrow(ShapeError);
  });
});
