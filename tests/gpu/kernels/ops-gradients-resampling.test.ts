/** The way back through resampling: against the reference's gradients, and against difference quotients on random shapes, also of gradients. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import type { Tensor } from '../../../src/gpu/tensor';
import { multiply } from '../../../src/pipelines/dense/multiply';
import { startTape } from '../../../src/pipelines/gradients';
import { filteredResizing, type ResizeFilterMode, resizeBilinear } from '../../../src/pipelines/resampling/resize';
import {
  blurTaps,
  downsample2d,
  filter2d,
  gaussianBlur,
  type UpfirdnOptions,
  upfirdn2d,
  upsample2d,
} from '../../../src/pipelines/resampling/upfirdn2d';
import { randomValues } from '../conv-cases';
import { expectGradients } from '../gradient-check';
import { casesOf, FAMILIES, filterOf, imageInput, optionsOf } from '../ops-cases';
import { expectGradient, fixture, runOnce, toChannelsFirst } from '../support';

const ops = await fixture('ops');
const reference = await fixture('ops-gradients');

const withGradients = (family: keyof typeof FAMILIES) =>
  casesOf(ops, family).filter((name) => reference.has(`${name}.grad.x`));

/** Compares the gradient of a picture with the reference's. */
async function expectPictureGradient(name: string, wire: (plan: PlanBuilder, x: Tensor) => Tensor): Promise<void> {
  const [n, c, h, w] = ops.info(`${name}.in.x`).shape;
  const { dx } = await runOnce((plan) => {
    const tape = startTape(plan);
    const x = imageInput(plan, ops, `${name}.in.x`);
    const y = wire(plan, x);
    const gradient = imageInput(plan, reference, `${name}.cot.y`);
    return { dx: tape.gradients([{ of: y, gradient }], [x])[0] ?? expect.fail('no gradient') };
  });
  expectGradient(`${name}.grad.x`, toChannelsFirst(dx, [n!, h!, w!, c!]), reference.floats(`${name}.grad.x`));
}

describe('as the reference: upfirdn2d', () => {
  it.each(withGradients('upfirdn'))('%s', async (name) => {
    const { up, down, padding, gain, filter, flip_filter: flipFilter } = optionsOf(ops, name);
    await expectPictureGradient(name, (plan, x) =>
      upfirdn2d(plan, x, filterOf(ops, filter), { up, down, padding, gain, flipFilter }),
    );
  });
});

describe('as the reference: upsample2d, downsample2d, filter2d', () => {
  const functions = { upsample2d, downsample2d, filter2d };
  it.each(withGradients('resample'))('%s', async (name) => {
    const { padding, gain, filter, flip_filter: flipFilter } = optionsOf(ops, name);
    const resample = Object.entries(functions).find(([prefix]) => name.startsWith(prefix))![1];
    await expectPictureGradient(name, (plan, x) =>
      resample(plan, x, filterOf(ops, filter)!, { padding, gain, flipFilter }),
    );
  });
});

describe('as the reference: gaussianBlur', () => {
  it.each(withGradients('blur'))('%s', async (name) => {
    const { blur_sigma: sigma } = optionsOf(ops, name);
    await expectPictureGradient(name, (plan, x) => gaussianBlur(plan, x, sigma!));
  });
});

describe('as the reference: resizeBilinear', () => {
  it.each(withGradients('resize'))('%s', async (name) => {
    const { size, antialias = false } = optionsOf(ops, name);
    const [height, width] = typeof size === 'number' ? [size, size] : size!;
    await expectPictureGradient(name, (plan, x) =>
      resizeBilinear(plan, x, { height: height!, width: width!, antialias }),
    );
  });
});

describe('as the reference: filteredResizing', () => {
  it.each(withGradients('filteredResizing'))('%s', async (name) => {
    const { size, filter_mode: mode } = optionsOf(ops, name);
    await expectPictureGradient(name, (plan, x) => filteredResizing(plan, x, Number(size), mode as ResizeFilterMode));
  });
});

