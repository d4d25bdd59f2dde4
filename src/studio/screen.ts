/**
 * The screen: keeps the canvas in step with the state, one session long. It moves the camera on by the time that passed, brings the
 * renderer to the wanted settings, decides between the full picture and a quick one, draws, and reports figures. It draws only what
 * changed: at rest nothing runs.
 */
import { advance, isMoving, type OrbitState } from '../camera/orbit';
import type { CanvasSize } from '../render/canvas-output';
import { STAGES } from '../render/volumetric-renderer';
import { describeFailure } from './failure';
import { FrameLoop } from './frame-loop';
import { Pace, REST_MILLISECONDS } from './pace';
import type { FrameRequest, Session } from './session';
import { renderSettingsFor } from './settings';
import type { DeviceReport, StudioState } from './state';
import type { Store } from './store';

const REPORT_INTERVAL_MILLISECONDS = 250;

export class Screen {
  readonly #loop = new FrameLoop((now) => this.#drawSafely(now));
  readonly #pace: Pace;
  readonly #unsubscribe: () => void;
  #size: CanvasSize;
  #cameraTime = performance.now();
  #lastGesture = Number.NEGATIVE_INFINITY;
  #isPreview = false;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param onError called for an error that ends the session */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly session: Session,
    size: CanvasSize,
    private readonly onError: (error: unknown) => void,
  ) {
    this.#size = size;
    this.#pace = new Pace(session.gpu.adapter.isSoftware);
    this.#unsubscribe = store.subscribe((state, previous) => {
      if (state.settings !== previous.settings || state.view !== previous.view) this.#loop.request();
    });
  }

  /** Draws the first frame; resolves when it is on the canvas. @throws GpuError */
  async open(): Promise<void> {
    await this.#draw(performance.now());
    this.#loop.request(); // for whatever changed meanwhile
  }

  close(): void {
    this.#unsubscribe();
    this.#loop.stop();
    clearTimeout(this.#restTimer);
    clearTimeout(this.#reportTimer);
  }

  /** Whether the canvas shows the state in full and nothing is on its way. */
  get isStill(): boolean {
    return this.#loop.isIdle && this.#restTimer === undefined && !isMoving(this.store.state.view);
  }

  resize(size: CanvasSize): void {
    if (size.width === this.#size.width && size.height === this.#size.height) return;
    this.#size = size;
    this.#loop.request();
  }

  /** Changes the view as a gesture does; the camera first moves on to the present moment. */
  moveCamera(change: (view: OrbitState) => OrbitState): void {
    const now = performance.now();
    this.#lastGesture = now;
    this.store.update({ view: change(this.#advanceCamera(now)) });
  }

  /** New figures have come from the device. */
  reportSoon(): void {
    this.#reportTimer ??= setTimeout(() => {
      this.#reportTimer = undefined;
      this.store.update({ device: this.#report() });
    }, REPORT_INTERVAL_MILLISECONDS);
  }

  async #drawSafely(now: number): Promise<void> {
    try {
      await this.#draw(now);
    } catch (error) {
      this.close();
      this.onError(error);
    }
  }

  async #draw(now: number): Promise<void> {
    const view = this.#advanceCamera(now);
    this.store.update({ view });
    await this.#configure();
    const { settings } = this.store.state;
    const isTurning = isMoving(view) || now - this.#lastGesture < REST_MILLISECONDS;
    const isPreview = isTurning && this.#pace.isSlow;
    const frame: FrameRequest = {
      seed: settings.seed,
      psi: settings.psi,
      picture: settings.picture,
      isPreview,
      view,
      size: this.#size,
    };
    const hasNewFace = this.session.isNewFace(frame);
    const keptRays = !this.#isPreview && !this.session.isNewView(view);
    const begun = performance.now();
    await this.session.draw(frame);
    this.#isPreview = isPreview;
    this.#pace.note({ begun, finished: performance.now(), isMoving: isTurning, isPreview, hasNewFace, keptRays });
    if (isMoving(view)) this.#loop.request();
    else if (isTurning) this.#drawAgainAtRest();
    this.reportSoon();
  }

  /** A quick picture is replaced by the full one as soon as the hand rests; the figures, too, then say so. */
  #drawAgainAtRest(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      this.#restTimer = undefined;
      if (this.#isPreview) this.#loop.request();
      this.reportSoon();
    }, REST_MILLISECONDS);
  }

  /** @returns the camera at the moment `now`, in milliseconds; the store still has the old one */
  #advanceCamera(now: number): OrbitState {
    const seconds = Math.max(0, now - this.#cameraTime) / 1000;
    this.#cameraTime = Math.max(now, this.#cameraTime);
    return advance(this.store.state.view, seconds);
  }

  /** Brings the renderer to the wanted settings; if the device refuses, the page goes back to the ones in force and says why. */
  async #configure(): Promise<void> {
    const { config } = this.session;
    const { neuralResolution, depthSamples } = this.store.state.settings;
    const inForce = this.session.settings;
    if (neuralResolution === inForce.neuralResolution && depthSamples === inForce.depthSamples) return;
    try {
      await this.session.configure(renderSettingsFor(config, this.store.state.settings));
    } catch (error) {
      const failure = describeFailure(error);
      if (failure.kind !== 'limit') throw error;
      const { settings, notices } = this.store.state;
      const { neuralResolution, depthSamples } = this.session.settings;
      this.store.update({
        settings: { ...settings, neuralResolution, depthSamples },
        notices: [...notices, { kind: 'setting-refused', message: failure.message, remedy: failure.remedy }],
      });
    }
  }

  #report(): DeviceReport {
    const { gpu, stageTimes } = this.session;
    return {
      adapter: gpu.adapter,
      precision: 'f32',
      stages: stageTimes && STAGES.map((stage) => ({ stage, milliseconds: stageTimes.get(stage) })),
      framesPerSecond: this.#pace.framesPerSecond,
      isMoving: isMoving(this.store.state.view) || performance.now() - this.#lastGesture < REST_MILLISECONDS,
      isPreview: this.#isPreview,
      memoryBytes: gpu.memory.bytesInUse,
      degradations: gpu.degradations,
    };
  }
}
