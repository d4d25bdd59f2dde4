/**
 * The tri-planes of the face that the latents have: made anew when that is another. They are the first thing that a renderer needs, and can be
 * made while the kernels of all that follows are still being compiled.
 */
import type { Gpu } from '../gpu/device';
import type { Plan } from '../gpu/plan';
import { Recorder } from '../gpu/recorder';
import type { StageTimer } from '../gpu/timing';
import type { TriPlaneStage } from '../models/generator';
import type { FaceLatents } from './face-latents';
import type { FrameWork } from './frame-renderer';

/**
 * On a software adapter so many steps are handed over at a time: the page wants to be drawn, too. A fixed number, unlike the measured parts of
 * `FrameRunner`, which would hand over steps that were never timed one by one: here each of those would wait behind a kernel that is being compiled.
 */
const PART_STEPS = 4;

export class PlanesOfFace {
  /** The face of which the planes are. */
  #version: number | undefined;

  constructor(
    private readonly latents: FaceLatents,
    readonly stage: TriPlaneStage,
    private readonly plan: Plan,
  ) {}

  /** Whether the planes are another face's. */
  get isDue(): boolean {
    return this.#version !== this.latents.version;
  }

  nextWork(): FrameWork | undefined {
    if (!this.isDue) return undefined;
    const { version } = this.latents;
    const done = () => {
      this.#version = version;
    };
    return { plan: this.plan, done };
  }

  /**
   * Makes the planes before there is anything that could make a frame.
   * @param onProgress told how much has been done, 0..1
   * @returns when the device has made them, or is lost
   */
  async make(gpu: Gpu, timer?: StageTimer, onProgress: (share: number) => void = () => {}): Promise<void> {
    const work = this.nextWork();
    if (!work) return;
    const { stepCount, stage } = work.plan;
    const { isSoftware } = gpu.adapter;
    const begun = performance.now();
    const length = isSoftware ? PART_STEPS : stepCount;
    for (let from = 0; from < stepCount; from += length) {
      const to = Math.min(stepCount, from + length);
      const recorder = new Recorder(gpu, isSoftware ? undefined : timer);
      recorder.run(work.plan, { from, to });
      recorder.submit();
      if (await gpu.finished()) return; // whoever goes on is told of the loss
      onProgress(to / stepCount);
    }
    if (isSoftware) timer?.milliseconds.set(stage, performance.now() - begun);
    work.done();
  }

  destroy(): void {
    this.plan.destroy();
  }
}
