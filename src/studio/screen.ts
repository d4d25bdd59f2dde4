/**
 * The screen: keeps the canvas in step with the state, one session long. It moves the camera on by the time that passed, brings the
 * renderer to the wanted settings, decides between the full picture and a quick one, draws, and reports figures. It draws only what
 * changed: at rest nothing runs.
 */
import { advance, isMoving, type OrbitState, rotateByItself } from '../camera/orbit';
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { AdapterDescription } from '../gpu/device';
import type { CanvasSize } from '../render/canvas-output';
import { type FrameDue, STAGES } from '../render/frame-renderer';
import { walkedOn } from './face-actions';
import { describeFailure } from './failure';
import { FrameLoop } from './frame-loop';
import { Pace, REST_MILLISECONDS } from './pace';
import { PictureRefusedError } from './prepared-pictures';
import type { FrameRequest, Session } from './session';
import { renderSettingsFor } from './settings';
import { renderersShown, shownNow, wantsStudent } from './shown';
import { type DeviceReport, type StudentState, type StudioState, withNotice } from './state';
import type { Store } from './store';

const REPORT_INTERVAL_MILLISECONDS = 250;
/** What moves by itself does not leap after a pause (a tab that was hidden, a long job). */
const LONGEST_STEP_SECONDS = 1;
/** A picture is a function of these. */
const DRAWN = ['settings', 'face', 'view', 'student', 'isPlaying', 'directions'] as const;
const NO_STUDENT: StudentState = { status: 'none' };

export class Screen {
  readonly #loop = new FrameLoop((now) => this.#drawSafely(now));
  readonly #pace: Pace;
  readonly #unsubscribe: () => void;
  #size: CanvasSize;
  #cameraTime = performance.now();
  #lastGesture = Number.NEGATIVE_INFINITY;
  #isPreview = false;
  /** Number of the newest measurement of likeness. */
  #comparison = 0;
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
      const isSame = DRAWN.every((field) => state[field] === previous[field]);
      if (!isSame) this.#loop.request();
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

  get adapter(): AdapterDescription {
    return this.session.gpu.adapter;
  }

  /** Whether the canvas shows the state in full and nothing is on its way. */
  get isStill(): boolean {
    const { settings, student, view } = this.store.state;
    const waitsForStudent = wantsStudent(settings) && student.status !== 'ready';
    return (
      this.#loop.isIdle && this.#restTimer === undefined && !isMoving(view) && !this.#movesByItself && !waitsForStudent
    );
  }

  /** Puts a student on the device. @throws as `Session.setStudent`; FrameLoopStoppedError */
  async setStudent(checkpoint: Checkpoint | undefined): Promise<void> {
    await this.between((session) => session.setStudent(checkpoint));
  }

  /** Runs a step of a long job between two frames. @throws what the step throws; FrameLoopStoppedError when the session ends before */
  between<T>(step: (session: Session) => Promise<T>): Promise<T> {
    return this.#loop.between(() => step(this.session));
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
    const moved = this.#advance(now);
    this.store.update({ ...moved, view: change(moved.view) });
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
    this.store.update(this.#advance(now));
    await this.#configure();
    const { settings, student, face, view } = this.store.state;
    const { picture, slice } = settings;
    const shown = shownNow(settings, this.session.hasStudent ? student : NO_STUDENT);
    const drawnBy = renderersShown(shown).join();
    const goesOn = isMoving(view) || this.#movesByItself;
    const isTurning = goesOn || now - this.#lastGesture < REST_MILLISECONDS;
    const isPreview = isTurning && this.#pace.isSlow(drawnBy);
    const frame: FrameRequest = { face, picture, shown, slice, isPreview, view, size: this.#size };
    const begun = performance.now();
    const due = await this.#show(frame);
    if (!due) return;
    this.#isPreview = isPreview;
    this.#pace.note({
      begun,
      finished: performance.now(),
      isMoving: isTurning,
      isPreview,
      hasNewFace: due.face,
      keptView: !due.view,
      drawnBy,
    });
    if (goesOn) this.#loop.request();
    else if (isTurning) this.#drawAgainAtRest();
    this.#compare(frame, due);
    this.reportSoon();
  }

  /** Draws a frame; if one of its pictures cannot be had, the page goes back to the final one and says why. */
  async #show(frame: FrameRequest): Promise<FrameDue | undefined> {
    try {
      return await this.session.draw(frame);
    } catch (error) {
      if (!(error instanceof PictureRefusedError)) throw error;
      const { settings, notices } = this.store.state;
      const { message, remedy } = error;
      this.store.update({
        settings: { ...settings, picture: 'image', layout: 'single' },
        notices: withNotice(notices, { kind: 'picture-refused', message, remedy }),
      });
      return undefined;
    }
  }

  /** Measures how alike the two pictures are, as soon as both are there in full and nothing else is to be drawn. */
  #compare({ shown, picture, isPreview, view }: FrameRequest, due: FrameDue): void {
    const isComplete = renderersShown(shown).length > 1 && picture === 'image' && !isPreview;
    if (!isComplete || due.face || due.view) this.store.update({ likeness: undefined });
    if (!isComplete || this.store.state.likeness) return;
    const frame = ++this.#comparison;
    const measure = async (session: Session) => (frame === this.#comparison ? session.measure(view) : undefined);
    this.between(measure).then(
      (likeness) => {
        if (frame !== this.#comparison) return;
        if (likeness) this.store.update({ likeness });
        else this.#loop.request(); // a job was quicker and has left its own pictures
      },
      () => undefined, // the session has ended: its successor measures anew
    );
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

  /** Whether something goes on without a hand: the camera around the head, or a walk. */
  get #movesByItself(): boolean {
    const { settings, isPlaying, face } = this.store.state;
    return settings.autoRotate || (isPlaying && face.mode === 'walk');
  }

  /** @returns camera and face at the moment `now`, in milliseconds; the store still has the old ones */
  #advance(now: number): Pick<StudioState, 'view' | 'face'> {
    const { settings, isPlaying, view, face } = this.store.state;
    const seconds = Math.min(LONGEST_STEP_SECONDS, Math.max(0, now - this.#cameraTime) / 1000);
    this.#cameraTime = Math.max(now, this.#cameraTime);
    const coasted = advance(view, seconds);
    return {
      view: settings.autoRotate ? rotateByItself(coasted, seconds) : coasted,
      face: isPlaying && face.mode === 'walk' ? walkedOn(face, seconds) : face,
    };
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
      isMoving:
        isMoving(this.store.state.view) ||
        this.#movesByItself ||
        performance.now() - this.#lastGesture < REST_MILLISECONDS,
      isPreview: this.#isPreview,
      memoryBytes: gpu.memory.bytesInUse,
      degradations: gpu.degradations,
    };
  }
}
