/**
 * `trifold train scene|gan|student`: the same learners, runs and checkpoints as in the page, on this machine. What a run takes is told before it starts;
 * Ctrl-C ends the step on its way and saves, and --resume goes on from there with the same bits.
 */
import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import { TrifoldError } from '../../src/errors';
import type { Gpu } from '../../src/gpu/device';
import { BufferLimitError, OutOfMemoryError } from '../../src/gpu/errors';
import { largestBlock } from '../../src/gpu/tensor-host';
import type { LearnerKind } from '../../src/training/loops/learner';
import type { TrainingRunState } from '../../src/training/loops/run-state';
import type { Json, RunDescription } from '../../src/training/loops/run-store';
import { SlicedRunner } from '../../src/training/loops/sliced-runner';
import { TrainingRun } from '../../src/training/loops/training-run';
import type { StepMemory } from '../../src/training/training-step';
import { FAILED, UsageError } from '../errors';
import { openGpu } from '../gpu';
import { expectWritable } from '../output-file';
import { say, sayInPlace } from '../standard-error';
import { meansAllFields, trainAllFields } from './compare-fields';
import type { OpenedData, TrainableKind, TrainWords } from './kinds';
import { TRAINABLE } from './learners';
import { duration, progressTeller, tell } from './progress';
import { fromFile, holdsRun, lockFolder, RunInFolder } from './run-folder';
import { withChanges } from './setting-changes';
import { expectOptionsOf, intervalsOf, readWords, type TrainValues, wantedOf } from './words';

/** Long enough for a graphics card to be busy, and far from what drivers take for a hang. */
const PART_MILLISECONDS = 200;
/** Shorter runs begin at once. */
const LEAST_STEPS_TO_ESTIMATE = 20;
/** A terminal's Ctrl-C may come twice, by way of the launcher. */
const SAME_KEY_MILLISECONDS = 500;
/** Of what the machine has, what a software adapter may take. */
const MEMORY_SHARE = 0.9;
/** Said as often, at most, while pictures are made ready. */
const TOLD_MILLISECONDS = 1000;

/** Ctrl-C. */
class TrainingStoppedError extends TrifoldError {
  override readonly code = 'training-stopped';

  constructor(
    readonly step: number,
    goal: number,
  ) {
    super(`Stopped at step ${step} of ${goal}; all is saved.`, 'The same call with --resume goes on from there.');
  }
}

/** A run cannot go on with other pictures than it began with. */
class OtherDataError extends TrifoldError {
  override readonly code = 'other-data';

  constructor(name: string) {
    super(
      `The run learns from "${name}", and what is there now is not the same.`,
      'Give the former data with --data, or begin a new run in another folder.',
    );
  }
}

/** @param kinds what can be taught; the tests have a small one */
export async function train(words: string[], kinds: typeof TRAINABLE = TRAINABLE): Promise<void> {
  const { kind, values } = readWords(words);
  if (kind === 'scene' && !values['list-presets'] && (await meansAllFields(values))) {
    return trainAllFields(values, (ofOne) => trainOne(kind, ofOne, kinds));
  }
  return trainOne(kind, values, kinds);
}

async function trainOne(kind: LearnerKind, values: TrainValues, kinds: typeof TRAINABLE): Promise<void> {
  const trainable = await kinds[kind]();
  if (values['list-presets']) return listPresets(trainable, values.json);
  const folder = values.out;
  if (folder === undefined) throw new UsageError('train needs --out DIR, where the run is kept');
  expectOptionsOf(kind, trainable, values);
  await expectWritable(resolve(folder));
  if (!values.resume && (await holdsRun(folder))) {
    throw new UsageError(`"${folder}" holds a training run: go on with --resume, or name another folder`);
  }
  const kept = values.resume ? await RunInFolder.open(folder) : undefined;
  if (kept && kept.description.kind !== kind) {
    throw new UsageError(`"${folder}" holds a run of "train ${kept.description.kind}"`);
  }
  const wanted = wantedOf(trainable, values, kept?.description);
  const opened = await trainable.open(wanted);
  if (kept && kept.description.data.fingerprint !== opened.data.fingerprint) {
    throw new OtherDataError(kept.description.data.name);
  }
  const unlock = await lockFolder(folder);
  try {
    const gpu = await openGpu();
    try {
      await learn(gpu, { kind, trainable, values, wanted, opened, folder, kept });
    } finally {
      gpu.destroy();
    }
  } finally {
    await unlock();
  }
}

interface Job {
  readonly kind: LearnerKind;
  readonly trainable: TrainableKind;
  readonly values: TrainValues;
  readonly wanted: TrainWords;
  readonly opened: OpenedData;
  readonly folder: string;
  readonly kept: RunInFolder | undefined;
}

