/** Bias, activation, gain and clamp against the reference, for every activation function. */
import { describe, it } from 'vitest';
import { elementCount, type Tensor } from '../../../src/gpu/tensor';
import { ACTIVATIONS, type Activation } from '../../../src/pipelines/dense/activation';
import { biasAct } from '../../../src/pipelines/dense/bias-act';
import { axisLast, casesOf, OP_TOLERANCE, optionsOf } from '../ops-cases';
import { expectClose, fixture, permute, runOnce } from '../support';

const ops = await fixture('ops');

describe('biasAct', () => {
  it.each(casesOf(ops, 'biasAct'))('%s', async (name) => {
    const { act, dim = 1, gain, clamp, alpha } = optionsOf(ops, name);
    const activation: Activation | undefined = ACTIVATIONS.find((known) => known === act);
    const { shape } = ops.info(`${name}.in.x`);
    const { order, back } = axisLast(shape.length, dim);
    const lastShape = order.map((axis) => shape[axis]!);
    const { y } = await runOnce((plan): { y: Tensor } => {
      const x = plan.constant('x', lastShape, permute(ops.floats(`${name}.in.x`), shape, order));
      const bias = plan.constant('bias', [shape[dim]!], ops.floats(`${name}.in.b`));
      return { y: biasAct(plan, x, bias, { activation, gain, clamp, alpha }) };
    });
    expectClose(name, permute(y, lastShape, back), ops.floats(`${name}.out.y`), OP_TOLERANCE);
  });

  it('leaves the padding zero where the activation of zero is not', async () => {
    const shape = [2, 3, 5];
    const { padded } = await runOnce((plan) => {
      const x = plan.constant('x', shape, new Float32Array(elementCount(shape)).fill(-1));
      const y = biasAct(plan, x, plan.constant('bias', [5], [1, 2, 3, 4, 5]), { activation: 'sigmoid' });
      return { padded: { ...y, shape: [2, 3, y.stride] } };
    });
    const padding = padded.filter((_, index) => index % 8 >= 5);
    expectClose('padding', padding, new Float32Array(padding.length), 0);
  });
});
