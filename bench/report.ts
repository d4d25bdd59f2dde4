/** The result of a bench as text: Markdown tables, ready for docs/performance.md. */
import type { BenchResult } from './bench';
import { type ClockName, commonClock, type Spread } from './clock';
import { number, table } from './markdown';
import type { GradientResult } from './models/gradient-stages';
import { frameMilliseconds, type ModelResult, type StageResult } from './models/stages';
import type { RaceResult } from './racer';
import { describeTargets } from './targets';

const CLOCKS: Readonly<Record<ClockName, string>> = {
  processor: "ms of the processor's time, all threads together",
  device: 'ms between timestamps on the device',
  wall: 'ms on the clock',
};

export function describeBench(result: BenchResult): string {
  const { adapter, models, gradients, races } = result;
  const sections = [
    `Adapter: ${adapter.name}${adapter.isSoftware ? ' (software)' : ''}.`,
    ...models.map((model) => describeModel(model, adapter.isSoftware)),
    describeGradients(gradients, adapter.isSoftware),
    ...races.map((race) => describeRace(race, adapter.isSoftware)),
    describeTargets(result),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function describeModel({ name, failure, stages, peak, ...memory }: ModelResult, isSoftware: boolean): string {
  if (!stages || !peak) return `**${name}** failed: ${failure}`;
  const clock = commonClock([peak.timing, ...stages.flatMap(({ timing }) => timing ?? [])], isSoftware);
  const peakRate = gigaflops(peak.flops, peak.timing[clock]!);
  const row = ({ stage, runs, flops, failure, timing, work, compile }: StageResult) => {
    const spread = timing?.[clock];
    if (!spread) return [stage, runs, `failed: ${failure}`, '', '', '', '', '', '', '', ''];
    const rate = gigaflops(flops, spread);
    return [
      stage,
      runs,
      number(spread.median),
      range(spread),
      number(timing?.wall.median),
      number(flops / 1e9),
      number(rate),
      percent(rate / peakRate),
      work?.dispatches ?? '',
      megabytes(work?.bytes),
      number(compile?.wall),
    ];
  };
  const head = [
    'stage',
    'runs',
    'median',
    'spread',
    'wall, ms',
    'GFLOP',
    'GFLOP/s',
    'of peak',
    'dispatches',
    'MB bound',
    'compiling, wall ms',
  ];
  const { weightBytes, planBytes, peakBytes } = memory;
  const size = `Weights ${megabytes(weightBytes)} MB, beside them ${megabytes(planBytes)} MB, peak ${megabytes(peakBytes)} MB.`;
  return [
    `**${name}** (${CLOCKS[clock]}; peak of multiply-adds ${number(peakRate)} GFLOP/s)`,
    table(head, stages.map(row)),
    `${size} ${describeFrame(stages, clock)}`,
  ].join('\n\n');
}

/** What the way back of a stage may cost, in times its way forward (issue 14). */
const MOST_BACKWARD = 2.5;

function describeGradients(results: readonly GradientResult[], isSoftware: boolean): string {
  if (results.length === 0) return '';
  const timings = results.flatMap(({ forward, both }) => [forward, both].flatMap((pass) => pass?.timing ?? []));
  const clock = timings.length === 0 ? 'wall' : commonClock(timings, isSoftware);
  const rows = results.map(({ stage, failure, forward, both, check }) => {
    const [first, all] = [forward?.timing[clock], both?.timing[clock]];
    if (!first || !all) return [stage, `failed: ${failure}`, '', '', '', '', '', '', ''];
    const ratio = (all.median - first.median) / first.median;
    return [
      stage,
      `${number(first.median)} (${range(first)})`,
      `${number(all.median)} (${range(all)})`,
      ratio.toFixed(2),
      ratio <= MOST_BACKWARD ? 'met' : 'missed',
      megabytes(forward?.bytes),
      megabytes(both?.bytes),
      `${forward?.dispatches}, ${both?.dispatches}`,
      check?.largestError.toExponential(1) ?? '',
    ];
  });
  const head = [
    'stage',
    'forward',
    'forward and gradients',
    'backward over forward',
    `at most ${MOST_BACKWARD}`,
    'MB forward',
    'MB with gradients',
    'dispatches',
    'error by difference quotient',
  ];
  return `**Gradients of all parameters and inputs** (${CLOCKS[clock]})\n\n${table(head, rows)}`;
}

/** What a camera costs once the planes are there, without what draws the picture. */
function describeFrame(stages: readonly StageResult[], clock: ClockName): string {
  const [fast, exact] = (['fast', 'exact'] as const).map((quality) => {
    const milliseconds = frameMilliseconds(stages, quality, clock);
    return milliseconds === undefined ? 'unknown' : `${number(milliseconds)} ms`;
  });
  return `A new camera: ${fast} in fast quality, ${exact} in exact.`;
}

function describeRace({ name, flops, peak, standings }: RaceResult, isSoftware: boolean): string {
  const timings = standings.flatMap(({ timing }) => timing ?? []);
  const clock = commonClock([peak.timing, ...timings], isSoftware);
  const peakRate = gigaflops(peak.flops, peak.timing[clock]!);
  const first = timings[0]?.[clock]?.median;
  const rows = standings.map(({ contender, failure, timing, check, work, first: firstRun }) => {
    const error = check?.largestError.toExponential(1) ?? '';
    const spread = timing?.[clock];
    if (!spread) return [contender, `failed: ${failure}`, '', '', '', '', '', '', '', '', error];
    const rate = gigaflops(flops, spread);
    return [
      contender,
      number(spread.median),
      range(spread),
      first === undefined ? '' : (spread.median / first).toFixed(2),
      number(rate),
      percent(rate / peakRate),
      work?.dispatches ?? '',
      megabytes(work?.bytes),
      megabytes(work?.memoryBytes),
      number(firstRun?.wall),
      error,
    ];
  });
  const head = [
    'contender',
    'median',
    'spread',
    'times the first',
    'GFLOP/s',
    'of peak',
    'dispatches',
    'MB bound',
    'MB held',
    'first run, wall ms',
    'largest error',
  ];
  const heading = `**${name}** (${number(flops / 1e9)} GFLOP; ${CLOCKS[clock]}; peak ${number(peakRate)} GFLOP/s)`;
  return `${heading}\n\n${table(head, rows)}`;
}

const gigaflops = (flops: number, { median }: Spread) => flops / median / 1e6;

const range = ({ least, most }: Spread) => `${number(least)} to ${number(most)}`;
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const megabytes = (bytes: number | undefined) => (bytes === undefined ? '' : (bytes / 1e6).toFixed(1));
