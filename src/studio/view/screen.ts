/**
 * The screen: keeps the canvas in step with the state, for as long as one viewer has it. It moves the camera on by the time that passed, brings the
 * renderer to the wanted settings, decides between the full picture and a quick one, draws, and reports figures. It draws only what
 * changed: at rest nothing runs.
 */
import { advance, isMoving, type OrbitState, rotateByItself } from '../../camera/orbit';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { AdapterDescription } from '../../gpu/device';
import type { CanvasSize } from '../../render/canvas-output';
import { type FrameDue, STAGES } from '../../render/frame-renderer';
import type { PictureRgba } from '../../render/pictures/picture-rgba';
import { walkedOn } from '../face/face-actions';
import { describeFailure } from '../shared/failure';
import { type Backdrop, renderSettingsFor } from '../shared/settings';
import { type DeviceReport, type StudentState, type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import { Adaptation, keyOf } from './adaptation';
import { FrameLoop, FrameLoopStoppedError } from './frame-loop';
import { Pace, REST_MILLISECONDS } from './pace';
import { PictureRefusedError } from './prepared-pictures';
import { renderersShown, shownNow, wantsStudent } from './shown';
import type { FrameRequest, Viewer } from './viewer';

const REPORT_INTERVAL_MILLISECONDS = 250;
/** On a software adapter a single dispatch may be felt: nothing else begins there until a hand that turned the head has rested for so long. */
const LONG_REST_MILLISECONDS = 1500;
/** What moves by itself does not leap after a pause (a tab that was hidden, a long job). */
const LONGEST_STEP_SECONDS = 1;
/** Of its usual speed, the camera goes round by itself so fast for people who prefer reduced motion, and only if they have asked for it. */
const GENTLE_SHARE = 1 / 3;
/** A picture is a function of these. */
const DRAWN = ['settings', 'face', 'view', 'student', 'isPlaying', 'directions'] as const;
/** Settings that the renderer is made for. */
const RENDER_FIELDS = ['neuralResolution', 'depthSamples', 'quality'] as const;
const NO_STUDENT: StudentState = { status: 'none' };

export class Screen {
  readonly #loop = new FrameLoop(
    (now) => this.#drawSafely(now),
    undefined,
    () => this.#tellFree(),
  );
  readonly #pace = new Pace();
  readonly #adaptation: Adaptation;
  readonly #unsubscribe: () => void;
  #size: CanvasSize;
  #cameraTime = performance.now();
  #lastGesture = Number.NEGATIVE_INFINITY;
  /** What is on the canvas. */
  #drawn: FrameRequest | undefined;
  #isClosed = false;
  #hasLadder = false;
  /** Number of the newest measurement of likeness. */
  #comparison = 0;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #longRestTimer: ReturnType<typeof setTimeout> | undefined;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  /** Those who wait until the screen is free. */
  #patient: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = [];

  /** @param onError called for an error that the viewer cannot go on after */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly viewer: Viewer,
    size: CanvasSize,
    private readonly onError: (error: unknown) => void,
    private readonly prefersReducedMotion: () => boolean,
  ) {
    this.#size = size;
    this.#adaptation = new Adaptation(store, viewer, this.#pace);
    this.#unsubscribe = store.subscribe((state, previous) => {
      const isSame = DRAWN.every((field) => state[field] === previous[field]);
      if (!isSame) this.#loop.request();
    });
  }

  /** Draws the first frame; resolves when it is on the canvas. @throws GpuError */
  async open(): Promise<void> {
    // In its turn, as everything else that uses the device: what changes meanwhile is drawn afterwards.
    await this.#loop.between(() => this.#draw(performance.now()));
    if (this.#isClosed) return;
    this.#buildLadder();
    this.store.update({ device: this.#report() }); // now: figures that come later would move what is on the page
    this.#loop.request(); // for whatever changed meanwhile
  }

  /** What frames in motion need is compiled now that there is something to turn. */
  async #buildLadder(): Promise<void> {
    await this.viewer.buildLadder().catch(() => {}); // then it turns as the full picture does, or the device is lost, which is told
    this.#hasLadder = true;
    this.#tellFree();
  }

  /** Draws nothing more. @returns resolved when nothing of it is on its way to the device any more */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe();
    clearTimeout(this.#restTimer);
    clearTimeout(this.#longRestTimer);
    clearTimeout(this.#reportTimer);
    for (const { reject } of this.#patient.splice(0)) reject(new FrameLoopStoppedError());
    await this.#loop.stop();
  }

  get adapter(): AdapterDescription {
    return this.viewer.gpu.adapter;
  }

  /** Whether the canvas shows the state in full and nothing is on its way, the ladder for the first motion included. */
  get isStill(): boolean {
    const { settings, student, view } = this.store.state;
    const waitsForStudent = wantsStudent(settings) && student.status !== 'ready';
    const isResting = this.#loop.isIdle && this.#restTimer === undefined;
    return (
      isResting &&
      this.#hasLadder &&
      this.#drawn?.level === 0 &&
      !isMoving(view) &&
      !this.#movesByItself &&
      !waitsForStudent
    );
  }

  /** Whether it is still, and nobody waits for the device: what can wait as long as it takes may have it, until this says no. */
  get isFree(): boolean {
    if (this.#isClosed) return false;
    return this.isStill ? !this.#loop.isAwaited && this.#isHandAway : this.#canSpareMoments;
  }

  get #isHandAway(): boolean {
    const rest = this.adapter.isSoftware ? LONG_REST_MILLISECONDS : REST_MILLISECONDS;
    return performance.now() - this.#lastGesture >= rest;
  }

  /** A quick device that turns the head by itself has time between two frames, and nobody feels one that comes late. */
  get #canSpareMoments(): boolean {
    const { settings, view, isPlaying, face } = this.store.state;
    const turnsByItself = settings.autoRotate && !view.held && !(isPlaying && face.mode === 'walk');
    const isQuick = this.#hasLadder && this.#drawn !== undefined && this.#adaptation.isQuick(this.#drawn);
    return turnsByItself && this.#isHandAway && isQuick && !this.adapter.isSoftware;
  }

  /** Resolves when it {@link isFree}. @throws FrameLoopStoppedError when the screen is closed before */
  whenFree(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) reject(new FrameLoopStoppedError());
      else if (this.isFree) resolve();
      else this.#patient.push({ resolve, reject });
    });
  }

  #tellFree(): void {
    if (this.isFree) for (const { resolve } of this.#patient.splice(0)) resolve();
  }

  /** Puts a student on the device. @throws as `Viewer.setStudent`; FrameLoopStoppedError */
  async setStudent(checkpoint: Checkpoint | undefined): Promise<void> {
    await this.between((viewer) => viewer.setStudent(checkpoint));
  }

  /** Runs a step of a long job between two frames. @throws what the step throws; FrameLoopStoppedError when the screen is closed before */
  between<T>(step: (viewer: Viewer) => Promise<T>): Promise<T> {
    return this.#loop.between(() => step(this.viewer));
  }

  /** What is shown, in full and at the pictures' own resolution, on a backdrop of its own. @throws GpuError, FrameLoopStoppedError */
  snapshot(backdrop: Backdrop): Promise<PictureRgba> {
    return this.between((viewer) => viewer.snapshot({ ...this.#frame(0), backdrop }));
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
    clearTimeout(this.#longRestTimer);
    this.#longRestTimer = setTimeout(() => this.#tellFree(), LONG_REST_MILLISECONDS + 1);
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
    const frame = this.#frame(0);
    const goesOn = isMoving(frame.view) || this.#movesByItself;
    const isTurning = goesOn || now - this.#lastGesture < REST_MILLISECONDS;
    if (isTurning) await this.#drawMoving(frame, now);
    else await this.#drawAtRest(frame, now);
    if (goesOn) {
      this.#loop.request();
      this.#tellFree();
    } else if (isTurning) this.#drawAgainAtRest();
    this.reportSoon();
  }

  async #drawMoving(full: FrameRequest, now: number): Promise<void> {
    const frame = { ...full, level: this.#adaptation.levelOf(full) };
    const hasNewFace = frame.face !== this.#drawn?.face;
    const begun = performance.now();
    const isOpen = () => !this.#isClosed;
    // A new face takes long on a slow device, and is drawn in parts.
    const due = await this.#show(frame, (viewer) => (hasNewFace ? viewer.refine(frame, isOpen) : viewer.draw(frame)));
    if (!due) return;
    const milliseconds = performance.now() - begun;
    this.#pace.note({ begun: now, milliseconds, isMoving: true });
    if (!due.face && due.view) this.#adaptation.noteMoved(frame, milliseconds);
    this.#compare(frame, due);
  }

  /**
   * The full picture, which a gesture may interrupt. Another head than the one on the canvas is drawn in any case, however fast they come, and
   * quickly first.
   */
  async #drawAtRest(full: FrameRequest, now: number): Promise<void> {
    this.#pace.note({ begun: now, milliseconds: 0, isMoving: false });
    const isOfAnother = this.#drawn !== undefined && full.face !== this.#drawn.face;
    const level = isOfAnother && !this.#adaptation.isQuick(full) ? this.#adaptation.levelOf(full) : 0;
    const frame = { ...full, level };
    const isWanted = () => (isOfAnother ? !this.#isClosed : this.#isWanted(full));
    const due = await this.#show(frame, (viewer) => viewer.refine(frame, isWanted));
    if (level > 0) this.#loop.request();
    else if (due) this.#adaptation.noteFull(full);
    if (due) this.#compare(frame, due);
  }

  /** Whether what is being drawn is still what the page wants to show. Where a line or a slice lies can wait for the next frame. */
  #isWanted(frame: FrameRequest): boolean {
    const { face, view } = this.store.state;
    const isSame = face === frame.face && view === frame.view && keyOf(frame) === keyOf(this.#frame(0));
    return isSame && !this.#movesByItself && !this.#isClosed;
  }

  #frame(level: number): FrameRequest {
    const { settings, student, face, view } = this.store.state;
    const { picture, slice, backdrop } = settings;
    const shown = shownNow(settings, this.viewer.hasStudent ? student : NO_STUDENT);
    return { face, picture, shown, slice, level, view, backdrop, size: this.#size };
  }

  /**
   * Draws a frame; if one of its pictures cannot be had, the page goes back to the final one and says why.
   * @returns undefined if there is no new picture on the canvas
   */
  async #show(
    frame: FrameRequest,
    draw: (viewer: Viewer) => Promise<FrameDue | undefined>,
  ): Promise<FrameDue | undefined> {
    try {
      const due = await draw(this.viewer);
      if (due) this.#drawn = frame;
      return due;
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
  #compare({ shown, picture, level, view }: FrameRequest, due: FrameDue): void {
    const isComplete = renderersShown(shown).length > 1 && picture === 'image' && level === 0;
    if (!isComplete || due.face || due.view) this.store.update({ likeness: undefined });
    if (!isComplete || this.store.state.likeness) return;
    const frame = ++this.#comparison;
    const measure = async (viewer: Viewer) => (frame === this.#comparison ? viewer.offScreen.measure(view) : undefined);
    this.between(measure).then(
      (likeness) => {
        if (frame !== this.#comparison) return;
        if (likeness) this.store.update({ likeness });
        else this.#loop.request(); // a job was quicker and has left its own pictures
      },
      () => undefined, // the screen is closed: its successor measures anew
    );
  }

  /** A quick picture is replaced by the full one as soon as the hand rests; the figures, too, then say so. */
  #drawAgainAtRest(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => {
      this.#restTimer = undefined;
      if (this.#drawn?.level !== 0) this.#loop.request();
      this.reportSoon();
      this.#tellFree();
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
    const share = this.prefersReducedMotion() ? GENTLE_SHARE : 1;
    return {
      view: settings.autoRotate ? rotateByItself(coasted, share * seconds) : coasted,
      face: isPlaying && face.mode === 'walk' ? walkedOn(face, seconds) : face,
    };
  }

  /** Brings the renderer to the wanted settings; if the device refuses, the page goes back to the ones in force and says why. */
  async #configure(): Promise<void> {
    const { config } = this.viewer;
    const wanted = renderSettingsFor(config, this.store.state.settings);
    const inForce = this.viewer.settings;
    const isInForce = RENDER_FIELDS.every((field) => wanted[field] === inForce[field]);
    if (isInForce) return;
    try {
      await this.viewer.configure(wanted);
    } catch (error) {
      const failure = describeFailure(error);
      if (failure.kind !== 'limit') throw error;
      const { settings, notices } = this.store.state;
      const { neuralResolution, depthSamples, quality } = this.viewer.settings;
      this.store.update({
        settings: { ...settings, neuralResolution, depthSamples, quality },
        notices: [...notices, { kind: 'setting-refused', message: failure.message, remedy: failure.remedy }],
      });
    }
  }

  #report(): DeviceReport {
    const { gpu, stageTimes } = this.viewer;
    return {
      adapter: gpu.adapter,
      precision: gpu.convolutionFormat,
      stages: stageTimes && STAGES.map((stage) => ({ stage, milliseconds: stageTimes.get(stage) })),
      framesPerSecond: this.#pace.framesPerSecond,
      isMoving:
        isMoving(this.store.state.view) ||
        this.#movesByItself ||
        performance.now() - this.#lastGesture < REST_MILLISECONDS,
      level: this.#drawn?.level ?? 0,
      detail: this.#drawn && this.#adaptation.detailOf(this.#drawn),
      fullMilliseconds: this.#drawn && this.#adaptation.fullMilliseconds(this.#drawn),
      memoryBytes: gpu.memory.bytesInUse,
      degradations: gpu.degradations,
    };
  }
}
