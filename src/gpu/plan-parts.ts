/**
 * Plans in parts: a picture that takes a slow device a second is handed over in parts of some tens of milliseconds, so that the device can
 * also draw the page, and the work can be given up between two parts. What a step takes is measured: on a software adapter each for itself the first
 * time; a graphics card gets a picture at once until that turns out to take long. Work that may take seconds feels its way on any device (`nextPart`):
 * drivers reset one that is busy for two.
 */

import type { PlanPart } from './plan';

/** What a part should take. */
export const PART_MILLISECONDS = 40;

/** What can be divided: a plan, or anything else that is submitted, as one step. */
export interface Divisible {
  readonly stepCount: number;
}

/** A part of a plan, and the plan: it is submitted alone or with others. */
export interface TimedPart extends PlanPart {
  readonly plan: Divisible;
}

/** Weight of the newest measurement. */
const NEWEST_WEIGHT = 0.5;

/** Steps that were never measured, at most, of one part of what feels its way. */
const MOST_UNMEASURED = 8;

export class PartTimes {
  readonly #times = new WeakMap<Divisible, number[]>();

  /**
   * @param isSoftware whether a step that was never measured is taken for long
   * @param milliseconds what a part should take
   */
  constructor(
    private readonly isSoftware: boolean,
    private readonly milliseconds = PART_MILLISECONDS,
  ) {}

  /** What a whole plan takes, in milliseconds; undefined while a part of it has not been measured. */
  of(plan: Divisible): number | undefined {
    const times = this.#times.get(plan);
    if (!times || times.some(Number.isNaN)) return undefined;
    return times.reduce((sum, time) => sum + time, 0);
  }

  /** What parts should take together; Infinity for an unmeasured one on a software adapter, 0 on a graphics card. */
  expected(parts: readonly TimedPart[]): number {
    return parts.reduce((sum, part) => sum + sumOf(this.#timesOf(part).map((time) => this.#guess(time))), 0);
  }

  /** The parts of a plan, in their order, each of as many steps as it has the time for, one at least. */
  partsOf(plan: Divisible): TimedPart[] {
    const times = this.#times.get(plan) ?? new Array<number>(plan.stepCount).fill(Number.NaN);
    const parts: TimedPart[] = [];
    let from = 0;
    let length = 0;
    times.forEach((time, index) => {
      const guess = this.#guess(time);
      if (index > from && length + guess > this.milliseconds) {
        parts.push({ plan, from, to: index });
        from = index;
        length = 0;
      }
      length += guess;
    });
    if (from < plan.stepCount) parts.push({ plan, from, to: plan.stepCount });
    return parts;
  }

  /**
   * The next part of a plan of which too much must never be submitted at once, on no device. A step that was never measured is taken for as long as the
   * longest that was; the first goes alone, and never more than eight together.
   * @param from the first step, below `stepCount`
   */
  nextPart(plan: Divisible, from: number): TimedPart {
    const times = this.#times.get(plan);
    if (!times) return { plan, from, to: from + 1 };
    const longest = times.reduce((most, time) => (time > most ? time : most), this.milliseconds / MOST_UNMEASURED);
    let to = from;
    let length = 0;
    do {
      length += Number.isNaN(times[to]) ? longest : times[to]!;
      to++;
    } while (to < plan.stepCount && length + (Number.isNaN(times[to]) ? longest : times[to]!) <= this.milliseconds);
    return { plan, from, to };
  }

  /** As if the plan had never been measured. */
  forget(plan: Divisible): void {
    this.#times.delete(plan);
  }

  /** Notes what parts that were submitted together have taken: each step its share, as far as that is known. */
  note(parts: readonly TimedPart[], milliseconds: number): void {
    const all = parts.flatMap((part) => this.#timesOf(part));
    const isKnown = !all.some(Number.isNaN);
    const sum = isKnown ? sumOf(all) : 0;
    for (const part of parts) {
      const { plan, from } = part;
      const times = this.#times.get(plan) ?? new Array<number>(plan.stepCount).fill(Number.NaN);
      this.#timesOf(part).forEach((time, index) => {
        const measured = sum > 0 ? (milliseconds * time) / sum : milliseconds / all.length;
        times[from + index] = Number.isNaN(time) ? measured : time + NEWEST_WEIGHT * (measured - time);
      });
      this.#times.set(plan, times);
    }
  }

  #timesOf({ plan, from, to }: TimedPart): number[] {
    const times = this.#times.get(plan);
    return times ? times.slice(from, to) : new Array<number>(to - from).fill(Number.NaN);
  }

  #guess(time: number): number {
    if (!Number.isNaN(time)) return time;
    return this.isSoftware ? Number.POSITIVE_INFINITY : 0;
  }
}

const sumOf = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0);
