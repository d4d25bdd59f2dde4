/** What run-folder.test.ts does in a process of its own: a tiny network learns, and every step is saved. */
import { openGpu } from '../../cli/gpu';
import { fromFile, RunInFolder } from '../../cli/train/run-folder';
import { TrifoldError } from '../../src/errors';
import type { Gpu } from '../../src/gpu/device';
import { TrainingRun } from '../../src/training/loops/training-run';
import { DESCRIPTION } from '../support/memory-run-store';
import { TinyLearner } from '../support/tiny-learner';

/** So many that writing a checkpoint takes long enough to be interrupted: 5 MB. */
const HIDDEN = 640;

export interface TrainingJob {
  /** Where the run is kept. */
  readonly folder: string;
  readonly resumes?: boolean;
  /** The step at which it ends. */
  readonly until: number;
}

/** The position at its end, or what kept it from beginning. */
export type TrainingOutcome = { readonly step: number } | { readonly code: string; readonly message: string };

export default async function run(jobs: readonly TrainingJob[]): Promise<TrainingOutcome[]> {
  const gpu = await openGpu();
  const outcomes: TrainingOutcome[] = [];
  for (const job of jobs) outcomes.push(await train(gpu, job));
  gpu.destroy();
  return outcomes;
}

async function train(gpu: Gpu, { folder, resumes = false, until: goal }: TrainingJob): Promise<TrainingOutcome> {
  const learner = await TinyLearner.create(gpu, HIDDEN);
  try {
    const kept = resumes ? await RunInFolder.open(folder) : await RunInFolder.create(folder, { ...DESCRIPTION, goal });
    const options = { seed: DESCRIPTION.seed, goal, checkpointEvery: 1, measureEvery: 0, samplesEvery: 0 };
    const opened = await fromFile(kept.checkpointFile, () => TrainingRun.open(learner, options, kept));
    const { position, error } = await opened.start();
    if (error) throw error;
    return { step: position.step };
  } catch (error) {
    if (error instanceof TrifoldError) return { code: error.code, message: `${error.message} ${error.remedy}` };
    throw error;
  } finally {
    learner.destroy();
  }
}
