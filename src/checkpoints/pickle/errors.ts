/**
 * What can be wrong with a pickle. All are CheckpointErrors, carry the byte offset of the instruction at fault, and say what to do.
 */
import { CheckpointError, type CheckpointErrorFacts } from '../errors';

export const DAMAGED = 'The file is damaged or is no pickle: fetch or export it again.';

export interface PickleErrorFacts extends CheckpointErrorFacts {
  /** Byte of the file at which the instruction begins. */
  offset: number;
}

export class PickleError extends CheckpointError {
  override readonly code: string = 'pickle';

  readonly offset: number;

  constructor(problem: string, facts: PickleErrorFacts) {
    super(`Pickle, byte ${facts.offset}: ${problem}.`, { remedy: DAMAGED, ...facts });
    this.offset = facts.offset;
  }
}

/** The pickle ends inside an instruction, or declares more bytes than the file has: `value` of `limit`. */
export class PickleTruncatedError extends PickleError {
  override readonly code = 'pickle-truncated';
}

/** The instructions make no sense: an unknown one, an empty stack, a missing memo entry. */
export class PickleStructureError extends PickleError {
  override readonly code = 'pickle-structure';
}

/** A bound on depth, count or size is exceeded: `value` is over `limit`. */
export class PickleLimitError extends PickleError {
  override readonly code = 'pickle-limit';
}

/** A legal instruction that needs something outside of the file (extension registry, out-of-band buffers); `value` names it. */
export class PickleRefusedError extends PickleError {
  override readonly code = 'pickle-refused';
}
