/**
 * When the device was lost, and what follows from it: the first time it is asked for again at once, then after longer and longer waits,
 * and when it keeps going away the page stops and asks the person.
 */

/** Losses within this time count together. */
const MEMORY_MILLISECONDS = 60_000;
const WAITS_MILLISECONDS = [0, 1000, 4000];

export class LossHistory {
  #moments: number[] = [];

  /** Losses that count together with the latest one. */
  get count(): number {
    return this.#moments.length;
  }

  /**
   * Notes a loss.
   * @param now milliseconds
   * @returns milliseconds to wait before the next attempt; undefined if there should be none
   */
  note(now: number): number | undefined {
    this.#moments = [...this.#moments.filter((moment) => now - moment < MEMORY_MILLISECONDS), now];
    return WAITS_MILLISECONDS[this.#moments.length - 1];
  }

  /** The person wants another try. */
  forget(): void {
    this.#moments = [];
  }
}
