/** Curves stay small, and are the same whether a run was interrupted or not. */
import { expect, test } from 'vitest';
import { type Curve, MOST_POINTS, withFigures, withValue } from '../../../../src/training/loops/curves';

const curveOf = (values: readonly number[], from?: Curve, firstStep = 1) =>
  values.reduce<Curve | undefined>((curve, value, index) => withValue(curve, firstStep + index, value), from)!;

test('a short curve has every value', () => {
  expect(curveOf([5, 4, 3]).points).toEqual([
    [1, 5],
    [2, 4],
    [3, 3],
  ]);
});

test('of a long one, points are means of neighbours', () => {
  const values = Array.from({ length: 5 * MOST_POINTS }, (_, step) => Math.sin(step / 100));
  const curve = curveOf(values);
  expect(curve.every).toBe(8);
  expect(curve.points.length).toBeLessThan(MOST_POINTS);
  for (const [index, [step, value]] of curve.points.entries()) {
    expect(step).toBe(8 * (index + 1));
    const part = values.slice(8 * index, 8 * index + 8);
    expect(value).toBeCloseTo(part.reduce((sum, one) => sum + one, 0) / 8, 12);
  }
});

test('a curve that went through JSON goes on as one that did not', () => {
  const values = Array.from({ length: 3 * MOST_POINTS + 1 }, (_, step) => Math.cos(step));
  const kept: Curve = JSON.parse(JSON.stringify(curveOf(values.slice(0, 700))));
  expect(curveOf(values.slice(700), kept, 701)).toEqual(curveOf(values));
});

test('figures belong to the curves of their names; what is no number belongs to none', () => {
  const curves = withFigures(withFigures({}, 1, { loss: 2, norm: 1 }), 2, { loss: Number.NaN, psnr: 20 });
  expect(Object.keys(curves)).toEqual(['loss', 'norm', 'psnr']);
  expect(curves.loss!.points).toEqual([[1, 2]]);
  expect(curves.psnr!.points).toEqual([[2, 20]]);
});
