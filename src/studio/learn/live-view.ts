/**
 * The stage while it shows what is being learnt: asks the run for a picture whenever the camera is elsewhere, and now and then because more has been
 * learnt. One picture at a time; training goes on between its parts, and gives way to it. When nothing goes on any more, the picture becomes finer.
 */
import { isMoving, labelOf, type OrbitHome, type OrbitState, orbitAt } from '../../camera/orbit';
import type { TrainingRun } from '../../training/loops/training-run';
import type { StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import { isOnStage } from './learn-state';

interface Due {
  readonly view: OrbitState;
  readonly isFiner: boolean;
}

/** A picture because of more steps takes at most this share of the time. */
const LEARNING_SHARE = 0.15;
const LEAST_INTERVAL_MILLISECONDS = 500;

export class LiveView {
  readonly #unsubscribe: () => void;
  #isDrawing = false;
  #isClosed = false;
  #drawn: { readonly view: OrbitState; readonly step: number; readonly isFinal: boolean } | undefined;
  /** Before that there is no picture because of more steps alone. */
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param home where the camera begins
   * @param finer has the next picture made a size larger than the last; one that has the same size is final
   */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly run: Pick<TrainingRun, 'render' | 'state'>,
    home: OrbitHome,
    private readonly finer?: <T>(work: () => Promise<T>) => Promise<T>,
  ) {
    this.#unsubscribe = store.subscribe(() => this.#look());
    store.update({ live: { view: orbitAt(home), picture: undefined, step: undefined } });
    this.#look();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#unsubscribe();
    this.store.update({ live: undefined });
  }

  /** Draws if there is something new to see. */
  async #look(): Promise<void> {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    try {
      for (let due = this.#due(); due; due = this.#due()) await this.#draw(due);
    } catch {
      this.#isClosed = true; // the run tells what went wrong
    } finally {
      this.#isDrawing = false;
    }
  }

  /** What is to be drawn; undefined if what is there will do. */
  #due(): Due | undefined {
    const { learn, live } = this.store.state;
    if (this.#isClosed || !live || !isOnStage(learn)) return undefined;
    const { view } = live;
    if (this.#drawn?.view !== view) return { view, isFiner: false };
    const goesOn = this.run.state.status === 'running';
    const isSame = this.run.state.position.step === this.#drawn.step;
    if (isSame && (goesOn || !this.finer || this.#drawn.isFinal || isMoving(view) || view.held)) return undefined;
    // What does not go on takes nothing away from anybody.
    const wait = goesOn ? this.#notBefore - performance.now() : 0;
    if (wait <= 0) return { view, isFiner: isSame };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), wait);
    return undefined;
  }

  async #draw({ view, isFiner }: Due): Promise<void> {
    const begun = performance.now();
    const { step } = this.run.state.position;
    const render = () => this.run.render(labelOf(view));
    const picture = await (isFiner ? this.finer!(render) : render());
    const took = performance.now() - begun;
    this.#notBefore = performance.now() + Math.max(LEAST_INTERVAL_MILLISECONDS, took / LEARNING_SHARE);
    const { live } = this.store.state;
    const isFinal = isFiner && picture.width === live?.picture?.width;
    this.#drawn = { view, step, isFinal };
    if (live && !this.#isClosed) this.store.update({ live: { ...live, picture, step } });
  }
}
