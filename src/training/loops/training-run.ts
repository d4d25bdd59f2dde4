/**
 * A training run: it calls a learner's steps, measurements and samples in turn, keeps checkpoints, and tells its state to whoever shows it. The page
 * and the command line run the same one; they differ in where it is kept (`KeptRun`) and in who else uses the device (`between`).
 *
 * ```ts
 * const run = await TrainingRun.open(learner, { seed, goal: 2000 }, await store.create(description));
 * run.subscribe((state) => show(state));
 * await run.start(); // resolves when it is done, stopped or failed
 * ```
 */
import type { CameraLabel } from '../../camera/conventions';
import type { Learner, LearntPicture } from './learner';
import type { RunSettings, TrainingRunState } from './run-state';
import type { KeptRun } from './run-store';

/** Runs a short piece of work on the device when it is its turn, such as a page's `FrameLoop.between`. */
export type Between = <T>(work: () => Promise<T>) => Promise<T>;

export interface RunOptions extends Partial<RunSettings> {
  readonly seed: number;
  /** Steps at which it is done. */
  readonly goal: number;
  /** Default: at once. */
  readonly between?: Between | undefined;
  /** What a submission should take, in milliseconds. Default: 40, so that a view beside it stays smooth. */
  readonly partMilliseconds?: number | undefined;
}

export declare class TrainingRun {
  /**
   * A run at its beginning, or where its checkpoint has it.
   * @throws TrainingCheckpointError, CheckpointError where the checkpoint is of something else
   */
  static open(learner: Learner, options: RunOptions, kept: KeptRun): Promise<TrainingRun>;
  readonly state: TrainingRunState;
  /** @returns a function that ends the subscription */
  subscribe(listener: (state: TrainingRunState) => void): () => void;
  /** Runs from where it is. Resolves when it is done, stopped or failed; never rejects. */
  start(): Promise<TrainingRunState>;
  /** Ends the step on its way and saves; `start` goes on waiting. */
  pause(): void;
  resume(): void;
  /** Ends the step on its way and saves. Resolves when that is done. */
  stop(): Promise<TrainingRunState>;
  change(settings: Partial<RunSettings>): void;
  /** Saves after the step on its way. @throws StorageFullError and what else the store throws */
  saveNow(): Promise<void>;
  /** What was learnt so far from a camera, between two parts of a step: for a live view, one picture at a time. */
  render(camera: CameraLabel): Promise<LearntPicture>;
}
