/**
 * Keeps a run's checkpoints. Only what is sound takes the place of the former one: all weights finite, and no gradients in between that were not; so
 * there is always a good one to go back to.
 */
import { parseSafetensors } from '../../checkpoints/safetensors';
import {
  NotFiniteStateError,
  restoreTraining,
  type TrainingPosition,
  writeTrainingCheckpoint,
} from '../training-checkpoint';
import type { Learner } from './learner';
import { notesInMetadata, notesOfCheckpoint, type RunNotes } from './run-progress';
import type { KeptRun } from './run-store';

/** What a checkpoint has put back. */
export interface Restored {
  readonly position: TrainingPosition;
  /** Undefined for a checkpoint that no `TrainingRun` has written. */
  readonly notes: RunNotes | undefined;
}

export class RunKeeper {
  /** Whether the last checkpoint has all that has been done. */
  isSaved = false;
  /** Updates with faults so far, as of the last checkpoint. */
  #faults = 0;

  constructor(
    private readonly learner: Learner,
    private readonly kept: KeptRun,
  ) {}

  /** @throws NotFiniteStateError, StorageFullError, and what else the store throws; the former checkpoint is there then */
  async save(notes: RunNotes): Promise<void> {
    const { learner, kept } = this;
    if ((await this.#countFaults()) > this.#faults) throw new NotFiniteStateError('gradients');
    const checkpoint = await writeTrainingCheckpoint(
      learner.gpu,
      learner.state,
      notes.position,
      notesInMetadata(notes),
    );
    await kept.writeCheckpoint(checkpoint);
    await kept.writeProgress(notes);
    this.isSaved = true;
  }

  /** Puts the run back to its last checkpoint. @returns undefined where there is none @throws TrainingCheckpointError, CheckpointError */
  async restore(): Promise<Restored | undefined> {
    const bytes = await this.kept.readCheckpoint();
    if (!bytes) return undefined;
    const checkpoint = parseSafetensors(bytes);
    const notes = notesOfCheckpoint(checkpoint);
    const position = await this.#putBack(checkpoint);
    this.#faults = await this.#countFaults();
    this.isSaved = true;
    return { position, notes };
  }

  /** Does steps that count for nothing. */
  async throwAway<T>(position: TrainingPosition, work: () => Promise<T>): Promise<T> {
    const before = await writeTrainingCheckpoint(this.learner.gpu, this.learner.state, position);
    const result = await work();
    await this.#putBack(parseSafetensors(before));
    return result;
  }

  async #putBack(checkpoint: ReturnType<typeof parseSafetensors>): Promise<TrainingPosition> {
    const position = restoreTraining(this.learner.gpu, checkpoint, this.learner.state);
    await this.learner.restored?.(position);
    return position;
  }

  /** Updates for which gradients were not finite and numbers were put in their place. */
  async #countFaults(): Promise<number> {
    const { gpu, state } = this.learner;
    const counts = await Promise.all(state.groups.map((group) => group.readCounts(gpu)));
    return counts.reduce((sum, { updatesWithFaults, skipped }) => sum + updatesWithFaults - skipped, 0);
  }
}
