/** Reductions, normalisation, losses and what they are made of: values and gradients against the reference, and against difference quotients. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import type { Tensor } from '../../../src/gpu/tensor';
import { add } from '../../../src/pipelines/dense/add';
import { inverseSquareRoot, squareRoot } from '../../../src/pipelines/dense/half-power';
import { multiply, scaled } from '../../../src/pipelines/dense/multiply';
import { normalizeSecondMoment } from '../../../src/pipelines/dense/normalize-second-moment';
import { selectRows } from '../../../src/pipelines/dense/select-rows';
import { broadcastTruncated, truncationValues } from '../../../src/pipelines/dense/truncation';
import { concatenate, slice } from '../../../src/pipelines/dense/window';
import { startTape } from '../../../src/pipelines/gradients';
import {
  cosineSimilarity,
  l1Loss,
  l2Loss,
  logisticLoss,
  smoothL1Loss,
  sumOfSquares,
} from '../../../src/pipelines/reduction/losses';
import { withMinibatchDeviation } from '../../../src/pipelines/reduction/minibatch-deviation';
import { r1Penalty } from '../../../src/pipelines/reduction/r1-penalty';
import { mean, repeatColumns, sumColumns, total } from '../../../src/pipelines/reduction/sum-columns';
import { repeatLeading, sumLeading } from '../../../src/pipelines/reduction/sum-rows';
import { randomValues } from '../conv-cases';
import { type ExtentRange, expectGradients, randomShape } from '../gradient-check';
import { casesOf, expectImage, imageInput, OP_TOLERANCE, plainInput } from '../ops-cases';
import { expectClose, expectGradient, fixture, runOnce, toChannelsFirst } from '../support';

const ops = await fixture('ops');
const reference = await fixture('ops-gradients');

function gradientOf(tape: Tape, of: Tensor, gradient: Tensor, wanted: Tensor): Tensor {
  return tape.gradients([{ of, gradient }], [wanted])[0] ?? expect.fail('no gradient');
}

describe('as the reference: withMinibatchDeviation', () => {
  it.each(casesOf(ops, 'minibatchDeviation'))('%s', async (name) => {
    const { group_size: groupSize, num_channels: channels } = JSON.parse(ops.metadata[name]!);
    const [n, c, h, w] = ops.info(`${name}.in.x`).shape;
    const { y, dx } = await runOnce((plan) => {
      const tape = startTape(plan);
      const x = imageInput(plan, ops, `${name}.in.x`);
      const y = withMinibatchDeviation(plan, x, { groupSize: groupSize ?? undefined, channels });
      return { y, dx: gradientOf(tape, y, imageInput(plan, reference, `${name}.cot.y`), x) };
    });
    expectImage(ops, `${name}.out.y`, y);
    expectGradient(`${name}.grad.x`, toChannelsFirst(dx, [n!, h!, w!, c!]), reference.floats(`${name}.grad.x`));
  });
});

describe('as the reference: normalizeSecondMoment', () => {
  it.each(casesOf(ops, 'normalize'))('%s', async (name) => {
    const { y, dx } = await runOnce((plan) => {
      const tape = startTape(plan);
      const x = plainInput(plan, ops, `${name}.in.x`);
      const y = normalizeSecondMoment(plan, x);
      return { y, dx: gradientOf(tape, y, plainInput(plan, reference, `${name}.cot.y`), x) };
    });
    expectClose(`${name}.out.y`, y, ops.floats(`${name}.out.y`), OP_TOLERANCE);
    expectGradient(`${name}.grad.x`, dx, reference.floats(`${name}.grad.x`));
  });
});

const FEW = [1, 4] as const;
const SOME = [1, 9] as const;

/** An operation, with the extents that the axes of its input may have. */
type Case = [label: string, extents: readonly ExtentRange[], wire: (plan: PlanBuilder, x: Tensor) => Tensor];

