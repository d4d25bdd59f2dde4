/**
 * What can be wrong with a checkpoint file.
 *
 * Weight files come from anywhere: a broken download, a half-written disk, a hand-made header. Every loader in this
 * folder answers with one of these classes and never with a bare TypeError, so that the page and the command line can
 * show the message as it is: it names the tensor, the value, the limit, and what to do next.
 */

/** Facts that an error carries besides its message. */
export interface CheckpointErrorFacts {
  /** Name of the tensor that is wrong, where one is. */
  tensor?: string;
  /** What the file says. */
  value?: number | string;
  /** What it may say at most, or should say. */
  limit?: number | string;
  /** What the person can do next, where the message does not say it itself. */
  remedy?: string;
  cause?: unknown;
}

/** Anything wrong with a checkpoint; the base of the classes below. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
  readonly tensor: string | undefined;
  readonly value: number | string | undefined;
  readonly limit: number | string | undefined;
  readonly remedy: string | undefined;

  constructor(message: string, facts: CheckpointErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.tensor = facts.tensor;
    this.value = facts.value;
    this.limit = facts.limit;
    this.remedy = facts.remedy;
  }
}

/** The file is not what it claims to be, as a whole: wrong length prefix, no JSON, bytes that belong to nothing. */
export class CheckpointHeaderError extends CheckpointError {
  override name = 'CheckpointHeaderError';
}

/** The header's entry for one tensor is wrong, or the tensor is not of the kind that was asked for. */
export class CheckpointTensorError extends CheckpointError {
  override name = 'CheckpointTensorError';
}

/** The file ends too early; `value` bytes of `limit` are there. */
export class CheckpointTruncatedError extends CheckpointError {
  override name = 'CheckpointTruncatedError';
}

/** The file is sound but holds no tensor of that name. */
export class MissingTensorError extends CheckpointError {
  override name = 'MissingTensorError';
}

/** The file is of no kind that this program reads; `value` says what it looks like. */
export class UnknownFormatError extends CheckpointError {
  override name = 'UnknownFormatError';
}

/** The file is sound, but the model in it needs something that is not supported; `value` names it. */
export class UnsupportedModelError extends CheckpointError {
  override name = 'UnsupportedModelError';
}

/** The weights came without facts that they do not decide; `missing` names them as fields of docs/model-format.md. */
export class MissingFactsError extends CheckpointError {
  override name = 'MissingFactsError';

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
