/**
 * Plans in slices: a picture that takes a slow device a second is handed over in parts of some tens of milliseconds, so that the device can
 * also draw the page, and the work can be given up between two parts. What a dispatch takes is measured: on a processor that plays a
 * graphics card each for itself the first time; a graphics card gets everything at once until that turns out to take long.
 */

import type { PlanPart } from '../gpu/plan';

/** What a slice should take. */
export const SLICE_MILLISECONDS = 40;

/** What can be sliced: a plan, or anything else that is submitted, as one dispatch. */
export interface Sliceable {
  readonly dispatchCount: number;
}

/** A part of a plan that is submitted, alone or with others. */
export interface Slice {
  readonly plan: Sliceable;
  readonly part: PlanPart;
}

/** Weight of the newest measurement. */
const NEWEST_WEIGHT = 0.5;

export class SliceTimes {
  readonly #times = new WeakMap<Sliceable, number[]>();

  /** @param isSoftware whether a dispatch that was never measured is taken for long */
  constructor(private readonly isSoftware: boolean) {}

  /** What a whole plan takes, in milliseconds; undefined while a part of it has not been measured. */
  of(plan: Sliceable): number | undefined {
    const times = this.#times.get(plan);
    if (!times || times.some(Number.isNaN)) return undefined;
    return times.reduce((sum, time) => sum + time, 0);
  }

  /** What slices should take together; Infinity for an unmeasured one on a processor, 0 on a graphics card. */
  expected(slices: readonly Slice[]): number {
    return slices.reduce((sum, slice) => sum + sumOf(this.#timesOf(slice).map((time) => this.#guess(time))), 0);
  }

  /** The parts of a plan, in their order, each as long as fits into a slice; one dispatch at least. */
  slicesOf(plan: Sliceable): Slice[] {
    const times = this.#times.get(plan) ?? new Array<number>(plan.dispatchCount).fill(Number.NaN);
    const slices: Slice[] = [];
    let from = 0;
    let length = 0;
    times.forEach((time, index) => {
      const guess = this.#guess(time);
      if (index > from && length + guess > SLICE_MILLISECONDS) {
        slices.push({ plan, part: { from, to: index } });
        from = index;
        length = 0;
      }
      length += guess;
    });
    if (from < plan.dispatchCount) slices.push({ plan, part: { from, to: plan.dispatchCount } });
    return slices;
  }

  /** Notes what slices that were submitted together have taken: each dispatch its share, as far as that is known. */
  note(slices: readonly Slice[], milliseconds: number): void {
    const all = slices.flatMap((slice) => this.#timesOf(slice));
    const isKnown = !all.some(Number.isNaN);
    const sum = isKnown ? sumOf(all) : 0;
    for (const slice of slices) {
      const { plan, part } = slice;
      const times = this.#times.get(plan) ?? new Array<number>(plan.dispatchCount).fill(Number.NaN);
      this.#timesOf(slice).forEach((time, index) => {
        const measured = sum > 0 ? (milliseconds * time) / sum : milliseconds / all.length;
        times[part.from + index] = Number.isNaN(time) ? measured : time + NEWEST_WEIGHT * (measured - time);
      });
      this.#times.set(plan, times);
    }
  }

  #timesOf({ plan, part }: Slice): number[] {
    const times = this.#times.get(plan);
    return times ? times.slice(part.from, part.to) : new Array<number>(part.to - part.from).fill(Number.NaN);
  }

  #guess(time: number): number {
    if (!Number.isNaN(time)) return time;
    return this.isSoftware ? Number.POSITIVE_INFINITY : 0;
  }
}

const sumOf = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0);
