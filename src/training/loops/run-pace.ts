/** How fast a run goes, and when it will be done. */
import type { RunActivity, RunSettings, TrainingRunState } from './run-state';

/** Weight of the newest step. */
const NEWEST_WEIGHT = 0.1;

export class RunPace {
  /** Seconds that everything has taken so far, pauses left out. */
  seconds = 0;
  readonly #latest = new Map<RunActivity, number>();
  #secondsPerStep: number | undefined;
  #steps = 0;

  /** What a step takes, from a measurement before the run. */
  assume(secondsPerStep: number): void {
    this.#secondsPerStep = secondsPerStep;
  }

  note(activity: RunActivity, seconds: number): void {
    this.seconds += seconds;
    this.#latest.set(activity, seconds);
    if (activity !== 'step' || ++this.#steps === 1) return;
    const former = this.#secondsPerStep ?? seconds;
    this.#secondsPerStep = former + NEWEST_WEIGHT * (seconds - former);
  }

  /** What a run tells of its pace. Nothing until two steps have been timed: the first compiles kernels and feels its way. */
  figuresAt(
    step: number,
    { goal, settings }: Pick<TrainingRunState, 'goal' | 'settings'>,
    imagesPerStep: number,
  ): Pick<TrainingRunState, 'seconds' | 'secondsPerStep' | 'secondsLeft' | 'imagesPerSecond'> {
    const { seconds } = this;
    const secondsPerStep = this.#secondsPerStep;
    return {
      seconds,
      secondsPerStep,
      secondsLeft: this.#secondsLeft(Math.max(0, goal - step), settings),
      imagesPerSecond: secondsPerStep && imagesPerStep / secondsPerStep,
    };
  }

  /** With measurements, samples and checkpoints, as long as the latest of each. */
  #secondsLeft(steps: number, { measureEvery, samplesEvery, checkpointEvery }: RunSettings): number | undefined {
    if (this.#secondsPerStep === undefined) return undefined;
    const others = [
      this.#secondsOf('measure', steps, measureEvery),
      this.#secondsOf('samples', steps, samplesEvery),
      this.#secondsOf('save', steps, checkpointEvery),
    ];
    return others.reduce((sum, seconds) => sum + seconds, steps * this.#secondsPerStep);
  }

  #secondsOf(activity: RunActivity, steps: number, every: number): number {
    return every > 0 ? Math.ceil(steps / every) * (this.#latest.get(activity) ?? 0) : 0;
  }
}
