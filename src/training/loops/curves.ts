/**
 * Curves of a run's figures that stay small however long it runs: when a curve has too many points, each two neighbours become one, their mean, and
 * from then on a point stands for twice as many values. So old and new parts have the same resolution, and a run that goes on from what was kept has
 * the same curves as one that never stopped.
 */
import type { Figures } from './learner';

/** [step, value] */
export type CurvePoint = readonly [step: number, value: number];

export interface Curve {
  readonly points: readonly CurvePoint[];
  /** Values that a point is the mean of; its step is that of the last. */
  readonly every: number;
  /** Values since the last point. */
  readonly rest: { readonly sum: number; readonly count: number };
}

export const MOST_POINTS = 512;

const EMPTY: Curve = { points: [], every: 1, rest: { sum: 0, count: 0 } };

/** The curve with one more value; as it was for one that is not finite. */
export function withValue(curve: Curve = EMPTY, step: number, value: number): Curve {
  if (!Number.isFinite(value)) return curve;
  const rest = { sum: curve.rest.sum + value, count: curve.rest.count + 1 };
  if (rest.count < curve.every) return { ...curve, rest };
  const points = [...curve.points, [step, rest.sum / rest.count] as const];
  const isFull = points.length === MOST_POINTS;
  return { points: isFull ? inPairs(points) : points, every: isFull ? 2 * curve.every : curve.every, rest: EMPTY.rest };
}

/** All curves with the figures of a step. */
export function withFigures(
  curves: Readonly<Record<string, Curve>>,
  step: number,
  figures: Figures,
): Readonly<Record<string, Curve>> {
  const changed = Object.entries(figures).map(([name, value]) => [name, withValue(curves[name], step, value)]);
  return { ...curves, ...Object.fromEntries(changed) };
}

function inPairs(points: readonly CurvePoint[]): CurvePoint[] {
  const pairs: CurvePoint[] = [];
  for (let index = 0; index + 1 < points.length; index += 2) {
    const [[, first], [step, second]] = [points[index]!, points[index + 1]!];
    pairs.push([step, (first + second) / 2]);
  }
  return pairs;
}
