/**
 * Workers whose functions the page calls as if they were its own: `comlink` carries arguments and results over. What it leaves out is here:
 * errors that keep their code and their remedy, and an answer where a worker does not run at all or is ended.
 */
import { expose, proxy, type Remote, type TransferHandler, transferHandlers, wrap } from 'comlink';
import { MissingFactsError } from '../../checkpoints/errors';
import { TrifoldError } from '../../errors';

/** What crosses of an error. */
interface PackedError {
  readonly message: string;
  /** Of a `TrifoldError`. */
  readonly code?: string;
  readonly remedy?: string;
  /** Of any other, for example "RangeError". */
  readonly foreignName?: string;
  /** Of a `MissingFactsError`. */
  readonly missing?: readonly string[];
}

/** What a worker has thrown, with the code that it had there: classes do not cross. */
export class WorkerError extends TrifoldError {
  override readonly code: string;
  /** The name of an error of the browser; undefined for one of ours, which has a code and a remedy. */
  readonly foreignName: string | undefined;

  constructor({
    message,
    code = 'worker',
    remedy = 'Try again; if it stays, reload the page.',
    foreignName,
  }: PackedError) {
    super(message, remedy);
    this.code = code;
    this.foreignName = foreignName;
  }
}

/** In the place of comlink's own handler, which keeps only name and message; on both ends. */
const errors: TransferHandler<{ readonly value: unknown }, PackedError> = {
  canHandle: transferHandlers.get('throw')!.canHandle as TransferHandler<{ value: unknown }, unknown>['canHandle'],
  serialize: ({ value }) => [packed(value), []],
  deserialize: (error) => {
    throw error.missing ? new MissingFactsError(error.missing) : new WorkerError(error);
  },
};
transferHandlers.set('throw', errors);

function packed(error: unknown): PackedError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message } = error;
  if (error instanceof MissingFactsError) return { message, missing: error.missing };
  if (error instanceof TrifoldError) return { message, code: error.code, remedy: error.remedy };
  return { message, foreignName: error.name };
}

/** The worker's end: answers calls of these functions. @param endpoint default: the worker that this runs in */
export function serve(functions: object, endpoint?: MessagePort): void {
  expose(functions, endpoint);
}

/** The page's end of a worker that serves `Functions`. */
export class RemoteWorker<Functions> {
  readonly #functions: Remote<Functions>;
  /** Rejected when the worker has ended, for whatever reason. */
  readonly #ended: Promise<never>;
  #rejectAll: (reason: unknown) => void = () => {};

  /**
   * @param worker just made
   * @param failure the error for a worker that did not run, or was ended by the browser: `details` are the end of a sentence
   * @param signal ends the worker with its reason
   */
  constructor(
    private readonly worker: Worker,
    failure: (details: string) => Error,
    signal?: AbortSignal,
  ) {
    this.#functions = wrap<Functions>(worker);
    this.#ended = new Promise((_, reject) => {
      this.#rejectAll = reject;
    });
    this.#ended.catch(() => {}); // nobody may be waiting
    worker.addEventListener('error', ({ message }) => this.end(failure(message || 'its script did not run')));
    worker.addEventListener('messageerror', () => this.end(failure('its answer was lost')));
    signal?.addEventListener('abort', () => this.end(signal.reason));
  }

  /**
   * Calls one of the functions.
   * @param call is handed the functions, and what to hand on to a function that reports its progress
   * @param onProgress not called any more when the answer has come: reports go another way, and the answer may overtake them
   * @throws WorkerError or MissingFactsError for what the function throws; the failure of the constructor; the reason of {@link end}
   */
  async ask<Answer, Progress extends unknown[] = []>(
    call: (functions: Remote<Functions>, report?: (...progress: Progress) => void) => Promise<Answer>,
    onProgress?: (...progress: Progress) => void,
  ): Promise<Answer> {
    let isAnswered = false;
    const report = (...progress: Progress) => {
      if (!isAnswered) onProgress?.(...progress);
    };
    try {
      return await Promise.race([this.#ended, call(this.#functions, onProgress && proxy(report))]);
    } finally {
      isAnswered = true;
    }
  }

  /** Stops whatever the worker does and frees its memory; whoever waits for an answer gets the reason. */
  end(reason: unknown = new DOMException('The work was stopped.', 'AbortError')): void {
    this.worker.terminate();
    this.#rejectAll(reason);
  }
}