const CASES: readonly Case[] = [
  ['sumLeading of few rows', [FEW, FEW, FEW, SOME], (plan, x) => sumLeading(plan, x, 1)],
  ['sumLeading of one axis', [[33, 50], FEW, FEW], (plan, x) => sumLeading(plan, x, 1)],
  ['sumLeading in pieces', [FEW, [2050, 2150], [1, 3]], (plan, x) => sumLeading(plan, x, 2)],
  ['repeatLeading', [FEW, SOME], (plan, x) => repeatLeading(plan, x, [2, 4])],
  ['sumColumns', [FEW, FEW, [1, 90]], (plan, x) => sumColumns(plan, x)],
  ['repeatColumns', [FEW, FEW, [1, 1]], (plan, x) => repeatColumns(plan, x, 6)],
  ['total', [FEW, FEW, SOME], (plan, x) => total(plan, x)],
  ['mean', [FEW, FEW, SOME], (plan, x) => mean(plan, x)],
  ['scaled', [FEW, SOME], (plan, x) => scaled(plan, x, -1.7)],
  ['slice of columns', [FEW, FEW, [4, 12]], (plan, x) => slice(plan, x, 2, 2, x.shape[2]! - 3)],
  ['slice of rows', [FEW, [3, 6], FEW, SOME], (plan, x) => slice(plan, x, 1, 1, x.shape[1]! - 2)],
  [
    'concatenate columns',
    [FEW, [2, 9]],
    (plan, x) => concatenate(plan, [x, scaled(plan, x, 2), slice(plan, x, 1, 0, 2)], 1),
  ],
  [
    'concatenate samples',
    [[2, 4], FEW, SOME],
    (plan, x) => concatenate(plan, [slice(plan, x, 0, 1, x.shape[0]! - 1), x], 0),
  ],
  ['selectRows', [FEW, [3, 5], SOME], (plan, x) => selectRows(plan, x, [2, 0, 2])],
  [
    'broadcastTruncated',
    [FEW, SOME],
    (plan, x) => {
      const average = plan.constant('average', [x.shape[1]!], randomValues(x.shape[1]!, 4));
      return broadcastTruncated(plan, x, 4, average, plan.constant('psi', [2], truncationValues(0.7, 3)));
    },
  ],
];

/** Those that are not linear: their second derivatives are more than zero. */
const BENT_CASES: readonly Case[] = [
  ['multiply with itself', [FEW, SOME], (plan, x) => multiply(plan, x, x)],
  ['squareRoot', [FEW, SOME], (plan, x) => squareRoot(plan, x, 1.5)],
  ['inverseSquareRoot', [FEW, SOME], (plan, x) => inverseSquareRoot(plan, x, 1.5)],
  ['normalizeSecondMoment', [FEW, [2, 9]], (plan, x) => normalizeSecondMoment(plan, x)],
  [
    'withMinibatchDeviation',
    [[6, 6], FEW, FEW, SOME],
    (plan, x) => withMinibatchDeviation(plan, x, { groupSize: 3 }), // of two it would be a magnitude, which has a kink
  ],
  ['sumOfSquares', [FEW, SOME], (plan, x) => sumOfSquares(plan, x)],
  ['logisticLoss, real', [SOME, [1, 1]], (plan, x) => logisticLoss(plan, x, true)],
  ['logisticLoss, generated', [SOME, [1, 1]], (plan, x) => logisticLoss(plan, x, false)],
];

describe('difference quotients agree with gradients of', () => {
  it.each([...CASES, ...BENT_CASES])('%s', async (label, extents, wire) => {
    const shape = randomShape(label, extents);
    await expectGradients(`${label}, [${shape}]`, { x: shape }, (plan, { x }) => wire(plan, x!));
  });

  it.each([
    ['l1Loss', l1Loss],
    ['smoothL1Loss', (plan: PlanBuilder, a: Tensor, b: Tensor) => smoothL1Loss(plan, a, b, 0.4)],
    ['l2Loss', l2Loss],
    ['cosineSimilarity', cosineSimilarity],
  ] as const)('%s', async (label, loss) => {
    const shape = randomShape(label, [FEW, [2, 9]]);
    await expectGradients(`${label}, [${shape}]`, { a: shape, b: shape }, (plan, { a, b }) => loss(plan, a!, b!));
  });
});

