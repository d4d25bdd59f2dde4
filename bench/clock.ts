/**
 * What a case costs, on three clocks. On a software adapter the processor does the device's work, so its time tells what a kernel costs even
 * on a busy machine; on a graphics card it tells nothing, and timestamps of the device or the wall clock do.
 */

/** Tells the processor's time of all threads that work for the measurement, in milliseconds; undefined where it cannot be known. */
export type ProcessorClock = () => Promise<number | undefined>;

/** Milliseconds of one run. */
export interface Cost {
  readonly wall: number;
  /** Sum over threads: two cores spend two milliseconds in one. */
  readonly processor: number | undefined;
  /** Between timestamps on the device. */
  readonly device: number | undefined;
}

/** Middle and spread of several samples. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export type ClockName = 'processor' | 'device' | 'wall';

export interface Timing {
  /** Samples taken. */
  readonly samples: number;
  /** Runs in each sample. */
  readonly repeats: number;
  readonly wall: Spread;
  readonly processor: Spread | undefined;
  readonly device: Spread | undefined;
}

/** @param costs one or more */
export function timingOf(costs: readonly Cost[], repeats: number): Timing {
  const of = (clock: ClockName) => {
    const values = costs.flatMap((cost) => cost[clock] ?? []);
    return values.length === costs.length ? spreadOf(values) : undefined;
  };
  return {
    samples: costs.length,
    repeats,
    wall: spreadOf(costs.map(({ wall }) => wall)),
    processor: of('processor'),
    device: of('device'),
  };
}

/** The clock that ranks kernels best on an adapter, of those that the timing has. */
export function bestClock(timing: Timing, isSoftware: boolean): ClockName {
  if (isSoftware) return timing.processor ? 'processor' : 'wall';
  return timing.device ? 'device' : 'wall';
}

/** Ratios need one clock for all: peers tell no timestamps. */
export function commonClock(timings: readonly Timing[], isSoftware: boolean): ClockName {
  const clock = bestClock(timings[0]!, isSoftware);
  return timings.every((timing) => timing[clock]) ? clock : 'wall';
}

/** Runs something and reads wall and processor clock around it; figures are for one of `repeats` runs. */
export async function measure(
  clock: ProcessorClock,
  repeats: number,
  run: (repeats: number) => Promise<unknown>,
): Promise<Cost> {
  const processorBefore = await clock();
  const wallBefore = performance.now();
  await run(repeats);
  const wall = (performance.now() - wallBefore) / repeats;
  const processorAfter = await clock();
  const isKnown = processorBefore !== undefined && processorAfter !== undefined;
  return { wall, processor: isKnown ? (processorAfter - processorBefore) / repeats : undefined, device: undefined };
}

/** A sample shorter than this is too coarse for the processor's clock, which counts in steps of 10 ms. */
const LEAST_SAMPLE_MILLISECONDS = 250;
const MOST_REPEATS = 256;
/** What has had this much wall time gets no further samples, but has one at least. */
const MOST_MILLISECONDS = 30_000;

/** How many runs of so many milliseconds make a sample. */
export function repeatsToFill(wall: number): number {
  return Math.min(MOST_REPEATS, Math.max(1, Math.ceil(LEAST_SAMPLE_MILLISECONDS / Math.max(1, wall))));
}

/** Whether samples have taken so long that there are enough of them. */
export function areEnough(costs: readonly Cost[], repeats: number): boolean {
  return costs.reduce((sum, { wall }) => sum + wall * repeats, 0) > MOST_MILLISECONDS;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, least: sorted[0]!, most: sorted[sorted.length - 1]! };
}
