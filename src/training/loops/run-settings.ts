/** Where a run begins, and what can change on the way. */
import type { Learner } from './learner';
import type { RunSettings, TrainingRunState } from './run-state';

const FIRST_SETTINGS: RunSettings = {
  rateFactor: 1,
  checkpointEvery: 100,
  measureEvery: 100,
  samplesEvery: 100,
  isLive: true,
};

/** The state of a run that has done nothing. */
export function firstState(
  { gpu }: Pick<Learner, 'gpu'>,
  { seed, goal, ...settings }: { readonly seed: number; readonly goal: number } & Partial<RunSettings>,
): TrainingRunState {
  return {
    status: 'ready',
    activity: undefined,
    position: { seed, step: 0, images: 0 },
    goal,
    settings: withSettings(FIRST_SETTINGS, settings),
    figures: {},
    curves: {},
    samples: undefined,
    imagesPerSecond: undefined,
    secondsPerStep: undefined,
    secondsLeft: undefined,
    seconds: 0,
    memoryBytes: gpu.memory.bytesInUse,
    longestSubmission: 0,
    lastCheckpoint: undefined,
    notices: [],
    error: undefined,
  };
}

/** The settings with those that `changes` names. */
export function withSettings(settings: RunSettings, changes: Partial<RunSettings>): RunSettings {
  const {
    rateFactor = settings.rateFactor,
    checkpointEvery = settings.checkpointEvery,
    measureEvery = settings.measureEvery,
    samplesEvery = settings.samplesEvery,
    isLive = settings.isLive,
  } = changes;
  return { rateFactor, checkpointEvery, measureEvery, samplesEvery, isLive };
}
