/** How long a step of a run would take on this device: two are made, and thrown away. */
import type { Json, KeptRun, RunDescription } from '../../training/loops/run-store';
import { SlicedRunner } from '../../training/loops/sliced-runner';
import { TrainingRun } from '../../training/loops/training-run';
import type { LearnAccess } from './learn-access';
import { turnsOf } from './learn-turns';
import type { PageLearner, ReadData } from './page-learner';

export interface Estimated {
  readonly learner: PageLearner;
  readonly settings: Json;
  readonly data: ReadData;
  readonly seed: number;
}

/** @returns seconds a step @throws what making the learner throws; the signal's reason */
export async function estimateStep(
  access: LearnAccess,
  { learner: maker, settings, data, seed }: Estimated,
  signal: AbortSignal,
): Promise<number> {
  const between = turnsOf(access);
  const share = access.takeDevice();
  try {
    const gpu = (await share.gpu).forModel('f32');
    const { learner, destroy } = await maker.create({
      gpu,
      settings,
      data,
      model: access.model(),
      page: access.page,
      run: SlicedRunner.on(gpu, { between }).runPlan(),
      signal,
      onProgress: () => {},
    });
    try {
      const run = await TrainingRun.open(learner, { seed, goal: 1, between }, notKept({ seed, settings }));
      return await run.estimate();
    } finally {
      learner.destroy();
      destroy?.();
    }
  } finally {
    share.giveBack();
  }
}

/** A run that nobody keeps. */
function notKept({ seed, settings }: Pick<RunDescription, 'seed' | 'settings'>): KeptRun {
  const data = { name: '', fingerprint: '' };
  return {
    description: { id: '', kind: 'scene', preset: '', settings, data, seed, goal: 1, created: '' },
    describe: async () => {},
    readCheckpoint: async () => undefined,
    writeCheckpoint: async () => {},
    writeProgress: async () => {},
    readProgress: async () => undefined,
    writeSamples: async () => {},
    readSamples: async () => undefined,
  };
}
