/** The kernels of fully connected layers for many rows, beside those for few, and their gradients. */
import { describe, expect, it } from 'vitest';
import { fullyConnected } from '../../../src/pipelines/dense/fully-connected';
import { MANY_ROWS } from '../../../src/pipelines/dense/fully-connected-rows';
import { slice } from '../../../src/pipelines/dense/window';
import { randomValues } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { expectClose, runOnce } from '../support';

/** Rows, inputs and outputs: blocks that are not full, rows and inputs that are no multiple of anything. */
const SHAPES = [0, 1, 2].map((turn) =>
  randomShape(`many rows ${turn}`, [
    [MANY_ROWS, MANY_ROWS + 700],
    [1, 45],
    [1, 45],
  ]),
);

describe('fullyConnected with many rows', () => {
  it.each(SHAPES)('%i rows, %i to %i: as with few', async (rows, inFeatures, outFeatures) => {
    const paddedIn = Math.ceil(inFeatures! / 4) * 4;
    const x = randomValues(rows! * inFeatures!, 1);
    const w = randomValues(paddedIn * outFeatures!, 2);
    const b = randomValues(outFeatures!, 3);
    const { many, few } = await runOnce((plan) => {
      const input = plan.constant('x', [rows!, inFeatures!], x);
      const weight = plan.constant('w', [paddedIn, outFeatures!], w);
      const bias = plan.constant('b', [outFeatures!], b);
      const layer = (of: typeof input) => fullyConnected(plan, of, { weight, bias }, { activation: 'relu', clamp: 3 });
      return { many: layer(input), few: layer(slice(plan, input, 0, rows! - 100, 100)) };
    });
    expect(few.some((value) => value > 0)).toBe(true);
    // The same products in the same order; what a compiler fuses may differ.
    expectClose('many rows', many.subarray(many.length - few.length), few, 1e-5);
  });

  it.each(SHAPES)('%i rows, %i to %i: gradients', async (rows, inFeatures, outFeatures) => {
    const paddedIn = Math.ceil(inFeatures! / 4) * 4;
    const shapes = { input: [rows!, inFeatures!], weight: [paddedIn, outFeatures!], bias: [outFeatures!] };
    await expectGradients('many rows', shapes, (plan, { input, weight, bias }) =>
      fullyConnected(plan, input!, { weight: weight!, bias }, { activation: 'tanh' }),
    );
  });
});
