/**
 * What can be wrong with a checkpoint file.
 *
 * Weight files come from anywhere: a broken download, a half-written disk, a hand-made header. Every loader in this
 * folder answers with one of these classes and never with a bare TypeError, so that the page and the command line can
 * show the message as it is: it names the tensor, the value, the limit, and what to do next.
 */

import { TrifoldError } from '../errors';

/** Facts that an error carries besides its message. */
export interface CheckpointErrorFacts {
  /** Name of the tensor that is wrong, where one is. */
  tensor?: string;
  /** What the file says. */
  value?: number | string;
  /** What it may say at most, or should say. */
  limit?: number | string;
  /** What the person can do next; default: use another file. */
  remedy?: string;
  cause?: unknown;
}

const ANOTHER_FILE = 'Use a file of a model that Trifold knows, or download it again.';

/** Anything wrong with a checkpoint; the base of the classes below. */
export class CheckpointError extends TrifoldError {
  override readonly code: string = 'checkpoint';

  readonly tensor: string | undefined;
  readonly value: number | string | undefined;
  readonly limit: number | string | undefined;

  constructor(message: string, facts: CheckpointErrorFacts = {}) {
    super(message, facts.remedy ?? ANOTHER_FILE, { cause: facts.cause });
    this.tensor = facts.tensor;
    this.value = facts.value;
    this.limit = facts.limit;
  }
}

/** The file is not what it claims to be, as a whole: wrong length prefix, no JSON, bytes that belong to nothing. */
export class CheckpointHeaderError extends CheckpointError {
  override readonly code = 'checkpoint-header';
}

/** The header's entry for one tensor is wrong, or the tensor is not of the kind that was asked for. */
export class CheckpointTensorError extends CheckpointError {
  override readonly code = 'checkpoint-tensor';
}

/** The file ends too early; `value` bytes of `limit` are there. */
export class CheckpointTruncatedError extends CheckpointError {
  override readonly code = 'checkpoint-truncated';
}

/** The file is sound but holds no tensor of that name. */
export class MissingTensorError extends CheckpointError {
  override readonly code = 'missing-tensor';
}

/** The file is of no kind that this program reads; `value` says what it looks like. */
export class UnknownFormatError extends CheckpointError {
  override readonly code = 'unknown-format';
}

/** The file is sound, but the model in it needs something that is not supported; `value` names it. */
export class UnsupportedModelError extends CheckpointError {
  override readonly code = 'unsupported-model';
}

/** The weights came without facts that they do not decide; `missing` names them as fields of docs/model-format.md. */
export class MissingFactsError extends CheckpointError {
  override readonly code = 'missing-facts';

  constructor(readonly missing: readonly string[]) {
    super(`The file holds weights alone; they do not tell ${missing.join(', ')}.`, {
      value: missing.join(', '),
      remedy:
        'Say which official configuration the model was trained with (ffhq, afhq or shapenet), or give these facts.',
    });
  }
}

/** Quotes a name for a message; a hostile header can hold names of megabytes. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}
