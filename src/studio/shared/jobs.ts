/** A long job that goes step by step between frames: one at a time of each kind, with progress and a way to stop it. */

import { TrifoldError } from '../../errors';
import { FrameLoopStoppedError } from '../view/frame-loop';
import type { Screen } from '../view/screen';
import type { Viewer } from '../view/viewer';
import { describeFailure, LoadingCancelledError } from './failure';
import type { JobProgress } from './state';

/** What a job does with the device. */
export interface JobContext {
  /** Whether somebody still wants the result. */
  readonly signal: AbortSignal;
  /** Runs a short step between two frames. @throws the signal's reason if the job was stopped */
  step<T>(work: (viewer: Viewer) => Promise<T>): Promise<T>;
}

/** Why a job ends without a report; no person meets it. */
class ForgottenError extends TrifoldError {
  override readonly code = 'forgotten';

  constructor() {
    super('What the job was about is no longer on screen.', 'Start the job again.');
  }
}

export class Job {
  #attempt: AbortController | undefined;

  /** @param screen the present one; undefined while nothing is on screen */
  constructor(private readonly screen: () => Screen | undefined) {}

  /**
   * Runs a job; a newer run ends the one before. Never rejects.
   * @param work reports its own results
   * @param report is told how it ended
   */
  async run(work: (context: JobContext) => Promise<void>, report: (end: JobProgress) => void): Promise<void> {
    this.stop();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { signal } = attempt;
    const isCurrent = () => this.#attempt === attempt;
    try {
      await work({
        signal,
        step: async (step) => {
          signal.throwIfAborted();
          const screen = this.screen();
          if (!screen) throw new FrameLoopStoppedError();
          const result = await screen.between(step);
          signal.throwIfAborted();
          return result;
        },
      });
      if (isCurrent()) report({ status: 'done', share: 1, failure: undefined });
    } catch (error) {
      if (!isCurrent() || signal.reason instanceof ForgottenError) return;
      const isStopped = signal.aborted || error instanceof FrameLoopStoppedError;
      if (isStopped) report({ status: 'cancelled', share: 0, failure: undefined });
      else report({ status: 'failed', share: 0, failure: describeFailure(error) });
    } finally {
      if (isCurrent()) this.#attempt = undefined;
    }
  }

  /** Stops the job; it reports that it was cancelled. */
  stop(): void {
    this.#attempt?.abort(new LoadingCancelledError());
  }

  /** Ends the job without a report: what it was about is no longer on screen. */
  forget(): void {
    this.#attempt?.abort(new ForgottenError());
  }
}
