/** Backward operations: against the reference's gradients, and against difference quotients on random shapes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import { padToFour, type Tensor } from '../../../src/gpu/tensor';
import { ACTIVATIONS, type Activation } from '../../../src/pipelines/dense/activation';
import { add } from '../../../src/pipelines/dense/add';
import { biasAct } from '../../../src/pipelines/dense/bias-act';
import { fullyConnected, fullyConnectedGain, inputsFirst } from '../../../src/pipelines/dense/fully-connected';
import { arranged } from '../../../src/pipelines/dense/rearrange';
import { startTape } from '../../../src/pipelines/gradients';
import { expectGradients, GRADIENT_TOLERANCE, gradientRows } from '../gradient-check';
import { axisLast, casesOf, OP_TOLERANCE, optionsOf } from '../ops-cases';
import { expectClose, fixture, permute, runOnce } from '../support';

const ops = await fixture('ops');
const reference = await fixture('ops-gradients');

const activationNamed = (name: string | undefined): Activation =>
  ACTIVATIONS.find((known) => known === name) ?? 'linear';

/** The gradients of some tensors, which must be there. */
function gradientsOf(tape: Tape, of: Tensor, gradient: Tensor, wanted: readonly Tensor[]): Tensor[] {
  return tape.gradients([{ of, gradient }], wanted).map((found) => found ?? expect.fail('no gradient'));
}

describe('biasAct, as the reference', () => {
  it.each(casesOf(ops, 'biasAct'))('%s', async (name) => {
    const { act, dim = 1, gain, clamp, alpha } = optionsOf(ops, name);
    const { shape } = ops.info(`${name}.in.x`);
    const { order, back } = axisLast(shape.length, dim);
    const lastShape = order.map((axis) => shape[axis]!);
    const last = (values: Float32Array) => permute(values, shape, order);
    const { dx, db } = await runOnce((plan): { dx: Tensor; db: Tensor } => {
      const tape = startTape(plan);
      const x = plan.constant('x', lastShape, last(ops.floats(`${name}.in.x`)));
      const bias = plan.constant('bias', [shape[dim]!], ops.floats(`${name}.in.b`));
      const y = biasAct(plan, x, bias, { activation: activationNamed(act), gain, clamp, alpha });
      const seed = plan.constant('seed', lastShape, last(reference.floats(`${name}.cot.y`)));
      const [dx, db] = gradientsOf(tape, y, seed, [x, bias]);
      return { dx: dx!, db: db! };
    });
    expectClose(`${name} x`, permute(dx, lastShape, back), reference.floats(`${name}.grad.x`), OP_TOLERANCE);
    expectClose(`${name} bias`, db, reference.floats(`${name}.grad.b`), OP_TOLERANCE);
  });
});

describe('fullyConnected, as the reference', () => {
  it.each(casesOf(ops, 'fullyConnected'))('%s', async (name) => {
    const { activation, lr_multiplier: lrMultiplier = 1 } = optionsOf(ops, name);
    const [outFeatures, inFeatures] = ops.info(`${name}.param.weight`).shape;
    const gain = fullyConnectedGain(inFeatures!, lrMultiplier);
    const hasBias = ops.has(`${name}.param.bias`);
    const { dx, dw, db } = await runOnce((plan) => {
      const tape = startTape(plan);
      const stored = ops.floats(`${name}.param.weight`);
      const prepared = arranged(stored, inputsFirst(outFeatures!, inFeatures!), gain);
      const weight = plan.constant('weight', prepared.shape, prepared.values);
      const biases = hasBias ? ops.floats(`${name}.param.bias`) : new Float32Array(outFeatures!);
      const scaled = biases.map((value) => value * lrMultiplier);
      const bias = plan.constant('bias', [outFeatures!], scaled);
      const x = plan.constant('x', ops.info(`${name}.in.x`).shape, ops.floats(`${name}.in.x`));
      const y = fullyConnected(plan, x, { weight, bias }, { activation: activationNamed(activation) });
      const seed = plan.constant('seed', y.shape, reference.floats(`${name}.cot.y`));
      const [dx, dw, db] = gradientsOf(tape, y, seed, [x, weight, bias]);
      return { dx: dx!, dw: dw!, db: db! };
    });
    const rows = dw.subarray(0, inFeatures! * outFeatures!);
    const ofStored = permute(rows, [inFeatures!, outFeatures!], [1, 0]).map((value) => value * gain);
    expectClose(`${name} x`, dx, reference.floats(`${name}.grad.x`), OP_TOLERANCE);
    expectClose(`${name} weight`, ofStored, reference.floats(`${name}.grad.weight`), OP_TOLERANCE);
    expect(
      dw.subarray(rows.length).every((value) => value === 0),
      'rows of padded inputs',
    ).toBe(true);
    if (!hasBias) return;
    const ofStoredBias = db.map((value) => value * lrMultiplier);
    expectClose(`${name} bias`, ofStoredBias, reference.floats(`${name}.grad.bias`), OP_TOLERANCE);
  });
});

