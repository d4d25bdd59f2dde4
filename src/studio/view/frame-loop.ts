/**
 * Draws a frame when there is something to draw and never otherwise. At most one frame is on its way through the device: a request
 * that comes meanwhile is remembered, and the next frame then shows the newest state. So a slow device falls behind in frames a
 * second, not behind the hand.
 *
 * Long jobs (a strip of views, timings) use the device between frames, a step at a time: frames go first, and what moves without end lets a
 * step through after every frame. A page that nobody sees has no repaints: steps go on there, and frames wait until it is seen again.
 */
import { TrifoldError } from '../../errors';

/** The device or the model went away while a step waited for its turn. */
export class FrameLoopStoppedError extends TrifoldError {
  override readonly code = 'frame-loop-stopped';

  constructor() {
    super('The device or the model went away before the step had its turn.', 'Try again when a face is on screen.');
  }
}

/** What the loop asks of the document. */
export type PageVisibility = Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'> | undefined;

export class FrameLoop {
  #requested = false;
  #running = false;
  /** Resolved when nothing is wanted or on its way any more. */
  #ended: Promise<void> = Promise.resolve();
  /** Ends the waiting for the next repaint. */
  #giveUpRepaint = () => {};
  #isAtStep = false;
  #stopped = false;
  #steps: { readonly run: () => Promise<void>; readonly reject: (reason: unknown) => void }[] = [];

  /**
   * @param draw draws one frame and resolves when the device has finished it; must not reject
   * @param nextFrame calls back before the next repaint of the page
   * @param onIdle called when nothing is wanted or on its way any more
   * @param page tells whether anybody sees it; undefined outside of a page
   */
  constructor(
    private readonly draw: (now: number) => Promise<void>,
    private readonly nextFrame: (callback: (now: number) => void) => void = (callback) =>
      requestAnimationFrame(callback),
    private readonly onIdle: () => void = () => {},
    private readonly page: PageVisibility = globalThis.document,
  ) {
    page?.addEventListener('visibilitychange', this.#visibilityChanged);
  }

  /** Asks for a frame. Many requests between two frames make one frame. */
  request(): void {
    this.#requested = true;
    this.#run();
  }

  /**
   * Runs a step of a job after the frame that is wanted or on its way; the next frame waits until it has ended, so keep it short.
   * @returns what the step gives, or its error
   * @throws FrameLoopStoppedError when the loop stops before the step has begun
   */
  between<T>(step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#steps.push({ run: () => step().then(resolve, reject), reject });
      if (this.#stopped) this.stop();
      else {
        if (this.#isUnseen) this.#giveUpRepaint();
        this.#run();
      }
    });
  }

  /** Whether no frame is wanted or on its way. */
  get isIdle(): boolean {
    return !this.#requested && (!this.#running || this.#isAtStep);
  }

  /** Whether a frame or a step waits for its turn. */
  get isAwaited(): boolean {
    return this.#requested || this.#steps.length > 0;
  }

  /** Draws nothing more. @returns resolved when the frame or the step that is on its way has ended */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { reject } of this.#steps) reject(new FrameLoopStoppedError());
    this.#steps = [];
    this.page?.removeEventListener('visibilitychange', this.#visibilityChanged);
    this.#giveUpRepaint(); // a page that is hidden has none
    await this.#ended;
  }

  #run(): void {
    if (this.#running) return;
    this.#running = true;
    this.#ended = this.#runAll();
  }

  async #runAll(): Promise<void> {
    while (!this.#stopped && (this.#requested || this.#steps.length > 0)) {
      if (this.#requested && !this.#isUnseen) await this.#frame();
      if (!this.#stopped && this.#steps.length > 0) await this.#step();
    }
    this.#running = false;
    if (!this.#stopped) this.onIdle();
  }

  #frame(): Promise<void> {
    return new Promise((resolve) => {
      let isGivenUp = false;
      this.#giveUpRepaint = () => {
        isGivenUp = true;
        resolve();
      };
      this.nextFrame((now) => {
        if (isGivenUp) return;
        this.#giveUpRepaint = () => {};
        this.#requested = false;
        resolve(this.draw(now));
      });
    });
  }

  /** Whether steps must not wait for a repaint. */
  get #isUnseen(): boolean {
    return this.#steps.length > 0 && (this.page?.hidden ?? false);
  }

  readonly #visibilityChanged = () => {
    if (this.#isUnseen) this.#giveUpRepaint();
    else this.#run();
  };

  async #step(): Promise<void> {
    this.#isAtStep = true;
    await this.#steps.shift()!.run();
    this.#isAtStep = false;
  }
}
