/** The targets of issue 6 ("as fast as the device allows"), beside what was measured. */
import type { BenchResult } from './bench';
import { commonClock } from './clock';
import { number, table } from './markdown';
import { frameMilliseconds, type ModelResult } from './models/stages';
import type { RaceResult } from './racer';

/** How many times faster than a peer we want to be. */
interface RatioTarget {
  readonly race: RegExp;
  readonly ours: string;
  readonly peer: string;
  readonly onSoftware: number | undefined;
  readonly onHardware: number | undefined;
}

const ORT = 'onnxruntime-web, WebGPU';
const JAX = 'jax-js, WebGPU';
const RATIOS: readonly RatioTarget[] = [
  { race: /convolution/, ours: 'trifold', peer: ORT, onSoftware: 15, onHardware: 2 },
  { race: /convolution/, ours: 'trifold', peer: JAX, onSoftware: 4, onHardware: 2 },
  { race: /volume rendering/, ours: 'trifold, exact', peer: ORT, onSoftware: 25, onHardware: undefined },
  { race: /volume rendering/, ours: 'trifold, fast', peer: ORT, onSoftware: 60, onHardware: undefined },
];

/** Turning the head in the finished page (turning.mjs). */
export interface Turning {
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Milliseconds of the processor's time, all threads together. */
  readonly processorPerFrame?: number;
  readonly dispatchesPerFrame: number;
  readonly drawsPerFrame: number;
  readonly submitsPerFrame: number;
  /** During the whole drag. */
  readonly readBacks: number;
  readonly pipelines: number;
  readonly allocations: number;
  /** Buffers and textures of the page. */
  readonly bytes: number;
  readonly weightBytes?: number;
  /** Milliseconds from letting go to the full picture, and from opening the page to the first. */
  readonly untilFull: number;
  readonly untilFirst: number;
}

/** What the largest model may take in f32, and the frame rate of the paper's authors, which a card of the last years should exceed. */
const FULL_SIZE = { megabytes: 600, framesPerSecond: 35 };
/** Of the measured peak that large convolutions should reach on a card. */
const LEAST_OF_PEAK = 0.6;

/** What a frame while turning may take at most. */
const TURNING = { dispatches: 40, megabytes: 60, submits: 1, framesPerSecond: 10, untilFull: 2000 };

/** The page's figures as a table with their targets. */
export function describeTurning(turning: Turning, isSoftware: boolean): string {
  const { framesPerSecond, processorPerFrame, weightBytes, bytes, untilFull, untilFirst } = turning;
  const beside = weightBytes === undefined ? undefined : (bytes - weightBytes) / 1e6;
  const rest = (what: string, value: number) => [what, '0', `${value}`, verdict(value === 0)];
  const least = isSoftware ? TURNING.framesPerSecond : 60;
  const rows = [
    ['frames a second', `>= ${least}`, framesPerSecond.toFixed(1), verdict(framesPerSecond >= least)],
    ['processor time a frame, ms', '', number(processorPerFrame), ''],
    atMost('compute dispatches a frame', TURNING.dispatches, turning.dispatchesPerFrame),
    ['draws a frame', '', turning.drawsPerFrame.toFixed(2), ''],
    atMost('submits a frame', TURNING.submits, turning.submitsPerFrame),
    rest('new pipelines', turning.pipelines),
    rest('new buffers and textures', turning.allocations),
    rest('read-backs', turning.readBacks),
    ...(beside === undefined ? [] : [atMost('MB beside the weights', TURNING.megabytes, beside)]),
    atMost('from letting go to the full picture, ms', TURNING.untilFull, untilFull),
    ['from opening the page to the first full picture, ms', '', number(untilFirst), ''],
  ];
  return `**Turning in the page** (${turning.frames} frames)\n\n${table(['what', 'target', 'measured', ''], rows)}`;
}

function atMost(what: string, most: number, value: number): string[] {
  return [what, `<= ${most}`, number(value), verdict(value <= most)];
}

/** A table of what can be told from this run; empty if nothing can. */
export function describeTargets({ adapter, races, models }: BenchResult): string {
  const rows = [
    ...races.flatMap((race) => RATIOS.flatMap((target) => ratioRow(race, target, adapter.isSoftware))),
    ...(adapter.isSoftware ? [] : races.flatMap(peakRow)),
    ...models.flatMap((model) => fullSizeRows(model, adapter.isSoftware)),
  ];
  return rows.length === 0 ? '' : `**Targets**\n\n${table(['what', 'target', 'measured', ''], rows)}`;
}

function fullSizeRows({ name, stages, peakBytes }: ModelResult, isSoftware: boolean): string[][] {
  if (!stages || peakBytes === undefined || !name.includes('ffhq512')) return [];
  const megabytes = peakBytes / 1e6;
  const memory = [`${name}: peak memory`, `< ${FULL_SIZE.megabytes} MB`, `${number(megabytes)} MB`];
  const clock = commonClock(
    stages.flatMap(({ timing }) => timing ?? []),
    isSoftware,
  );
  const milliseconds = frameMilliseconds(stages, 'fast', clock);
  const rows = [[...memory, verdict(megabytes < FULL_SIZE.megabytes)]];
  if (isSoftware || milliseconds === undefined) return rows;
  const rate = 1000 / milliseconds;
  const least = FULL_SIZE.framesPerSecond;
  return [...rows, [`${name}: frames a second`, `> ${least}`, number(rate), verdict(rate > least)]];
}

function ratioRow(race: RaceResult, target: RatioTarget, isSoftware: boolean): string[][] {
  const wanted = isSoftware ? target.onSoftware : target.onHardware;
  const timingOf = (name: string) => race.standings.find(({ contender }) => contender === name)?.timing;
  const [ours, theirs] = [timingOf(target.ours), timingOf(target.peer)];
  if (wanted === undefined || !target.race.test(race.name) || !ours || !theirs) return [];
  const clock = commonClock([ours, theirs], isSoftware);
  const ratio = theirs[clock]!.median / ours[clock]!.median;
  const what = `${race.name}: ${target.ours} over ${target.peer}`;
  return [[what, `${wanted} x`, `${ratio.toFixed(1)} x`, verdict(ratio >= wanted)]];
}

function peakRow({ name, flops, peak, standings }: RaceResult): string[][] {
  const ours = standings.find(({ contender }) => contender === 'trifold')?.timing;
  if (!ours || !name.includes('convolution')) return [];
  const clock = commonClock([peak.timing, ours], false);
  const share = flops / ours[clock]!.median / (peak.flops / peak.timing[clock]!.median);
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  return [[`${name}: of the peak`, percent(LEAST_OF_PEAK), percent(share), verdict(share >= LEAST_OF_PEAK)]];
}

const verdict = (isMet: boolean) => (isMet ? 'met' : 'missed');
