/** What a checkpoint says of its run beside the tensors, as JSON in the file's metadata: figures, curves, notices, and what was changed on the way. */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { TrainingCheckpointError } from '../training-checkpoint';
import type { RunProgress } from './run-state';

const METADATA_KEY = 'run';

/** What of a run is kept beside its tensors. */
export interface RunNotes extends RunProgress {
  /** The step of the latest measurement; -1 before the first. */
  readonly measuredAt: number;
}

export function notesInMetadata(notes: RunNotes): Readonly<Record<string, string>> {
  return { [METADATA_KEY]: JSON.stringify(notes) };
}

/** @returns undefined for a checkpoint that no `TrainingRun` has written @throws TrainingCheckpointError */
export function notesOfCheckpoint({ metadata }: Pick<Checkpoint, 'metadata'>): RunNotes | undefined {
  const text = metadata[METADATA_KEY];
  if (text === undefined) return undefined;
  try {
    const notes = JSON.parse(text) as RunNotes;
    if (Number.isFinite(notes.rateFactor) && notes.curves && Array.isArray(notes.notices)) return notes;
  } catch {
    // told below
  }
  throw new TrainingCheckpointError(`"${METADATA_KEY}" does not tell how a run was going`, text.slice(0, 100));
}