const extent = fc.integer({ min: 1, max: 10 });
const SHAPES = fc.sample(fc.tuple(extent, extent, extent), { seed: 5, numRuns: 3 });

describe('difference quotients agree with the gradients of', () => {
  it.each(ACTIVATIONS)('biasAct, %s', async (activation) => {
    const options = { activation, gain: 1.3, clamp: 0.9, alpha: 0.3 };
    await expectGradients(`biasAct ${activation}`, { x: [3, 2, 5], bias: [5] }, (plan, { x, bias }) =>
      biasAct(plan, x!, bias!, options),
    );
  });

  it.each(['lrelu', 'tanh', 'swish'] as const)('fullyConnected of random shapes, %s', async (activation) => {
    for (const [batch, inFeatures, outFeatures] of SHAPES) {
      const shapes = { x: [batch, inFeatures], weight: [padToFour(inFeatures), outFeatures], bias: [outFeatures] };
      const label = `fullyConnected ${activation} ${batch} x ${inFeatures} to ${outFeatures}`;
      await expectGradients(label, shapes, (plan, { x, weight, bias }) =>
        fullyConnected(plan, x!, { weight: weight!, bias: bias! }, { activation }),
      );
    }
  });

  it('fullyConnected of one row of many, and of 70 rows', async () => {
    await expectGradients('one row', { x: [2, 3, 4], weight: [4, 9] }, (plan, { x, weight }) =>
      fullyConnected(plan, x!, { weight: weight! }, { row: 1 }),
    );
    await expectGradients('70 rows', { x: [70, 3], weight: [4, 2], bias: [2] }, (plan, { x, weight, bias }) =>
      fullyConnected(plan, x!, { weight: weight!, bias: bias! }, { activation: 'sigmoid' }),
    );
  });

  it('two layers, the second of the sum of the first and its input', async () => {
    const shapes = { x: [3, 5], first: [8, 5], second: [8, 2], bias: [5] };
    await expectGradients('two layers', shapes, (plan, { x, first, second, bias }) => {
      const hidden = fullyConnected(plan, x!, { weight: first!, bias: bias! }, { activation: 'softplus' });
      return fullyConnected(plan, add(plan, hidden, x!), { weight: second! });
    });
  });
});

/** A layer's gradient with respect to one of its inputs: what a penalty on gradients is made of. */
function slopeOfLayer(
  activation: Activation,
  plan: PlanBuilder,
  inputs: Record<string, Tensor>,
  tape: Tape,
  to: 'x' | 'weight' = 'x',
): Tensor {
  const { x, weight, bias } = inputs;
  const y = fullyConnected(plan, x!, { weight: weight!, bias: bias! }, { activation });
  const seed = plan.constant('inner seed', y.shape, [0.5, -1, 2, 1.5, -0.5, 1]);
  return gradientsOf(tape, y, seed, [inputs[to]!])[0]!;
}

describe('difference quotients agree with second derivatives:', () => {
  const straight: readonly Activation[] = ['linear', 'relu', 'lrelu'];
  it.each(ACTIVATIONS.filter((activation) => !straight.includes(activation)))(
    'the slope of a layer, %s',
    async (activation) => {
      const shapes = { x: [2, 4], weight: [4, 3], bias: [3] };
      await expectGradients(`slope ${activation}`, shapes, (...wired) => slopeOfLayer(activation, ...wired));
    },
  );

  it('the slope of a layer to its weights', async () => {
    await expectGradients('weight slope', { x: [2, 4], weight: [4, 3], bias: [3] }, (...wired) =>
      slopeOfLayer('tanh', ...wired, 'weight'),
    );
  });

  it('the slope of a layer of straight pieces does not depend on its bias', async () => {
    await expectGradients('slope lrelu', { weight: [4, 3] }, (plan, { weight }, tape) => {
      const x = plan.constant('x', [2, 4], [0.4, -0.3, 0.9, 0.1, -0.6, 0.2, 0.5, 0.8]);
      const bias = plan.constant('bias', [3], [0.3, -0.2, 0.1]);
      return slopeOfLayer('lrelu', plan, { x, weight: weight!, bias }, tape);
    });
  });
});

it('the check tells a rule that is wrong by two per cent', async () => {
  const rows = await gradientRows({ x: [3, 4] }, (plan, { x }, tape) => {
    plan.tape = undefined; // the rule of add itself is right
    const y = add(plan, x!, x!);
    plan.tape = tape;
    const zero = plan.tensor('no bias', [4]);
    plan.record({
      inputs: [x!],
      outputs: [y],
      backward: ([gradient]) => [biasAct(plan, gradient, zero, { gain: 2.04 })],
    });
    return y;
  });
  const largest = Math.max(...rows.map(({ relativeError }) => relativeError));
  expect(largest).toBeGreaterThan(10 * GRADIENT_TOLERANCE);
});
