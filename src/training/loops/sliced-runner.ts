/**
 * Hands the plans of a training step to the device in parts, each a submission that is waited for: drivers reset a device that is busy with one
 * submission for about two seconds, and a view beside the training wants its turn. What parts take is measured from the first on, so that none is
 * submitted whole before it is known that it may be.
 */
import type { Gpu } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import type { Plan } from '../../gpu/plan';
import { PART_MILLISECONDS, PartTimes, type TimedPart } from '../../gpu/plan-parts';
import { Recorder } from '../../gpu/recorder';
import type { RunPlan } from './learner';

/** Runs a short piece of work on the device when it is its turn, such as a page's `FrameLoop.between`. */
export type Between = <T>(work: () => Promise<T>) => Promise<T>;

export interface SliceOptions {
  /** Default: at once. */
  readonly between?: Between | undefined;
  /** What a submission should take. Default: 40, so that a view beside it stays smooth. */
  readonly partMilliseconds?: number | undefined;
  /** Milliseconds since some moment; the tests play it. Default: `performance.now` */
  readonly now?: (() => number) | undefined;
}

/** Submits a part and resolves when the device has done it. @throws DeviceLostError */
export type SubmitPart = (plan: Plan, part: TimedPart) => Promise<void>;

export class SlicedRunner {
  readonly #times: PartTimes;
  readonly #between: Between;
  readonly #now: () => number;
  /** Plans of which all kernels have run: a software adapter compiles each when it first runs, and what that takes says nothing of the next time. */
  readonly #warm = new WeakSet<Plan>();
  #longest = 0;

  constructor(
    private readonly isSoftware: boolean,
    private readonly submit: SubmitPart,
    {
      between = (work) => work(),
      partMilliseconds = PART_MILLISECONDS,
      now = () => performance.now(),
    }: SliceOptions = {},
  ) {
    this.#times = new PartTimes(isSoftware, partMilliseconds);
    this.#between = between;
    this.#now = now;
  }

  static on(gpu: Gpu, options: SliceOptions = {}): SlicedRunner {
    return new SlicedRunner(gpu.adapter.isSoftware, submitTo(gpu), options);
  }

  /** Milliseconds of the longest submission so far; on a software adapter without those that compile. */
  get longest(): number {
    return this.#longest;
  }

  /** @param beforePart is awaited before each part: who waits there holds the plan up, and others may use the device */
  runPlan(beforePart: () => Promise<void> = async () => {}): RunPlan {
    return async (plan) => {
      for (let from = 0; from < plan.stepCount; ) {
        await beforePart();
        const part = this.#times.nextPart(plan, from);
        await this.#between(() => this.#timed(plan, part));
        from = part.to;
      }
      if (this.isSoftware && !this.#warm.has(plan)) this.#times.forget(plan);
      this.#warm.add(plan);
    };
  }

  async #timed(plan: Plan, part: TimedPart): Promise<void> {
    const begun = this.#now();
    await this.submit(plan, part);
    const milliseconds = this.#now() - begun;
    this.#times.note([part], milliseconds);
    if (!this.isSoftware || this.#warm.has(plan)) this.#longest = Math.max(this.#longest, milliseconds);
  }
}

function submitTo(gpu: Gpu): SubmitPart {
  return async (plan, part) => {
    const recorder = new Recorder(gpu);
    recorder.run(plan, part);
    recorder.submit();
    const loss = await gpu.finished();
    if (loss) throw new DeviceLostError(loss.message || loss.reason);
  };
}