async function learn(gpu: Gpu, job: Job): Promise<void> {
  const { kind, trainable, values, wanted, opened, folder } = job;
  const run = SlicedRunner.on(gpu, { partMilliseconds: PART_MILLISECONDS }).runPlan();
  const prepared = await opened.prepare(gpu, run, preparingTeller(), job.kept?.description.settings);
  const settings = job.kept ? prepared.settings : withChanges(prepared.settings, values.set ?? []);
  const memory = prepared.survey(settings);
  expectRoom(gpu, memory);
  say(`memory: ${megabytes(memory.bytes)} on the device, at most ${megabytes(memory.largest.bytes)} in one buffer`);
  const goal = wanted.steps ?? job.kept?.description.goal ?? trainable.presets[wanted.preset]!.steps;
  const { learner, others, destroy } = await prepared.create(settings);
  try {
    // Only now: what cannot be learnt leaves no run behind.
    const kept = job.kept ?? (await RunInFolder.create(folder, describe(kind, wanted, opened, settings, goal)));
    const options = {
      seed: wanted.seed,
      goal,
      partMilliseconds: PART_MILLISECONDS,
      ...intervalsOf(trainable, values, goal),
    };
    const training = await fromFile(kept.checkpointFile, () => TrainingRun.open(learner, options, kept));
    if (goal - training.state.position.step >= LEAST_STEPS_TO_ESTIMATE) {
      const seconds = await training.estimate();
      const left = duration(training.state.secondsLeft ?? 0);
      say(
        `time: ${left} for ${goal - training.state.position.step} steps of ${seconds.toPrecision(3)} s, measurements left out`,
      );
    }
    training.subscribe(progressTeller(learner, values.json));
    const state = await untilStopped(training);
    if (state.error) throw state.error;
    const checkpoint = await kept.readCheckpoint();
    const results = [await learner.result(), ...(checkpoint && others ? await others(checkpoint) : [])];
    const files = [];
    for (const file of results) files.push(await kept.writeResult(file));
    for (const file of files) say(`result: ${file}`);
    const { position, figures, seconds, longestSubmission } = state;
    if (values.json) tell({ event: state.status, step: position.step, figures, seconds, longestSubmission, files });
    if (position.step < goal) throw new TrainingStoppedError(position.step, goal);
  } finally {
    learner.destroy();
    destroy?.();
  }
}

/** Runs to the end, or to the first Ctrl-C; the second ends the process. */
async function untilStopped(training: TrainingRun): Promise<TrainingRunState> {
  let stoppedAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (stoppedAt !== undefined && now - stoppedAt < SAME_KEY_MILLISECONDS) return;
    if (stoppedAt !== undefined) process.exit(FAILED); // the last checkpoint is whole
    stoppedAt = now;
    say('The step on its way is ended and saved; Ctrl-C once more ends at once, without that.');
    void training.stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const unsubscribe = training.subscribe(({ status, error }) => {
    if (status === 'paused' && error) void training.stop(); // nobody is there who would make room
  });
  try {
    return await training.start();
  } finally {
    unsubscribe();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** What does not fit is said before the first step. @throws BufferLimitError, OutOfMemoryError */
function expectRoom(gpu: Gpu, { bytes, largest }: StepMemory): void {
  const limit = largestBlock(gpu.limits);
  if (largest.bytes > limit) throw new BufferLimitError(largest.label, largest.bytes, limit);
  if (gpu.adapter.isSoftware && bytes > MEMORY_SHARE * totalmem())
    throw new OutOfMemoryError('the training step', bytes);
}

function describe(
  kind: LearnerKind,
  { preset, seed, data, teacher, from }: TrainWords,
  opened: OpenedData,
  settings: Json,
  goal: number,
): RunDescription {
  const created = new Date().toISOString();
  const given = Object.entries({ data, teacher, from }).filter(([, path]) => path !== undefined);
  const source = { paths: Object.fromEntries(given) as Record<string, string> };
  const id = `${kind}-${created.replace(/\D/g, '').slice(0, 14)}`;
  return { id, kind, preset, settings, data: { ...opened.data, source }, seed, goal, created };
}

function listPresets({ presets }: TrainableKind, isJson: boolean): void {
  for (const [id, { label, description, steps }] of Object.entries(presets)) {
    if (isJson) tell({ id, label, description, steps });
    else process.stdout.write(`${id.padEnd(18)}${description} ${steps} steps.\n`);
  }
}

function preparingTeller() {
  let told = performance.now();
  return (what: string, done: number, all: number) => {
    if (performance.now() - told < TOLD_MILLISECONDS) return;
    told = performance.now();
    sayInPlace(`${what}: ${done} of ${all}`);
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
