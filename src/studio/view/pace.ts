/**
 * How fast things come: the frames of a motion, for the status line, and the repaints of the display, for what counts as in time.
 */

/** After so long without a gesture or motion the picture is at rest. */
export const REST_MILLISECONDS = 150;
/** Weight of the newest interval in the shown frame rate. */
const NEWEST_WEIGHT = 0.2;
/** Milliseconds between two repaints of the display, as long as nothing is known and at most and least. */
const USUAL_INTERVAL = 1000 / 60;
const SHORTEST_INTERVAL = 4;
const LONGEST_INTERVAL = 1000 / 30;
/** Only a frame that takes less than this share of an interval is surely followed by another at the next repaint. */
const LIGHT = 0.5;
/** The middle one of so many intervals counts. */
const INTERVALS = 9;

export interface FinishedFrame {
  /** When the page was about to be repainted, as `requestAnimationFrame` tells it, in milliseconds. */
  readonly begun: number;
  /** How long it took. */
  readonly milliseconds: number;
  readonly isMoving: boolean;
}

export class Pace {
  #interval: number | undefined;
  #former: FinishedFrame | undefined;
  #repaints: number[] = [];

  /** Of the present or latest motion; undefined before the first. */
  get framesPerSecond(): number | undefined {
    return this.#interval === undefined ? undefined : 1000 / this.#interval;
  }

  /** Milliseconds between two repaints of the display. */
  get repaintInterval(): number {
    const sorted = [...this.#repaints].sort((a, b) => a - b);
    return sorted.length < INTERVALS ? USUAL_INTERVAL : sorted[INTERVALS >> 1]!;
  }

  note(frame: FinishedFrame): void {
    const former = this.#former;
    this.#former = frame;
    if (!frame.isMoving || !former?.isMoving || frame.begun <= former.begun) return;
    const interval = frame.begun - former.begun;
    this.#interval =
      this.#interval === undefined ? interval : this.#interval + NEWEST_WEIGHT * (interval - this.#interval);
    const isRepaint = interval >= SHORTEST_INTERVAL && interval <= LONGEST_INTERVAL;
    if (isRepaint && former.milliseconds < LIGHT * this.repaintInterval) {
      this.#repaints = [...this.#repaints, interval].slice(-INTERVALS);
    }
  }
}
