/** Encodings of coordinates for networks: Fourier features, and the integrated ones of Mip-NeRF. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import { fourierEncoding } from '../../../src/pipelines/encoding/fourier-encoding';
import { randomValues } from '../conv-cases';
import { expectGradients } from '../gradient-check';
import { expectClose, runOnce } from '../support';

const [ROWS, INPUTS, FREQUENCIES] = [37, 3, 8];

describe('Fourier features', () => {
  it('are sines and cosines of 2 pi B x', async () => {
    const x = randomValues(ROWS * INPUTS, 1);
    const b = randomValues(4 * FREQUENCIES, 2).map((value) => 8 * value);
    const { encoded } = await runOnce((plan) => ({
      encoded: fourierEncoding(plan, plan.constant('x', [ROWS, INPUTS], x), plan.constant('b', [4, FREQUENCIES], b)),
    }));
    const expected = Float32Array.from({ length: ROWS * 2 * FREQUENCIES }, (_, index) => {
      const [row, wave] = [Math.floor(index / (2 * FREQUENCIES)), index % (2 * FREQUENCIES)];
      const cycles = [0, 1, 2].reduce(
        (sum, k) => sum + b[k * FREQUENCIES + (wave % FREQUENCIES)]! * x[3 * row + k]!,
        0,
      );
      return (wave < FREQUENCIES ? Math.sin : Math.cos)(2 * Math.PI * cycles);
    });
    expectClose('Fourier features', encoded, expected, 2e-5); // some 20 cycles, each with the rounding of f32 times 2 pi
  });

  it('have a gradient', async () => {
    const shapes = { x: [ROWS, INPUTS] };
    await expectGradients('Fourier features', shapes, (plan, { x }) =>
      fourierEncoding(plan, x!, plan.constant('b', [4, FREQUENCIES], randomValues(4 * FREQUENCIES, 2))),
    );
  });

  it('come in fours', async () => {
    const three = runOnce((plan) => ({
      encoded: fourierEncoding(plan, plan.tensor('x', [1, 4]), plan.tensor('b', [4, 3])),
    }));
    await expect(three).rejects.toThrow(ShapeError);
  });
});