describe('difference quotients agree with second derivatives of', () => {
  it.each([...CASES, ...BENT_CASES])('%s', async (label, extents, wire) => {
    const shape = randomShape(`slope of ${label}`, extents);
    // The gradient of y^3 / 3 depends on what went in, also where the operation is linear.
    await expectGradients(`slope of ${label}, [${shape}]`, { x: shape }, (plan, { x }, tape) => {
      const y = wire(plan, x!);
      return gradientOf(tape, y, multiply(plan, y, y), x!);
    });
  });

  it.each([
    ['l2Loss', l2Loss],
    ['cosineSimilarity', cosineSimilarity],
  ] as const)('%s', async (label, loss) => {
    const shape = randomShape(`slope of ${label}`, [FEW, [2, 9]]);
    await expectGradients(`slope of ${label}, [${shape}]`, { a: shape, b: shape }, (plan, { a, b }, tape) => {
      const y = loss(plan, a!, b!);
      return gradientOf(tape, y, y, a!);
    });
  });

  it('R1: its penalty with respect to pictures and weights', async () => {
    const shape = randomShape('r1Penalty', [FEW, SOME]);
    const shapes = { image: shape, raw: shape, weight: shape };
    await expectGradients('r1Penalty', shapes, (plan, { image, raw, weight }, tape) => {
      const features = add(plan, multiply(plan, image!, weight!), multiply(plan, raw!, raw!));
      const logits = sumColumns(plan, squareRoot(plan, features, 2));
      return r1Penalty(plan, tape, logits, [image!, raw!], 3);
    });
  });
});

describe('losses are what their names say', () => {
  const [a, b] = [randomValues(12, 1), randomValues(12, 2)];
  const differences = Array.from(a, (value, index) => Math.abs(value - b[index]!));
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sumOf = (f: (i: number) => number) => [0, 1, 2, 3].reduce((sum, i) => sum + f(i), 0);
  const cosines = [0, 4, 8].map((row) => {
    const product = (x: Float32Array, y: Float32Array) => sumOf((i) => x[row + i]! * y[row + i]!);
    return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  });
  const softplus = (sign: number) => meanOf(Array.from(a, (value) => Math.log1p(Math.exp(sign * 30 * value))));

  it.each([
    ['l1Loss', l1Loss, [meanOf(differences)]],
    ['l2Loss', l2Loss, [meanOf(differences.map((d) => d * d))]],
    [
      'smoothL1Loss',
      (plan: PlanBuilder, x: Tensor, y: Tensor) => smoothL1Loss(plan, x, y, 0.5),
      [meanOf(differences.map((d) => (d < 0.5 ? d * d : d - 0.25)))],
    ],
    [
      'logisticLoss, real',
      (plan: PlanBuilder, x: Tensor) => logisticLoss(plan, scaled(plan, x, 30), true),
      [softplus(-1)],
    ],
    [
      'logisticLoss, generated',
      (plan: PlanBuilder, x: Tensor) => logisticLoss(plan, scaled(plan, x, 30), false),
      [softplus(1)],
    ],
    ['cosineSimilarity', cosineSimilarity, cosines],
  ] as const)('%s', async (label, loss, expected) => {
    const { y } = await runOnce((plan) => ({
      y: loss(plan, plan.constant('a', [3, 4], a), plan.constant('b', [3, 4], b)),
    }));
    expectClose(label, y, Float32Array.from(expected), 1e-5);
  });

  it('a row of zeros has no direction', async () => {
    const { y } = await runOnce((plan) => ({
      y: cosineSimilarity(plan, plan.tensor('zeros', [1, 4]), plan.constant('b', [1, 4], b.subarray(0, 4))),
    }));
    expect(Array.from(y)).toEqual([0]);
  });
});

it('what does not fit is refused with the shapes', async () => {
  const wire = (wired: (plan: PlanBuilder, x: Tensor) => Tensor) =>
    runOnce((plan) => ({ y: wired(plan, plan.tensor('x', [6, 2, 2, 3])) }));
  await expect(wire((plan, x) => withMinibatchDeviation(plan, x, { groupSize: 4 }))).rejects.toThrow(ShapeError);
  await expect(wire((plan, x) => withMinibatchDeviation(plan, x, { channels: 2 }))).rejects.toThrow(/\[6,2,2,3\]/);
  await expect(wire((plan, x) => slice(plan, x, 3, 2, 2))).rejects.toThrow(/places 2 to 4 of axis 3/);
  await expect(wire((plan, x) => concatenate(plan, [x, sumLeading(plan, x, 1)], 0))).rejects.toThrow(ShapeError);
  await expect(wire((plan, x) => sumLeading(plan, x, 4))).rejects.toThrow(ShapeError);
});
