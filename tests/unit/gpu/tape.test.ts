/** Which dispatches gradients take, and which mistakes the tape finds: without any device, on a survey. */
import { describe, expect, it } from 'vitest';
import { NoGradientError, OverwrittenError, UnwrittenScratchError } from '../../../src/gpu/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { reshaped, type Tensor } from '../../../src/gpu/tensor';
import { add, addScaledInto } from '../../../src/pipelines/dense/add';
import { biasAct } from '../../../src/pipelines/dense/bias-act';
import { fullyConnected } from '../../../src/pipelines/dense/fully-connected';
import { normalizeSecondMomentInto } from '../../../src/pipelines/dense/normalize-second-moment';
import { startTape } from '../../../src/pipelines/gradients';
import { recomputed } from '../../../src/pipelines/recomputed';
import { DEFAULT_LIMITS } from '../../full-size';

function taped() {
  const plan = new PlanBuilder(new MemorySurvey({ adapter: { isSoftware: false }, limits: DEFAULT_LIMITS }), 'step');
  return { plan, tape: startTape(plan) };
}

/** A layer from 4 to 4 features, with a name. */
function layer(plan: PlanBuilder, name: string) {
  const weight = plan.tensor(`${name} weight`, [4, 4]);
  const bias = plan.tensor(`${name} bias`, [4]);
  return { weight, bias, of: (x: Tensor) => fullyConnected(plan, x, { weight, bias }, { activation: 'tanh' }) };
}

/** Has a kernel that records nothing write a tensor. */
function unrecorded(plan: PlanBuilder, x: Tensor): Tensor {
  const output = plan.tensor('normalised', x.shape);
  normalizeSecondMomentInto(plan, x, output, 0);
  return output;
}

const seedOf = (plan: PlanBuilder, of: Tensor) => ({ of, gradient: plan.tensor(`${of.label} seed`, of.shape) });

/** How many dispatches something appends. */
function dispatchesOf(plan: PlanBuilder, act: () => unknown): number {
  const before = plan.dispatchCount;
  act();
  return plan.dispatchCount - before;
}

describe('a plan without a tape', () => {
  it('has the same dispatches, and remembers nothing', () => {
    const dispatches = [true, false].map((isTaped) => {
      const { plan } = taped();
      if (!isTaped) plan.tape = undefined;
      return dispatchesOf(plan, () => layer(plan, 'second').of(layer(plan, 'first').of(plan.tensor('x', [2, 4]))));
    });
    expect(dispatches).toEqual([2, 2]);
  });
});

