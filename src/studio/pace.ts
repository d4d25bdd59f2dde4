/**
 * How fast frames come, and whether a moving picture should be a quick one. A device that takes long for the whole frame shows the
 * renderer's preview while it moves and the full picture at rest; what "long" means is measured, not guessed from names (only
 * the very first motion goes by whether the adapter is a processor that plays a graphics card).
 */

/** A full frame slower than this feels like lag under the hand. */
const SLOW_FRAME_MILLISECONDS = 120;
/** After so long without a gesture or motion the picture is at rest. */
export const REST_MILLISECONDS = 150;
/** Weight of the newest interval in the shown frame rate. */
const NEWEST_WEIGHT = 0.2;

export interface FinishedFrame {
  /** When it was begun and finished, in milliseconds of one clock. */
  readonly begun: number;
  readonly finished: number;
  readonly isMoving: boolean;
  readonly isPreview: boolean;
  /** Whether a new face went through the backbone, which says nothing about the pace of turning. */
  readonly hasNewFace: boolean;
  /** Whether what depends on the camera was already there, so that it says nothing about the pace of turning. */
  readonly keptView: boolean;
  /** Who drew: each combination of renderers has a pace of its own. */
  readonly drawnBy: string;
}

export class Pace {
  readonly #fullFrameMilliseconds = new Map<string, number>();
  #interval: number | undefined;
  #lastMovingBegin: number | undefined;

  constructor(private readonly isSoftware: boolean) {}

  /** @param drawnBy as in {@link FinishedFrame} */
  isSlow(drawnBy: string): boolean {
    const full = this.#fullFrameMilliseconds.get(drawnBy);
    return full === undefined ? this.isSoftware : full > SLOW_FRAME_MILLISECONDS;
  }

  /** Of the present or latest motion; undefined before the first. */
  get framesPerSecond(): number | undefined {
    return this.#interval === undefined ? undefined : 1000 / this.#interval;
  }

  note({ begun, finished, isMoving, isPreview, hasNewFace, keptView, drawnBy }: FinishedFrame): void {
    this.#noteInterval(begun, isMoving);
    if (!isPreview && !hasNewFace && !keptView) this.#fullFrameMilliseconds.set(drawnBy, finished - begun);
  }

  #noteInterval(begun: number, isMoving: boolean): void {
    const before = this.#lastMovingBegin;
    this.#lastMovingBegin = isMoving ? begun : undefined;
    if (!isMoving || before === undefined || begun <= before) return;
    const interval = begun - before;
    this.#interval =
      this.#interval === undefined ? interval : this.#interval + NEWEST_WEIGHT * (interval - this.#interval);
  }
}
