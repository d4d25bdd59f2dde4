/** What a call of `trifold train` says. */
import { resolve } from 'node:path';
import { LEARNER_KINDS, type LearnerKind } from '../../src/training/loops/learner';
import type { RunDescription } from '../../src/training/loops/run-store';
import { UsageError } from '../errors';
import { choiceOption, integerOption, parseWords, seedOption } from '../options';
import type { TrainableKind, TrainWords } from './kinds';

const OPTIONS = {
  data: { type: 'string' },
  out: { type: 'string' },
  preset: { type: 'string' },
  steps: { type: 'string' },
  seed: { type: 'string' },
  resume: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'list-presets': { type: 'boolean', default: false },
  set: { type: 'string', multiple: true },
  teacher: { type: 'string' },
  from: { type: 'string' },
  'loss-set': { type: 'string' },
  mirror: { type: 'boolean', default: false },
  'checkpoint-every': { type: 'string' },
  'measure-every': { type: 'string' },
  'samples-every': { type: 'string' },
} as const;

const MOST_STEPS = 1e9;

export type TrainValues = ReturnType<typeof readWords>['values'];

export function readWords(words: string[]) {
  const { values, positionals } = parseWords(words, OPTIONS);
  const [kind, ...more] = positionals;
  if (kind === undefined || more.length > 0) {
    throw new UsageError(`train takes one of ${LEARNER_KINDS.join(', ')}, then options`);
  }
  const known = LEARNER_KINDS.find((one) => one === kind);
  if (!known) throw new UsageError(`train takes one of ${LEARNER_KINDS.join(', ')}, not "${kind}"`);
  return { kind: known, values };
}

/** @throws UsageError for options that would not be heeded */
export function expectOptionsOf(kind: LearnerKind, { takes }: TrainableKind, values: TrainValues): void {
  for (const name of ['teacher', 'from', 'loss-set', 'mirror'] as const) {
    if (values[name] && !takes.includes(name)) throw new UsageError(`"train ${kind}" has no use for --${name}`);
  }
  if (!values.resume) return;
  const decided = ['preset', 'seed', 'loss-set', 'mirror', 'set'] as const;
  for (const name of decided) {
    const value = values[name];
    if (Array.isArray(value) ? value.length > 0 : value) {
      throw new UsageError(`--${name} cannot be changed by --resume: begin a new run in another folder`);
    }
  }
}

/** What a run that goes on was called with is in its description. */
export function wantedOf(trainable: TrainableKind, values: TrainValues, kept: RunDescription | undefined): TrainWords {
  const { paths } = Object(kept?.data.source) as { paths?: Partial<Record<'data' | 'teacher' | 'from', string>> };
  const pathOf = (name: 'data' | 'teacher' | 'from') => {
    const given = values[name];
    return given === undefined ? paths?.[name] : resolve(given);
  };
  return {
    data: pathOf('data'),
    teacher: pathOf('teacher'),
    from: pathOf('from'),
    preset: kept?.preset ?? presetOption(trainable, values.preset),
    steps: values.steps === undefined ? undefined : integerOption('steps', values.steps, 1, MOST_STEPS),
    seed: kept?.seed ?? seedOption('seed', values.seed ?? '0'),
    lossSet: values['loss-set'],
    isMirrored: values.mirror,
  };
}

function presetOption({ presets }: TrainableKind, text: string | undefined): string {
  const names = Object.keys(presets);
  return text === undefined ? names[0]! : choiceOption('preset', text, names);
}

export function intervalsOf({ intervals }: TrainableKind, values: TrainValues, goal: number) {
  const option = (name: 'checkpoint-every' | 'measure-every' | 'samples-every', usual: number, least: number) => {
    const text = values[name];
    return text === undefined ? Math.min(usual, goal) : integerOption(name, text, least, MOST_STEPS);
  };
  return {
    checkpointEvery: option('checkpoint-every', intervals.checkpointEvery, 1),
    measureEvery: option('measure-every', intervals.measureEvery, 0),
    samplesEvery: option('samples-every', intervals.samplesEvery, 0),
  };
}
