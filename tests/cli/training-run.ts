/** What training-checkpoint-file.test.ts does in a process of its own: a network of one layer learns, and every step is saved. */
import { openGpu } from '../../cli/gpu';
import { loadTraining, saveTraining } from '../../cli/training-checkpoint-file';
import { TrifoldError } from '../../src/errors';
import type { Gpu } from '../../src/gpu/device';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import { ParameterStore } from '../../src/models/parameters';
import { subtract } from '../../src/pipelines/dense/add';
import { fullyConnected } from '../../src/pipelines/dense/fully-connected';
import { rearrange, unchanged } from '../../src/pipelines/dense/rearrange';
import { startTape } from '../../src/pipelines/gradients';
import { sumOfSquares } from '../../src/pipelines/reduction/losses';
import { Draws, stepDraws } from '../../src/training/draws';
import { ParameterGroup } from '../../src/training/parameter-group';
import { descend } from '../../src/training/training-step';

const BATCH = 2;
const SEED = 3;

/** So many that writing a checkpoint takes long enough to be interrupted: 12 MB. */
const FEATURES = 1000;

export interface TrainingJob {
  /** Where the run is saved. */
  readonly file: string;
  /** What it goes on from. */
  readonly from?: string | undefined;
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

async function train(gpu: Gpu, { file, from, until }: TrainingJob): Promise<TrainingOutcome> {
  const store = new ParameterStore(gpu, undefined, { isTrainable: () => true });
  const { master: bias } = store.parameter('bias', [FEATURES]);
  const { master: weight } = store.parameter('weight', [FEATURES, FEATURES]);
  const group = new ParameterGroup(gpu, 'only', store.trainable, { rate: 0.01, betas: [0.5, 0.99], epsilon: 1e-8 });
  const builder = new PlanBuilder(gpu, 'step');
  const tape = startTape(builder);
  const draws = new Draws(builder);
  const [x, wanted] = ['x', 'wanted'].map((name) => draws.randn(name, [BATCH, FEATURES]));
  const square = rearrange(builder, weight, unchanged([FEATURES, FEATURES]));
  const y = fullyConnected(builder, x!, { weight: square, bias });
  descend(builder, tape, sumOfSquares(builder, subtract(builder, y, wanted!)), group);
  const plan = await builder.build();
  const state = { networks: { only: store.trainable }, groups: [group] };
  try {
    let position = from === undefined ? { seed: SEED, step: 0, images: 0 } : await loadTraining(from, gpu, state);
    while (position.step < until) {
      const { seed, step, images } = position;
      draws.write(gpu, stepDraws(seed, step));
      const recorder = new Recorder(gpu);
      recorder.run(plan);
      recorder.submit();
      position = { seed, step: step + 1, images: images + BATCH };
      await saveTraining(file, gpu, state, position);
    }
    return { step: position.step };
  } catch (error) {
    if (error instanceof TrifoldError) return { code: error.code, message: `${error.message} ${error.remedy}` };
    throw error;
  } finally {
    plan.destroy();
    group.destroy();
    store.destroy();
  }
}
