/** The state of a run, and those who are told of it. */
import type { RunNotice, TrainingRunState } from './run-state';

export type RunListener = (state: TrainingRunState) => void;

const MOST_NOTICES = 50;
/** Steps of a fast run are told in such intervals. */
const TOLD_EVERY_MILLISECONDS = 100;

export class RunTeller {
  #state: TrainingRunState;
  #told = Number.NEGATIVE_INFINITY;
  readonly #listeners = new Set<RunListener>();

  constructor(
    initial: TrainingRunState,
    private readonly now: () => number,
  ) {
    this.#state = initial;
  }

  get state(): TrainingRunState {
    return this.#state;
  }

  subscribe(listener: RunListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Replaces the named fields, and tells it at once. */
  update(patch: Partial<TrainingRunState>): void {
    this.#replace(patch);
    this.#tell();
  }

  /** As `update`, for what changes with every step: told in intervals. */
  updateOften(patch: Partial<TrainingRunState>): void {
    this.#replace(patch);
    if (this.now() - this.#told >= TOLD_EVERY_MILLISECONDS) this.#tell();
  }

  say(notice: RunNotice): void {
    this.update({ notices: [...this.#state.notices, notice].slice(-MOST_NOTICES) });
  }

  #replace(patch: Partial<TrainingRunState>): void {
    this.#state = { ...this.#state, ...patch };
  }

  #tell(): void {
    this.#told = this.now();
    for (const listener of [...this.#listeners]) listener(this.#state);
  }
}
