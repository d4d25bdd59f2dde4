/**
 * What can go wrong between the page and a weight file. Each says what to do next in `remedy`; the page shows both sentences.
 */

import { TrifoldError } from '../../errors';

/** Base of all errors of the weight loader. */
export abstract class WeightsError extends TrifoldError {}

const UPLOAD_AGAIN =
  'Upload the whole folder "weights" again, in binary mode, or run "npm run build" and serve the new "dist" folder.';
const TRY_AGAIN =
  'Check the network connection and try again. If it stays, the file on the server is damaged: upload the folder "weights" again.';

/** The server cannot be reached: no network, or it is not running. */
export class WeightsUnreachableError extends WeightsError {
  override readonly code = 'weights-unreachable';

  constructor(
    readonly file: string,
    options?: ErrorOptions,
  ) {
    super(
      `The server did not answer for "${file}".`,
      'Check the network connection (or that the server still runs) and try again.',
      options,
    );
  }
}

/** The server answered with a status that is not a success. */
export class WeightsMissingError extends WeightsError {
  override readonly code = 'weights-missing';

  constructor(
    readonly file: string,
    readonly status: number,
  ) {
    super(`The server has no file "${file}" (status ${status}).`, UPLOAD_AGAIN);
  }
}

/** The server answered with a web page where a file should be, as servers with a catch-all page do. */
export class NotWeightsError extends WeightsError {
  override readonly code = 'not-weights';

  constructor(readonly file: string) {
    super(`Instead of the file "${file}" the server sent a web page.`, UPLOAD_AGAIN);
  }
}

/** The download ended early (the connection broke, or the file is short) or went on too long. */
export class WeightsSizeError extends WeightsError {
  override readonly code = 'weights-size';

  constructor(
    readonly file: string,
    readonly receivedBytes: number,
    readonly expectedBytes: number,
    options?: ErrorOptions,
  ) {
    const what = receivedBytes < expectedBytes ? 'ended early' : 'is too long';
    super(
      `"${file}" ${what}: ${receivedBytes.toLocaleString('en')} of ${expectedBytes.toLocaleString('en')} bytes came.`,
      TRY_AGAIN,
      options,
    );
  }
}

/** The bytes are as many as announced, but not the ones that were published. */
export class WeightsHashError extends WeightsError {
  override readonly code = 'weights-hash';

  constructor(
    readonly file: string,
    readonly actual: string,
    readonly expected: string,
  ) {
    super(
      `"${file}" is not the published file: its SHA-256 begins with ${actual.slice(0, 12)}, not ${expected.slice(0, 12)}.`,
      TRY_AGAIN,
    );
  }
}

/** `index.json`, the list of models, makes no sense. */
export class ModelIndexError extends WeightsError {
  override readonly code = 'model-index';

  constructor(details: string, options?: ErrorOptions) {
    super(`The list of models (weights/index.json) cannot be used: ${details}`, UPLOAD_AGAIN, options);
  }
}
