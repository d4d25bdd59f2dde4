/**
 * The checkpoints of a training run, in a file: what a script that trains in Node saves now and then, and goes on from. The file is always one whole
 * checkpoint: the former one stays in its place until the next is written, also if the process or the machine stops in between.
 */
import { readFile } from 'node:fs/promises';
import { parseSafetensors } from '../src/checkpoints/safetensors';
import { TrifoldError } from '../src/errors';
import type { Gpu } from '../src/gpu/device';
import {
  restoreTraining,
  type TrainingPosition,
  type TrainingState,
  writeTrainingCheckpoint,
} from '../src/training/training-checkpoint';
import { writeWhole } from './output-file';

/** A checkpoint that a run cannot go on from: it is not there, damaged, or of something else. */
export class UnusableTrainingFileError extends TrifoldError {
  override readonly code = 'unusable-training-file';

  constructor(
    readonly file: string,
    cause: Error,
  ) {
    super(
      `The training run cannot go on from "${file}": ${cause.message}`,
      'Go on from another checkpoint of the same run and the same networks, or begin the run anew.',
      { cause },
    );
  }
}

/** Saves a run. Waits for all work submitted before. */
export async function saveTraining(
  file: string,
  gpu: Gpu,
  state: TrainingState,
  position: TrainingPosition,
): Promise<void> {
  await writeWhole(file, await writeTrainingCheckpoint(gpu, state, position));
}

/**
 * Puts a run back to where the file has it.
 * @param state of the same networks and groups as when it was saved
 * @throws UnusableTrainingFileError; nothing has been changed then
 */
export async function loadTraining(file: string, gpu: Gpu, state: TrainingState): Promise<TrainingPosition> {
  try {
    return restoreTraining(gpu, parseSafetensors(await readFile(file)), state);
  } catch (cause) {
    const isOfFile = cause instanceof TrifoldError || (cause instanceof Error && 'syscall' in cause);
    throw isOfFile ? new UnusableTrainingFileError(file, cause) : cause;
  }
}
