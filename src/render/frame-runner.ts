/**
 * Hands the work of frames to the device: at once while the camera moves, or in parts that leave it free for the page in between. A
 * frame can be given up between two parts: a plan that did not run whole counts as not run, and runs again for the next frame.
 */
import type { Gpu } from '../gpu/device';
import { GpuError } from '../gpu/errors';
import { Plan } from '../gpu/plan';
import { type Divisible, PART_MILLISECONDS, PartTimes, type TimedPart } from '../gpu/plan-parts';
import { Recorder } from '../gpu/recorder';
import type { StageTimer } from '../gpu/timing';
import { PRESENT_STAGE } from '../pipelines/pictures/present';
import type { FrameRenderer } from './frame-renderer';

/** A frame was begun while another was on its way in parts: they would work in the same scratch memory. */
export class FramesOverlapError extends GpuError {
  override readonly code = 'frames-overlap';

  constructor() {
    super('A frame was begun before the one before it had ended.', 'Await each frame before the next one.');
  }
}

/** Appends the drawing on the canvas, which wants to be submitted in the same task. */
export type Present = (recorder: Recorder) => void;

/** A renderer, as far as its work goes. */
type Working = Pick<FrameRenderer, 'nextWork'>;

/** Stands for the drawing of a full frame on the canvas, whose time is measured like that of a plan. */
const PRESENTING: Divisible = { stepCount: 1 };

export class FrameRunner {
  readonly #times: PartTimes;
  /** Whether the last frame was more than one submission. */
  #isSlow: boolean;
  #isRunning = false;

  constructor(
    private readonly gpu: Gpu,
    private readonly timer: StageTimer | undefined,
  ) {
    this.#times = new PartTimes(gpu.adapter.isSoftware);
    this.#isSlow = gpu.adapter.isSoftware;
  }

  /** What a frame of these plans should take at rest, with its drawing on the whole canvas; undefined while it is not known. */
  expectedMilliseconds(plans: readonly Plan[]): number | undefined {
    return this.#sumOf([...plans, PRESENTING]);
  }

  /** What these plans alone should take; undefined unless they were timed in parts, each for itself. */
  timedMilliseconds(plans: readonly Plan[]): number | undefined {
    return this.#isSlow ? this.#sumOf(plans) : undefined;
  }

  /** One submission. Resolves when the device has finished it, or is lost. @throws as {@link run} */
  async runAtOnce(renderers: readonly FrameRenderer[], present: Present): Promise<void> {
    if (this.#isRunning) throw new FramesOverlapError();
    const recorder = new Recorder(this.gpu, this.timer);
    for (const renderer of renderers) renderer.encode(recorder);
    present(recorder);
    recorder.submit();
    await this.gpu.finished();
  }

  /**
   * As many submissions as the frame takes on this device, the last of which draws on the canvas.
   * @param isWanted asked between submissions; the rest is left when it says no
   * @returns whether all was done; not if the device was lost
   * @throws FramesOverlapError, PictureNotPreparedError
   */
  async run(renderers: readonly Working[], present?: Present, isWanted = () => true): Promise<boolean> {
    if (this.#isRunning) throw new FramesOverlapError();
    this.#isRunning = true;
    try {
      return await this.#run(renderers, present, isWanted);
    } finally {
      this.#isRunning = false;
    }
  }

  #sumOf(plans: readonly Divisible[]): number | undefined {
    const times = plans.map((plan) => this.#times.of(plan));
    return times.reduce((sum, time) => (sum === undefined || time === undefined ? undefined : sum + time), 0);
  }

  async #run(renderers: readonly Working[], present: Present | undefined, isWanted: () => boolean): Promise<boolean> {
    const frame = new FrameInParts(this.gpu, this.#isSlow ? undefined : this.timer, this.#times);
    for (const renderer of renderers) {
      for (let work = renderer.nextWork(); work; work = renderer.nextWork()) {
        for (const part of this.#times.partsOf(work.plan)) {
          if (!frame.hasRoomFor(part) && !((await frame.submit()) && isWanted())) return false;
          frame.add(work.plan, part);
        }
        work.done();
      }
    }
    const [drawing] = this.#times.partsOf(PRESENTING);
    if (present && !frame.hasRoomFor(drawing!) && !((await frame.submit()) && isWanted())) return false;
    if (present) frame.present(drawing!, present);
    const isDone = await frame.submit();
    this.#isSlow = frame.submits > 1;
    if (this.#isSlow) for (const [stage, elapsed] of frame.milliseconds) this.timer?.milliseconds.set(stage, elapsed);
    return isDone;
  }
}

/** One frame on its way. */
class FrameInParts {
  /** By stage, for a frame that timestamps cannot tell because it is more than one submission. */
  readonly milliseconds = new Map<string, number>();
  submits = 0;
  #recorder: Recorder | undefined;
  #pending: TimedPart[] = [];

  constructor(
    private readonly gpu: Gpu,
    private readonly timer: StageTimer | undefined,
    private readonly times: PartTimes,
  ) {}

  hasRoomFor(part: TimedPart): boolean {
    return this.#pending.length === 0 || this.times.expected([...this.#pending, part]) <= PART_MILLISECONDS;
  }

  add(plan: Plan, part: TimedPart): void {
    this.#open().run(plan, part);
    this.#pending.push(part);
  }

  present(part: TimedPart, present: Present): void {
    present(this.#open());
    this.#pending.push(part);
  }

  /** @returns false when the device is lost */
  async submit(): Promise<boolean> {
    const parts = this.#pending;
    if (!this.#recorder) return true;
    const begun = performance.now();
    this.#recorder.submit();
    this.#recorder = undefined;
    this.#pending = [];
    this.submits++;
    const loss = await this.gpu.finished();
    this.#note(parts, performance.now() - begun);
    return loss === undefined;
  }

  #note(parts: readonly TimedPart[], elapsed: number): void {
    this.times.note(parts, elapsed);
    for (const part of parts) {
      const stage = part.plan instanceof Plan ? part.plan.stage : PRESENT_STAGE;
      this.milliseconds.set(stage, (this.milliseconds.get(stage) ?? 0) + this.times.expected([part]));
    }
  }

  #open(): Recorder {
    this.#recorder ??= new Recorder(this.gpu, this.timer);
    return this.#recorder;
  }
}
