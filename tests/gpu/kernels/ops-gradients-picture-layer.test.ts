/**
 * Gradients of picture layers with so many pixels that a software adapter takes them from texels, in bands, with bits for what is inside the clamp: beside
 * difference quotients, and beside the layer whose clamp and skip are operations of their own.
 */
import { describe, expect, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { type ConvShape, weightsFrom } from '../../../src/pipelines/convolution/conv-weights';
import { toRgb } from '../../../src/pipelines/convolution/to-rgb';
import { add } from '../../../src/pipelines/dense/add';
import { startTape } from '../../../src/pipelines/gradients';
import { randomValues } from '../conv-cases';
import { expectGradients } from '../gradient-check';
import { expectClose, runOnce } from '../support';

const BATCH = 2;
/** Wider than a tile divides, and more pixels than are needed for texels. */
const [HEIGHT, WIDTH] = [18, 22];

function wire(
  plan: PlanBuilder,
  shape: ConvShape,
  tensors: Record<string, Tensor>,
  options: { clamp?: number; skip?: Tensor | undefined },
) {
  const { x, weight, styles, bias } = tensors;
  return toRgb(plan, x!, { weights: weightsFrom(plan, weight!, shape), styles: styles!, bias, ...options });
}

describe.each([
  { channels: 26, inChannels: 21 }, // from texels
  { channels: 9, inChannels: 37 },
  { channels: 3, inChannels: 6 }, // which is not worth it
])('a picture of $channels channels from $inChannels', ({ channels, inChannels }) => {
  const shape: ConvShape = [channels, inChannels, 1, 1];
  const padded = Math.ceil(inChannels / 4) * 4;
  const shapes = {
    x: [BATCH, HEIGHT, WIDTH, inChannels],
    weight: [1, 1, padded, channels],
    styles: [BATCH, inChannels],
    bias: [channels],
  };

  it('has the gradients that difference quotients tell', async () => {
    const skip = [BATCH, HEIGHT / 2, WIDTH / 2, channels];
    await expectGradients(`picture of ${channels} channels`, { ...shapes, skip }, (plan, { skip, ...tensors }) =>
      wire(plan, shape, tensors, { skip }),
    );
  });

  it('has those of a clamp without a skip, whose output tells what is inside', async () => {
    const given = Object.entries({ ...shapes, skip: [BATCH, HEIGHT, WIDTH, channels] });
    const names = given.map(([name]) => name);
    const results = await runOnce((plan) => {
      const tape = startTape(plan);
      const tensors = Object.fromEntries(
        given.map(([name, extents], index) => [
          name,
          plan.constant(name, extents, randomValues(elementCount(extents), index)),
        ]),
      );
      const gradients = (y: Tensor) => {
        const gradient = plan.constant('seed', y.shape, randomValues(elementCount(y.shape), 9));
        return tape.gradients([{ of: y, gradient }], Object.values(tensors)).map((found) => found!);
      };
      const fused = gradients(wire(plan, shape, tensors, { clamp: 0.7, skip: tensors.skip }));
      const apart = gradients(add(plan, wire(plan, shape, tensors, { clamp: 0.7 }), tensors.skip!));
      const named = (label: string, all: Tensor[]) =>
        all.map((one, index) => [`${names[index]} ${label}`, one] as const);
      return Object.fromEntries([...named('fused', fused), ...named('apart', apart)]);
    });
    for (const name of names) expectClose(name, results[`${name} fused`]!, results[`${name} apart`]!, 1e-5); // sums of hundreds of numbers, in another order
    expect(results['x fused']!.some((value) => value !== 0)).toBe(true);
  });
});
