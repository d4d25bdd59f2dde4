/**
 * Draws a frame when there is something to draw and never otherwise. At most one frame is on its way through the device: a request
 * that comes meanwhile is remembered, and the next frame then shows the newest state. So a slow device falls behind in frames a
 * second, not behind the hand.
 */
export class FrameLoop {
  #requested = false;
  #running = false;
  #stopped = false;

  /**
   * @param draw draws one frame and resolves when the device has finished it; must not reject
   * @param nextFrame calls back before the next repaint of the page
   */
  constructor(
    private readonly draw: (now: number) => Promise<void>,
    private readonly nextFrame: (callback: (now: number) => void) => void = (callback) =>
      requestAnimationFrame(callback),
  ) {}

  /** Asks for a frame. Many requests between two frames make one frame. */
  request(): void {
    this.#requested = true;
    if (!this.#running && !this.#stopped) this.#run();
  }

  /** Whether no frame is wanted or on its way. */
  get isIdle(): boolean {
    return !this.#running;
  }

  /** Draws nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  #run(): void {
    this.#running = true;
    this.nextFrame(async (now) => {
      this.#requested = false;
      if (!this.#stopped) await this.draw(now);
      this.#running = false;
      if (this.#requested && !this.#stopped) this.#run();
    });
  }
}
