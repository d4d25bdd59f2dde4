/** Who takes part in a case, and how one is raced against the others: correct first, then in turns, so that a busy machine slows all alike. */
import { areEnough, type Cost, measure, type ProcessorClock, repeatsToFill, type Timing, timingOf } from './clock';
import { countsBetween, type DeviceCounts } from './device-spy';

/** What one run hands to the device, as far as it is known. */
export interface Work {
  readonly dispatches?: number | undefined;
  readonly submits?: number | undefined;
  /** Every tensor that a dispatch binds, as a whole, once a dispatch: an upper bound of what must be moved, not what the caches see. */
  readonly bytes?: number | undefined;
  /** Device memory that the contender took for the case, its weights included. */
  readonly memoryBytes?: number | undefined;
}

/** A contender that is ready to run a case. */
export interface Racer {
  readonly work: Work;
  /** Runs the case so many times and waits until the device is done. */
  run(repeats: number): Promise<void>;
  /** Milliseconds on the device of the last run, where it has timestamps. */
  readonly deviceMilliseconds?: (() => number | undefined) | undefined;
  /** The result of the last run, in the layout of the case. */
  output(): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Runs the device at its peak for a moment. A busy or hot machine has a lower peak, so it is sampled between the samples of everything else. */
export interface PeakRunner {
  /** FLOPs of one run. */
  readonly flops: number;
  sample(clock: ProcessorClock): Promise<Cost>;
  close(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** Loads weights, compiles, and makes all buffers. */
  open(): Promise<Racer>;
}

/** Whether a result is right: its largest error over the root mean square of what is expected, and what that may be. */
export interface Check {
  readonly largestError: number;
  readonly allowed: number;
}

export interface RaceCase {
  readonly name: string;
  /** Multiplications and additions of the plain way to compute it, counted one by one. */
  readonly flops: number;
  readonly contenders: readonly Contender[];
  check(output: Float32Array): Check;
}

export interface Standing {
  readonly contender: string;
  /** Why it did not finish; there is no timing then. */
  readonly failure?: string;
  readonly check?: Check;
  readonly timing?: Timing;
  /** From nothing to the end of the first run: loading, compiling, running once. */
  readonly first?: Cost;
  readonly work?: Work;
}

export interface RaceResult {
  readonly name: string;
  readonly flops: number;
  /** The device at its peak, while the contenders ran. */
  readonly peak: { readonly flops: number; readonly timing: Timing };
  readonly standings: readonly Standing[];
}

/** What all measurements of a bench share. */
export interface Instruments {
  readonly clock: ProcessorClock;
  readonly peak: PeakRunner;
  /** Samples of each figure. */
  readonly rounds: number;
  readonly progress: (line: string) => void;
  /** Counts what anybody hands to the device, where that is possible. */
  readonly counts?: (() => DeviceCounts) | undefined;
}

interface Entry {
  readonly contender: string;
  readonly racer: Racer;
  readonly check: Check;
  readonly first: Cost;
  readonly work: Work;
  readonly repeats: number;
  readonly costs: Cost[];
  failure?: string;
}

/** Checks and times all contenders of a case. One that fails is reported as failed and the others go on. */
export async function race(raceCase: RaceCase, instruments: Instruments): Promise<RaceResult> {
  const { name, flops, contenders } = raceCase;
  const { progress, rounds, clock, peak } = instruments;
  const entries: (Entry | Standing)[] = [];
  for (const contender of contenders) {
    progress(`${name}: ${contender.name} gets ready`);
    entries.push(await enter(raceCase, contender, instruments));
  }
  const racing = entries.filter((entry) => 'racer' in entry);
  const peakCosts: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    peakCosts.push(await peak.sample(clock));
    for (const entry of racing) {
      if (entry.failure !== undefined || areEnough(entry.costs, entry.repeats)) continue;
      progress(`${name}: ${entry.contender}, round ${round + 1} of ${rounds}`);
      await sample(entry, clock);
    }
  }
  for (const { racer } of racing) await racer.close().catch(() => {});
  return {
    name,
    flops,
    peak: { flops: peak.flops, timing: timingOf(peakCosts, 1) },
    standings: entries.map((entry) => ('racer' in entry ? standingOf(entry) : entry)),
  };
}

/** Opens, runs once, checks, and finds out how many repeats make a sample. */
async function enter(
  raceCase: RaceCase,
  { name, open }: Contender,
  { clock, counts }: Instruments,
): Promise<Entry | Standing> {
  let racer: Racer | undefined;
  try {
    const start = counts?.();
    const first = await measure(clock, 1, async () => {
      racer = await open();
      await racer.run(1);
    });
    const ready = racer!;
    const check = raceCase.check(await ready.output());
    const before = counts?.();
    const warm = await measure(clock, 1, ready.run);
    const after = counts?.();
    const work = start && before && after ? { ...ready.work, ...workOf(start, before, after) } : ready.work;
    const repeats = repeatsToFill(warm.wall);
    const failure = check.largestError <= check.allowed ? {} : { failure: wrongResult(check) };
    return { contender: name, racer: ready, check, first, work, repeats, costs: [], ...failure };
  } catch (error) {
    await racer?.close().catch(() => {});
    return { contender: name, failure: messageOf(error) };
  }
}

/** What one warm run did, and the memory taken since the start. */
function workOf(start: DeviceCounts, before: DeviceCounts, after: DeviceCounts): Work {
  const { dispatches, submits } = countsBetween(before, after);
  if (dispatches === 0) return {}; // not on the device
  // A library that keeps what it has freed takes nothing new for a later case: then it cannot be told.
  const memoryBytes = after.bytes > start.bytes ? after.bytes - start.bytes : undefined;
  return { dispatches, submits, memoryBytes };
}

async function sample(entry: Entry, clock: ProcessorClock): Promise<void> {
  try {
    const cost = await measure(clock, entry.repeats, entry.racer.run);
    entry.costs.push({ ...cost, device: entry.racer.deviceMilliseconds?.() });
  } catch (error) {
    entry.failure = messageOf(error);
  }
}

function standingOf({ contender, check, first, work, costs, repeats, failure }: Entry): Standing {
  if (failure !== undefined) return { contender, failure, check };
  return { contender, check, first, work, timing: timingOf(costs, repeats) };
}

function wrongResult({ largestError, allowed }: Check): string {
  return `wrong result: largest error ${largestError.toExponential(1)}, allowed ${allowed.toExponential(1)}`;
}

/** The first line of whatever was thrown. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