it('every gradient of a resampling case in the reference is tested here', () => {
  const families = ['upfirdn', 'resample', 'blur', 'resize', 'filteredResizing'] as const;
  const tested = families.flatMap(withGradients);
  const there = reference.names().filter((name) => families.some((family) => FAMILIES[family].test(name)));
  expect(there.filter((name) => !tested.some((one) => name.startsWith(`${one}.`)))).toEqual([]);
});

const small = fc.integer({ min: 1, max: 3 });
const side = fc.integer({ min: 3, max: 8 });
const pads = fc.tuple(
  fc.integer({ min: -1, max: 3 }),
  fc.integer({ min: -1, max: 3 }),
  fc.integer({ min: -1, max: 3 }),
  fc.integer({ min: -1, max: 3 }),
);
const UPFIRDN_CASES = fc.sample(
  fc.record({
    shape: fc.tuple(small, side, side, small),
    filterHeight: fc.integer({ min: 1, max: 4 }),
    filterWidth: fc.integer({ min: 1, max: 4 }),
    up: fc.tuple(small, small),
    down: fc.tuple(small, small),
    padding: pads,
    flipFilter: fc.boolean(),
  }),
  { seed: 3, numRuns: 4 },
);
const RESIZE_CASES = fc.sample(
  fc.record({
    shape: fc.tuple(small, side, side, fc.constantFrom(3, 4)),
    height: fc.integer({ min: 1, max: 12 }),
    width: fc.integer({ min: 1, max: 12 }),
  }),
  { seed: 8, numRuns: 3 },
);

/** An operation on the gradient that another has: of the sum of squares of its results, so that the gradient depends on what went in. */
function slopeOf(wire: (plan: PlanBuilder, x: Tensor) => Tensor) {
  return (plan: PlanBuilder, { x }: Record<string, Tensor>, tape: Tape): Tensor => {
    const y = wire(plan, x!);
    return tape.gradients([{ of: y, gradient: multiply(plan, y, y) }], [x!])[0] ?? expect.fail('no gradient');
  };
}

describe('difference quotients agree on random shapes, with first and second derivatives of', () => {
  it.each(UPFIRDN_CASES)('upfirdn2d %j', async ({ shape, filterHeight: height, filterWidth: width, ...options }) => {
    const filter = { height, width, taps: randomValues(height * width, 9) };
    const wire = (plan: PlanBuilder, x: Tensor) => upfirdn2d(plan, x, filter, options as UpfirdnOptions);
    await expectGradients('upfirdn2d', { x: shape }, (plan, { x }) => wire(plan, x!));
    await expectGradients('slope of upfirdn2d', { x: shape }, slopeOf(wire));
  });

  it.each(RESIZE_CASES)('resizeBilinear %j', async ({ shape, ...size }) => {
    for (const antialias of [false, true]) {
      const wire = (plan: PlanBuilder, x: Tensor) => resizeBilinear(plan, x, { ...size, antialias });
      await expectGradients('resizeBilinear', { x: shape }, (plan, { x }) => wire(plan, x!));
      await expectGradients('slope of resizeBilinear', { x: shape }, slopeOf(wire));
    }
  });

  it('gaussianBlur', async () => {
    const wire = (plan: PlanBuilder, x: Tensor) => gaussianBlur(plan, x, 0.8);
    await expectGradients('gaussianBlur', { x: [1, 7, 6, 3] }, (plan, { x }) => wire(plan, x!));
    await expectGradients('slope of gaussianBlur', { x: [1, 7, 6, 3] }, slopeOf(wire));
    await expectGradients('gaussianBlur that fades', { x: [1, 7, 6, 3] }, (plan, { x }) =>
      gaussianBlur(plan, x!, plan.constant('taps', [1, 11], blurTaps(0.8, 5))),
    );
  });
});
