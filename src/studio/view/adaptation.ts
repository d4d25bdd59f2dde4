/**
 * How coarse a picture may be while it moves: keeps a {@link QualityControl} for each combination of pictures and settings, since each has
 * times of its own, and tells it what frames took.
 */

import type { QualityLevel } from '../../render/quality';
import { QualityControl } from '../../render/quality';
import type { StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import type { Pace } from './pace';
import { picturesShown, renderersShown } from './shown';
import type { FrameRequest, Viewer } from './viewer';

/** A full picture that takes no longer is worth waiting for; before a slower one of another head there is a quick one. */
const QUICK_FRAME_MILLISECONDS = 120;

/** What is shown, without where a line or a slice lies. */
export function keyOf({ picture, shown }: FrameRequest): string {
  return [shown.layout, ...renderersShown(shown), ...picturesShown(picture, shown)].join();
}

export class Adaptation {
  readonly #controls = new Map<string, QualityControl>();

  constructor(
    private readonly store: Store<StudioState>,
    private readonly viewer: Viewer,
    private readonly pace: Pace,
  ) {}

  /** The level of the quality ladder on which a frame is drawn that cannot wait. */
  levelOf(frame: FrameRequest): number {
    return this.store.state.settings.adapts ? this.#control(frame).level(this.pace.repaintInterval) : 0;
  }

  /** Whether the full picture is soon there, as far as one can tell. */
  isQuick(frame: FrameRequest): boolean {
    const expected = this.fullMilliseconds(frame);
    return expected === undefined ? !this.viewer.gpu.adapter.isSoftware : expected < QUICK_FRAME_MILLISECONDS;
  }

  /** What the full picture takes for a new camera; undefined until it is known. */
  fullMilliseconds({ picture, shown }: FrameRequest): number | undefined {
    return this.viewer.expectedMilliseconds(picture, shown, 0);
  }

  /** A frame was drawn for a new camera. */
  noteMoved(frame: FrameRequest, milliseconds: number): void {
    const control = this.#control(frame);
    if (this.store.state.settings.adapts) control.moved(milliseconds, this.pace.repaintInterval);
    else control.measured(frame.level, milliseconds);
  }

  /** The full picture was drawn at rest, and the raw one on its way. */
  noteFull(frame: FrameRequest): void {
    const { picture, shown } = frame;
    const levels = Math.min(2, this.viewer.levels(picture, shown).length);
    for (let level = 0; level < levels; level++) {
      const milliseconds = this.viewer.expectedMilliseconds(picture, shown, level);
      if (milliseconds !== undefined) this.#control(frame).measured(level, milliseconds);
    }
  }

  /** The level of the ladder on which a frame is, in words and numbers. */
  detailOf({ picture, shown, level }: FrameRequest): QualityLevel | undefined {
    return this.viewer.levels(picture, shown)[level];
  }

  #control(frame: FrameRequest): QualityControl {
    const { gpu, settings } = this.viewer;
    const { neuralResolution, depthSamples, quality } = settings;
    const key = [keyOf(frame), neuralResolution, depthSamples, quality].join();
    let control = this.#controls.get(key);
    if (!control) {
      control = new QualityControl(this.viewer.levels(frame.picture, frame.shown), gpu.adapter.isSoftware);
      this.#controls.set(key, control);
    }
    return control;
  }
}