describe('gradients', () => {
  it('have the shapes of what is wanted, and nothing else is computed', () => {
    const { plan, tape } = taped();
    const [first, second] = [layer(plan, 'first'), layer(plan, 'second')];
    const x = plan.tensor('x', [2, 4]);
    const y = second.of(first.of(x));
    const gradients = (...wanted: Tensor[]) => tape.gradients([seedOf(plan, y)], wanted);
    expect(gradients(x, first.weight, second.bias).map((gradient) => gradient?.shape)).toEqual([[2, 4], [4, 4], [4]]);
    expect(dispatchesOf(plan, () => gradients(second.bias))).toBe(2); // through the activation, and the sum of rows
    expect(dispatchesOf(plan, () => gradients(x))).toBe(4); // through two activations and two matrices
    expect(dispatchesOf(plan, () => gradients(first.weight))).toBe(4);
  });

  it('of what the loss does not depend on are none', () => {
    const { plan, tape } = taped();
    const [used, unused] = [layer(plan, 'used'), layer(plan, 'unused')];
    const y = used.of(plan.tensor('x', [2, 4]));
    const wanted = [unused.weight, used.weight];
    expect(tape.gradients([seedOf(plan, y)], wanted).map((gradient) => gradient?.shape)).toEqual([undefined, [4, 4]]);
    expect(dispatchesOf(plan, () => tape.gradients([seedOf(plan, y)], [unused.weight]))).toBe(0);
  });

  it('of a tensor that was used twice are added', () => {
    const { plan, tape } = taped();
    const x = plan.tensor('x', [2, 4]);
    const seed = seedOf(plan, add(plan, x, x));
    expect(dispatchesOf(plan, () => tape.gradients([seed], [x]))).toBe(1);
  });

  it('of two losses are added', () => {
    const { plan, tape } = taped();
    const { of, bias } = layer(plan, 'shared');
    const seeds = [1, 2].map(() => seedOf(plan, of(plan.tensor('x', [2, 4]))));
    expect(dispatchesOf(plan, () => tape.gradients(seeds, [bias]))).toBe(2 * 2 + 1);
  });

  it('find their way through views, which share the memory of their tensor', () => {
    const { plan, tape } = taped();
    const x = plan.tensor('x', [2, 3, 4]);
    const { of, weight } = layer(plan, 'layer');
    const y = reshaped(of(reshaped(x, [6, 4])), [3, 2, 4]);
    const gradients = tape.gradients([seedOf(plan, y)], [x, weight, reshaped(x, [6, 4])]);
    expect(gradients.map((gradient) => gradient?.shape)).toEqual([
      [2, 3, 4],
      [4, 4],
      [6, 4],
    ]);
  });

  it('flow through copies, and end at fills', () => {
    const { plan, tape } = taped();
    const x = plan.tensor('x', [2, 4]);
    const copy = plan.copy(x, plan.scratch('copy', [2, 4]));
    expect(tape.gradients([seedOf(plan, copy)], [x])[0]?.shape).toEqual([2, 4]);
    plan.fill(copy);
    expect(tape.gradients([seedOf(plan, copy)], [x])).toEqual([undefined]);
  });

  it('can be differentiated again', () => {
    const { plan, tape } = taped();
    const { of, weight } = layer(plan, 'layer');
    const x = plan.tensor('x', [2, 4]);
    const [slope] = tape.gradients([seedOf(plan, of(x))], [x]);
    expect(tape.gradients([seedOf(plan, slope!)], [x, weight]).map((gradient) => gradient?.shape)).toEqual([
      [2, 4],
      [4, 4],
    ]);
  });
});

describe('the tape refuses', () => {
  it('a kernel on the way that no operation answers for', () => {
    const { plan, tape } = taped();
    const { of, weight } = layer(plan, 'layer');
    const x = plan.tensor('x', [2, 4]);
    const y = of(unrecorded(plan, x));
    const seed = seedOf(plan, y);
    expect(() => tape.gradients([seed], [x])).toThrow(NoGradientError);
    expect(() => tape.gradients([seed], [x])).toThrow(/passes "normalised": "normalize-second-moment" has written/);
    expect(() => tape.gradients([seedOf(plan, unrecorded(plan, y))], [weight])).toThrow(NoGradientError); // the loss itself
    expect(tape.gradients([seed], [weight])[0]?.shape).toEqual([4, 4]); // it is not on the way to the weights
  });

  it('one in a part that is recomputed, which reads what no operation there reads', () => {
    const { plan, tape } = taped();
    const { of, weight } = layer(plan, 'layer');
    const [x, hidden] = [plan.tensor('x', [2, 4]), plan.tensor('hidden', [2, 4])];
    const [mixed, pure] = recomputed(plan, () => [of(unrecorded(plan, hidden)), of(x)]);
    const gradients = (of: Tensor, ...wanted: Tensor[]) => tape.gradients([seedOf(plan, of)], wanted);
    expect(() => gradients(mixed, hidden)).toThrow(NoGradientError);
    expect(() => gradients(mixed, x, hidden)).toThrow(/"normalize-second-moment" has written/);
    // It is not on the way from the others, nor to the other.
    expect(gradients(mixed, weight)[0]?.shape).toEqual([4, 4]);
    expect(gradients(pure, hidden, x).map((gradient) => gradient?.shape)).toEqual([undefined, [2, 4]]);
  });

  it('the same where what it reads was computed before, and where parts are nested', () => {
    const { plan, tape } = taped();
    const [before, after] = [layer(plan, 'before'), layer(plan, 'after')];
    const x = plan.tensor('x', [2, 4]);
    const h = before.of(x);
    const [y] = recomputed(plan, () => recomputed(plan, () => [after.of(unrecorded(plan, h))]));
    for (const wanted of [x, before.weight, h]) {
      expect(() => tape.gradients([seedOf(plan, y)], [wanted])).toThrow(NoGradientError);
    }
    expect(tape.gradients([seedOf(plan, y)], [after.bias])[0]?.shape).toEqual([4]);
    const [z] = recomputed(plan, () => {
      const u = unrecorded(plan, h);
      return recomputed(plan, () => [after.of(unrecorded(plan, u))]);
    });
    expect(() => tape.gradients([seedOf(plan, z)], [x])).toThrow(NoGradientError);
  });

  it('to go back through what has been written again', () => {
    const { plan, tape } = taped();
    const { of, weight, bias } = layer(plan, 'layer');
    const x = plan.tensor('x', [2, 4]);
    const seed = seedOf(plan, of(x));
    const [ofBias] = tape.gradients([seed], [bias]);
    addScaledInto(plan, weight, plan.tensor('step', [4, 4]), -0.1);
    expect(() => tape.gradients([seed], [x])).toThrow(/what "layer weight" held before "add-scaled" wrote it again/);
    expect(() => tape.gradients([seed], [weight])).toThrow(OverwrittenError);
    addScaledInto(plan, bias, ofBias!, -0.1);
    expect(() => tape.gradients([seed], [bias])).toThrow(OverwrittenError);
  });

  it('operations in place', () => {
    const { plan } = taped();
    const x = plan.tensor('x', [2, 4]);
    expect(() => plan.record({ inputs: [x], outputs: [x], backward: () => [undefined] })).toThrow(OverwrittenError);
  });
});

