/**
 * The perceptual network beside the same network in numpy, in double precision (scripts/perceptual-reference.py), and its gradients beside difference
 * quotients.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Checkpoint, readSafetensors } from '../../../src/checkpoints/safetensors';
import { ShapeError } from '../../../src/gpu/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import {
  PERCEPTUAL_FILE,
  PerceptualNetwork,
  perceptualLoss,
  pooledFeatures,
  wirePerceptualFeatures,
} from '../../../src/models/perceptual';
import { startTape } from '../../../src/pipelines/gradients';
import { randomValues } from '../conv-cases';
import { expectClose, fixture, runOnce, testGpu } from '../support';

/** Of sums of some thousand products through 21 layers, in parts of the largest feature, 8. */
const TOLERANCE = 2e-5;

let network: PerceptualNetwork;
let expected: Checkpoint;

beforeAll(async () => {
  const response = await fetch(`/${PERCEPTUAL_FILE}`);
  network = PerceptualNetwork.create(await testGpu(), await readSafetensors(await response.arrayBuffer()));
  expected = await fixture('perceptual');
});

/** As scripts/perceptual-reference.py makes it: smooth, with an edge. */
function picture(plan: PlanBuilder, side: number, phase = 0) {
  const values = Float32Array.from({ length: side * side * 3 }, (_, at) => {
    const channel = at % 3;
    const u = (Math.floor(at / 3) % side) / side;
    const v = Math.floor(at / (3 * side)) / side;
    const waves = 0.7 * Math.sin(7 * u * (channel + 1) + 5 * v + phase) * Math.cos(9 * v - 3 * u * channel);
    return u + 0.5 * v > 0.8 ? waves : 0.3 - waves;
  });
  return plan.constant(`picture of ${side}`, [1, side, side, 3], values);
}

describe('as numpy has it:', () => {
  it('the features of a picture of 64', async () => {
    const found = await runOnce((plan) => {
      const features = wirePerceptualFeatures(plan, network, picture(plan, 64));
      return Object.fromEntries(features.map(({ name, tensor }) => [name, tensor]));
    });
    expect(Object.keys(found)).toEqual(['conv32_down', 'conv32_3', 'conv64_3', 'conv128_2']);
    const side = 29; // of conv32_down, of which the fixture has every fourth row and column
    found.conv32_down = found.conv32_down!.filter((_, at) => {
      const place = Math.floor(at / 32);
      return (place % side) % 4 === 0 && Math.floor(place / side) % 4 === 0;
    });
    for (const [name, values] of Object.entries(found)) {
      expectClose(name, values, expected.floats(`features.${name}`), TOLERANCE);
    }
  });

  it('the distance of pictures of 16, 64 and 100', async () => {
    const sides = [16, 64, 100];
    const found = await runOnce((plan) =>
      Object.fromEntries(
        sides.map((side) => [side, perceptualLoss(plan, network, picture(plan, side), picture(plan, side, 0.4))]),
      ),
    );
    for (const side of sides) {
      expectClose(`distance at ${side}`, found[side]!, expected.floats(`distance.${side}`), 1e-5);
    }
  });

  it('the pooled vector of pictures of 16, 64 and 200', async () => {
    for (const side of [16, 64, 200]) {
      const { pooled } = await runOnce((plan) => ({ pooled: pooledFeatures(plan, network, picture(plan, side)) }));
      expectClose(`pooled at ${side}`, pooled, expected.floats(`pooled.${side}`), TOLERANCE);
    }
  });
});

it('a picture is no way from itself, and 512 pixels are not too many', async () => {
  const { distance } = await runOnce((plan) => {
    const same = picture(plan, 64);
    return { distance: perceptualLoss(plan, network, same, same) };
  });
  expect(distance[0]).toBe(0);
  const plan = new PlanBuilder(new MemorySurvey(await testGpu()), 'not run');
  const features = wirePerceptualFeatures(
    plan,
    PerceptualNetwork.withoutFile(plan.host),
    plan.tensor('large', [2, 512, 512, 3]),
  );
  expect(features.map(({ tensor }) => tensor.shape)).toEqual([
    [2, 253, 253, 32],
    [2, 126, 126, 32],
    [2, 63, 63, 64],
    [2, 31, 31, 128],
  ]);
});

// One number of the picture moves thousands of ReLUs, of which some are at their kinks; along the gradient they are lost in the crowd.
it('the distance falls along its gradient as fast as that says', async () => {
  const side = 16;
  const gradientAt = (values: Float32Array) =>
    runOnce((plan) => {
      const tape = startTape(plan);
      const a = plan.constant('a', [1, side, side, 3], values);
      const distance = perceptualLoss(plan, network, a, picture(plan, side));
      const [gradient] = tape.gradients([{ of: distance, gradient: plan.constant('one', [1], [1]) }], [a]);
      return { distance, gradient: gradient! };
    });
  const values = randomValues(side * side * 3, 5).map((value) => value / 2);
  const { gradient } = await gradientAt(values);
  const square = gradient.reduce((sum, value) => sum + value ** 2, 0);
  const step = 2e-3 / Math.sqrt(square); // an L2 distance of 0.002
  const moved = async (sign: number) =>
    (await gradientAt(values.map((value, at) => value + sign * step * gradient[at]!))).distance[0]!;
  const quotient = ((await moved(1)) - (await moved(-1))) / (2 * step);
  console.info(`along the gradient: ${quotient}, by the tape ${square}`);
  expect(Math.abs(quotient / square - 1)).toBeLessThan(5e-3);
});

it('pictures that are none are told', async () => {
  const wired = (shape: number[]) =>
    runOnce((plan) => ({ y: wirePerceptualFeatures(plan, network, plan.tensor('x', shape))[0]!.tensor }));
  await expect(wired([1, 64, 48, 3])).rejects.toThrow(ShapeError);
  await expect(wired([1, 64, 64, 4])).rejects.toThrow(ShapeError);
});