it('networks that learn from each other in one plan: an update of one is no way back into the other', () => {
  const { plan, tape } = taped();
  const [generator, discriminator] = [layer(plan, 'generator'), layer(plan, 'discriminator')];
  const learn = ({ weight }: { weight: Tensor }, loss: Tensor) => {
    const [gradient] = tape.gradients([seedOf(plan, loss)], [weight]);
    addScaledInto(plan, weight, gradient!, -0.1);
  };
  const steps = [1, 2].map(() =>
    dispatchesOf(plan, () => {
      learn(generator, discriminator.of(generator.of(plan.tensor('z', [2, 4]))));
      learn(discriminator, discriminator.of(generator.of(plan.tensor('z', [2, 4]))));
    }),
  );
  // Two layers forward and two back (activation and matrix each) and an update; then two forward and one back, and an update.
  expect(steps).toEqual([2 + 4 + 1 + 2 + 2 + 1, 2 + 4 + 1 + 2 + 2 + 1]);
});

describe('accumulation', () => {
  it('wants scratch that has been filled, kept or not', () => {
    const { plan } = taped();
    const x = plan.tensor('x', [2, 4]);
    const sum = plan.scratch('sum', [2, 4]);
    const kept = plan.keep(plan.scratch('kept sum', [2, 4]));
    expect(() => addScaledInto(plan, sum, x, 1)).toThrow(UnwrittenScratchError);
    expect(() => addScaledInto(plan, sum, x, 1)).toThrow(/"add-scaled" accumulates into "sum"/);
    expect(() => addScaledInto(plan, kept, x, 1)).toThrow(/"kept sum"/);
    for (const tensor of [sum, kept]) addScaledInto(plan, plan.fill(tensor), x, 1);
  });

  it('goes on where a kernel or a copy has written', () => {
    const { plan } = taped();
    const x = plan.tensor('x', [2, 4]);
    addScaledInto(plan, biasAct(plan, x, plan.tensor('bias', [4])), x, 1);
    addScaledInto(plan, plan.copy(x, plan.scratch('copy', [2, 4])), x, 1);
  });

  it('into a tensor with memory of its own goes on from run to run', () => {
    const { plan } = taped();
    addScaledInto(plan, plan.tensor('weights', [4]), plan.tensor('step', [4]), -0.1);
  });
});
